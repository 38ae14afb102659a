"""Concatenations whose parts are numbered or counted wrongly, or not at all."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread

from tests.gotchas.one_slide import one, picture, told
from tests.synthetic import expected_level, write
from tests.synthetic_slide import SyntheticSlide
from viewer.slide.errors import BrokenFrame
from viewer.slide.model import EMPTY, TileKey

FOUR_PARTS = SyntheticSlide(
    name="s",
    size=(512, 384),
    tile=(128, 128),
    levels=1,
    label=False,
    overview=False,
    parts=4,
)
SPARSE = SyntheticSlide(
    name="s",
    size=(512, 384),
    tile=(128, 128),
    levels=1,
    label=False,
    overview=False,
    parts=4,
    layout="TILED_SPARSE",
)


def change(path: Path, **attributes: Any) -> None:
    """Set attributes of a file; None takes one out."""
    dataset = dcmread(path)
    for keyword, value in attributes.items():
        if value is None:
            del dataset[keyword]
        else:
            setattr(dataset, keyword, value)
    dataset.save_as(path)


@pytest.mark.gotcha(50)
@pytest.mark.parametrize(("gone", "wrong"), [(0, 2), (3, 1)])
def test_offsets_that_overlap_do_not_move_tiles_where_a_part_is_missing(
    gone: int, wrong: int, tmp_path: Path
) -> None:
    files = write(tmp_path, FOUR_PARTS)
    change(files[wrong], ConcatenationFrameOffsetNumber=wrong * 3 - 2)
    files[gone].unlink()
    truth = expected_level(FOUR_PARTS, 0)

    with one(tmp_path) as slide:
        assert told(slide, "concatenation")[-1] == (
            f"Concatenation Frame Offset Number is {wrong * 3 - 2}, expected "
            f"{wrong * 3}; the frames are counted in the order of the parts."
        )
        for frame in range(12):
            row, column = divmod(frame, 4)
            key = TileKey(slide.serial, 0, column, row)
            if frame // 3 == gone:
                with pytest.raises(BrokenFrame, match=f"part {gone + 1} of 4"):
                    slide.read_samples(key)
                continue
            samples = slide.read_samples(key)
            assert samples is not EMPTY
            y, x = row * 128, column * 128
            np.testing.assert_array_equal(
                samples[..., 2::-1], truth[y : y + 128, x : x + 128]
            )


@pytest.mark.gotcha(50)
@pytest.mark.parametrize(
    ("attribute", "values", "sentence"),
    [
        (
            "InConcatenationNumber",
            (None,) * 4,
            "In-concatenation Number is missing; the parts are in the order of their "
            "Concatenation Frame Offset Numbers.",
        ),
        (
            "InConcatenationNumber",
            (0, 1, 2, 3),
            "In-concatenation Number counts from 0, expected from 1.",
        ),
        (
            "InConcatenationTotalNumber",
            (9,) * 4,
            "In-concatenation Total Number is 9, but the 4 parts there have all 12 "
            "frames.",
        ),
    ],
)
def test_what_is_wrong_is_said_and_no_part_is_called_missing(
    attribute: str, values: tuple[int | None, ...], sentence: str, tmp_path: Path
) -> None:
    files = write(tmp_path, FOUR_PARTS)
    for path, value in zip(files, values, strict=True):
        change(path, **{attribute: value})

    with one(tmp_path) as slide:
        assert told(slide, "concatenation") == [sentence]
        np.testing.assert_array_equal(picture(slide), expected_level(FOUR_PARTS, 0))
        assert [each.reason.split(", ")[-1] for each in slide.files] == [
            f"part {number} of 4" for number in range(1, 5)
        ]


@pytest.mark.gotcha(50)
def test_a_part_missing_between_unnumbered_ones_is_missed(tmp_path: Path) -> None:
    files = write(tmp_path, FOUR_PARTS)
    for path in files:
        change(path, InConcatenationNumber=None)
    files[1].unlink()

    with one(tmp_path) as slide:
        assert "part 2 of 4 is missing" in told(slide, "concatenation")[-1]
        with pytest.raises(BrokenFrame, match="part 2 of 4 is missing"):
            slide.read_samples(TileKey(slide.serial, 0, 3, 0))


@pytest.mark.gotcha(50)
def test_holes_of_a_concatenation_without_total_may_be_a_missing_part(
    tmp_path: Path,
) -> None:
    files = write(tmp_path, SPARSE)
    for path in files:
        change(path, InConcatenationTotalNumber=None)

    with one(tmp_path) as slide:
        assert told(slide, "concatenation") == []
    files[3].unlink()
    with one(tmp_path) as slide:
        assert told(slide, "concatenation") == [
            "In-concatenation Total Number is missing, and tiles are without frames; "
            "whether there are parts after part 3 is unknown."
        ]
