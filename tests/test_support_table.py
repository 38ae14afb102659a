"""README says what is read; each line of it is a slide that is opened and compared."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support import ROWS, Row, markdown
from viewer.formats import OpenOptions, open_slides
from viewer.slide.model import EMPTY, Slide, TileKey, stored_levels
from viewer.slide.region import Place, read_region

README = Path(__file__).resolve().parent.parent / "README.md"


def seen(slide: Slide, level: int, plane: int, path: int) -> NDArray[Any]:
    """Compose a level from its tiles: RGB, or grey samples as stored."""
    shape = slide.levels[level].size.height, slide.levels[level].size.width
    whole: NDArray[Any] | None = None
    tile = slide.levels[level].tile_size
    for row in range(slide.levels[level].rows):
        for column in range(slide.levels[level].columns):
            key = TileKey(slide.serial, level, column, row, plane, path)
            samples = slide.read_samples(key)
            if samples is EMPTY:
                continue
            drawn = samples[..., 2::-1] if samples.ndim == 3 else samples
            if whole is None:
                depth = drawn.shape[2:]
                whole = np.full((*shape, *depth), 255 if depth else 0, drawn.dtype)
            top, left = row * tile.height, column * tile.width
            area = np.s_[top : top + drawn.shape[0], left : left + drawn.shape[1]]
            whole[area] = drawn
    assert whole is not None, "the level has no tiles"
    return whole


def farthest(found: NDArray[Any], expected: NDArray[Any]) -> int:
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    return int(np.abs(found.astype(int) - expected.astype(int)).max())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_kind_shows_its_pixels(row: Row, tmp_path: Path) -> None:
    written = row.write(tmp_path / "slide")
    opened = open_slides([written.open], OpenOptions(personality=row.personality))
    try:
        assert len(opened.slides) == 1
        slide = opened.slides[0]
        stored = stored_levels(slide)
        assert len(stored) == len(written.levels)
        for level, expected in zip(stored, written.levels, strict=True):
            for (plane, path), pixels in expected.items():
                found = seen(slide, level, plane, path)
                assert farthest(found, pixels) <= row.bound, (level, plane, path)
        first = written.levels[0][0, 0]
        if first.ndim == 3:  # the same through the door that scripts use
            place = Place(stored[0], 0, 0, slide.levels[stored[0]].size)
            assert farthest(read_region(slide, place).pixels, first) <= row.bound
        assert not slide.damaged
        codes = {warning.code for warning in slide.warnings}
        assert codes == ({row.warning} if row.warning else set())
    finally:
        for each in opened.slides:
            each.close()


def test_rows_have_names_of_their_own() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert len({row.words for row in ROWS}) == len(ROWS)


def test_readme_has_this_table() -> None:
    assert markdown() in README.read_text(encoding="utf-8")
