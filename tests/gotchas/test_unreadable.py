"""Files that no picture can be made of: their slide says that it lacks them."""

from pathlib import Path

import pytest
from pydicom import Dataset, dcmread

from tests.gotchas.one_slide import SMALL, one, refusal, told
from tests.synthetic import write
from tests.synthetic_slide import SyntheticSlide
from viewer.formats import open_slides


def three_levels(folder: Path) -> list[Path]:
    return write(folder, SyntheticSlide(**{**SMALL, "levels": 3}))


def spoil(path: Path, **attributes: object) -> None:
    dataset = dcmread(path)
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    dataset.save_as(path)


@pytest.mark.gotcha(94, 95)
@pytest.mark.parametrize("lost", [0, 1])
def test_a_slide_opened_by_one_file_tells_of_a_level_that_is_lost(
    lost: int, tmp_path: Path
) -> None:
    files = three_levels(tmp_path)
    spoil(files[lost], SamplesPerPixel=4)

    with one(files[2]) as slide:
        assert len([level for level in slide.levels if level.stored]) == 2
        (sentence,) = (
            each.message for each in slide.warnings if each.code == "level-refused"
        )
        role = next(each for each in slide.files if each.path == files[lost])

    assert sentence == (
        f"{files[lost].name} is not used: Samples per Pixel 4 and Bits Allocated 8, "
        "expected 1 or 3 samples of 8 or 16 bits; a level, or a part of one, is "
        "missing."
    )
    assert role.role == "not used"


def test_a_broken_label_is_no_lost_level(tmp_path: Path) -> None:
    files = write(tmp_path, SyntheticSlide(**{**SMALL, "label": True}))
    spoil(files[-1], Columns=0)

    with one(files[0]) as slide:
        assert not told(slide, "level-refused")
        (sentence,) = (
            each.message for each in slide.warnings if each.code == "image-refused"
        )

    assert sentence == (
        f"{files[-1].name} is not used: Columns is 0, expected 1 to 65535; the label "
        "is missing."
    )


def test_each_of_two_conversions_tells_of_its_own_losses(tmp_path: Path) -> None:
    three_levels(tmp_path / "one")
    second = three_levels(tmp_path / "two")
    for path in second:
        spoil(path, PatientComments="another conversion")
    spoil(second[1], Rows=0)

    opened = open_slides([tmp_path])
    try:
        lost = [
            [each.file for each in slide.warnings if each.code == "level-refused"]
            for slide in opened.slides
        ]
    finally:
        for slide in opened.slides:
            slide.close()

    assert lost == [[], [second[1]]]


def test_a_file_of_no_slide_at_all_is_refused_with_its_reason(tmp_path: Path) -> None:
    def mutate(dataset: Dataset) -> None:
        dataset.Columns = 0

    (path,) = write(tmp_path, SyntheticSlide(**{**SMALL, "mutate": mutate}))

    assert refusal(path) == f"{path.name}: Columns is 0, expected 1 to 65535."
