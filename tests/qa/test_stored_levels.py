"""Levels are numbered as users number them, whatever is computed between them."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

from tests.qa import damage
from tests.qa.tissue import tissue
from tests.synthetic import write_slide
from viewer.formats import open_slide
from viewer.qa.checkup.runner import check_up
from viewer.qa.compare import compare
from viewer.qa.comparing import CompareOptions, Pixels
from viewer.qa.run import Run
from viewer.qa.stored_levels import with_stored_levels
from viewer.slide.errors import SlideError
from viewer.slide.model import Slide, TileKey


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two levels, of 1600 x 1200 and 400 x 300 pixels: one is computed between them."""
    folder = tmp_path_factory.mktemp("stored") / "slide"
    write_slide(
        folder, size=(1600, 1200), levels=2, factor=4, syntax="jpeg", texture=tissue
    )
    return folder


@pytest.fixture
def slide(folder: Path) -> Iterator[Slide]:
    slide = open_slide(folder)
    yield slide
    slide.close()


def test_computed_levels_are_left_out(slide: Slide) -> None:
    sizes = [tuple(level.size) for level in slide.levels]
    assert (800, 600) in sizes
    stored = with_stored_levels(slide)
    assert [tuple(level.size) for level in stored.levels] == [(1600, 1200), (400, 300)]
    assert all(level.stored for level in stored.levels)
    assert (stored.name, stored.files) == (slide.name, slide.files)


def test_levels_are_read_under_their_new_numbers(slide: Slide) -> None:
    stored = with_stored_levels(slide)
    number = [tuple(level.size) for level in slide.levels].index((400, 300))
    ours = TileKey(slide.serial, number, 1, 1)
    theirs = ours._replace(level=1)
    one, other = stored.read_samples(theirs), slide.read_samples(ours)
    assert isinstance(one, np.ndarray)
    assert isinstance(other, np.ndarray)
    assert np.array_equal(one, other)
    assert stored.read_frame(theirs) == slide.read_frame(ours)
    assert stored.frame_at(theirs) == slide.frame_at(ours)
    assert stored.icc_profile(1, 0) == slide.icc_profile(number, 0)
    with pytest.raises(SlideError):
        stored.read_samples(ours._replace(level=2))


def test_a_slide_without_levels_between_is_itself(tmp_path: Path) -> None:
    write_slide(tmp_path, size=(300, 200), levels=2)
    slide = open_slide(tmp_path)
    assert with_stored_levels(slide) is slide
    slide.close()


def test_damage_is_told_of_the_number_that_info_has(
    folder: Path, tmp_path: Path
) -> None:
    result = copytree(folder, tmp_path / "result")
    damage.shifted(1, 8, 0)(result)
    a, b = open_slide(folder), open_slide(result)
    found = compare(a, b, CompareOptions(Pixels.ALL), Run())
    checked = check_up(b, Run())
    a.close()
    b.close()
    told = {each.rule.id: each for each in found.findings if each.level is not None}
    assert told["PY4"].level == told["QA3"].level == 1
    assert told["PY4"].message.startswith("Level 1 of ")
    assert [each.level for each in checked.findings if each.rule.id == "PY4"] == [1]
