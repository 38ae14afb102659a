"""Scales that are wrong by their own file: told, and no ruler where they cannot be."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom import Dataset

from tests.formats.dicom.raw_files import element
from tests.gotchas.one_slide import codes, is_whole, one, replaced, told, written
from tests.synthetic import write_slide
from viewer.slide.geometry import Spacing

SIZE = (300, 200)
UNKNOWN = "; the scale is taken as unknown."
FOLLOWED = "; Pixel Spacing is followed."


def scaled(
    row: object,
    column: object,
    volume: tuple[float, float] | None = None,
    **attributes: object,
) -> Callable[[Dataset], None]:
    """Set Pixel Spacing in mm and the imaged volume, which else is taken out."""

    def mutate(dataset: Dataset) -> None:
        measures = dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
        measures.PixelSpacing = [row, column]
        if volume is None:
            del dataset.ImagedVolumeWidth, dataset.ImagedVolumeHeight
        else:
            dataset.ImagedVolumeWidth, dataset.ImagedVolumeHeight = volume
        for keyword, value in attributes.items():
            setattr(dataset, keyword, value)

    return mutate


def volume_of(micrometers: float) -> tuple[float, float]:
    return SIZE[0] * micrometers / 1000, SIZE[1] * micrometers / 1000


@pytest.mark.gotcha(71)
@pytest.mark.parametrize(
    ("spacing", "lens", "found"),
    [
        (0.25, None, "250 x 250 um, by the imaged volume 1,000 times too large; the "
         "unit seems to be micrometers"),
        (250.0, None, "250000 x 250000 um, by the imaged volume 1,000,000 times too "
         "large; the unit seems to be nanometers"),
        (2.5e-7, None, "0.00025 x 0.00025 um, by the imaged volume 1,000 times too "
         "small; the unit seems to be meters"),
    ],
)  # fmt: skip
def test_a_slip_of_units_is_known_by_the_imaged_volume(
    tmp_path: Path, spacing: float, lens: float | None, found: str
) -> None:
    mutate = scaled(spacing, spacing, volume_of(0.25))
    with one(written(tmp_path, mutate, objective_power=lens)) as slide:
        assert told(slide, "spacing-range") == [f"Pixel Spacing is {found}{UNKNOWN}"]
        assert slide.levels[0].spacing is None
        assert is_whole(slide)


@pytest.mark.gotcha(71)
def test_a_slip_of_units_is_known_by_the_lens(tmp_path: Path) -> None:
    with one(written(tmp_path, scaled(0.23, 0.23), objective_power=40)) as slide:
        assert told(slide, "spacing-range") == [
            "Pixel Spacing is 230 x 230 um, by the objective of 40x 1,000 times too "
            f"large; the unit seems to be micrometers{UNKNOWN}"
        ]
        assert slide.levels[0].spacing is None
        assert slide.objective_power == 40


@pytest.mark.gotcha(71)
@pytest.mark.parametrize(
    ("spacing", "found"),
    [
        (1.0, "1000 x 1000 um, which converters write where they do not know it"),
        (0.25, "250 x 250 um, expected 0.05 to 20 um, which it would be in "
         "micrometers"),
        (0.03, "30 x 30 um, expected 0.05 to 20 um"),
        (0.00004, "0.04 x 0.04 um, expected 0.05 to 20 um"),
    ],
)  # fmt: skip
def test_a_scale_that_no_microscope_has_is_unknown(
    tmp_path: Path, spacing: float, found: str
) -> None:
    mutate = scaled(spacing, spacing)
    with one(written(tmp_path, mutate, objective_power=None)) as slide:
        assert told(slide, "spacing-range") == [f"Pixel Spacing is {found}{UNKNOWN}"]
        assert slide.levels[0].spacing is None


@pytest.mark.gotcha(71)
@pytest.mark.parametrize("micrometers", [0.05, 0.25, 20])
def test_the_limits_of_a_scan_are_within(tmp_path: Path, micrometers: float) -> None:
    mutate = scaled(micrometers / 1000, micrometers / 1000, volume_of(micrometers))
    with one(written(tmp_path, mutate, objective_power=None)) as slide:
        assert codes(slide) == set()
        assert slide.levels[0].spacing == Spacing(
            micrometers / 1000, micrometers / 1000
        )


@pytest.mark.parametrize(
    "kind",
    [
        ["ORIGINAL", "PRIMARY", "OVERVIEW", "NONE"],
        ["DERIVED", "PRIMARY", "VOLUME", "RESAMPLED"],
    ],
)
def test_an_overview_or_a_reduced_level_alone_may_be_coarse(
    tmp_path: Path, kind: list[str]
) -> None:
    mutate = scaled(0.064, 0.064, volume_of(64), ImageType=kind)
    with one(written(tmp_path, mutate, objective_power=None)) as slide:
        assert codes(slide) <= {"no-volume"}
        assert slide.levels[0].spacing == Spacing(0.064, 0.064)


@pytest.mark.parametrize(
    ("row", "column", "found"),
    [
        ("0", "0", r"0\0"),
        ("-0.0005", "0.0005", r"-0.0005\0.0005"),
        ("1e400", "0.0005", r"1e400\0.0005"),
    ],
)
def test_a_spacing_that_is_none_is_shown_as_written(
    tmp_path: Path, row: str, column: str, found: str
) -> None:
    with one(written(tmp_path, scaled(row, column))) as slide:
        assert told(slide, "no-spacing") == [
            f"Pixel Spacing is {found}, expected 2 positive numbers; the scale is "
            "unknown."
        ]
        assert slide.levels[0].spacing is None
        assert is_whole(slide)


@pytest.mark.gotcha(71)
def test_the_lens_alone_never_makes_a_scale(tmp_path: Path) -> None:
    def mutate(dataset: Dataset) -> None:
        del dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence

    with one(written(tmp_path, mutate, objective_power=40)) as slide:
        assert told(slide, "no-spacing") == [
            "Pixel Spacing is missing; the scale is unknown."
        ]
        assert slide.levels[0].spacing is None
        assert slide.objective_power == 40


@pytest.mark.gotcha(71)
def test_fifteen_by_fifteen_millimeters_are_made_up(tmp_path: Path) -> None:
    mutate = scaled(15 / 2000, 15 / 3000, (15.0, 15.0))
    with one(written(tmp_path, mutate, size=(3000, 2000), tile=(512, 512))) as slide:
        assert told(slide, "spacing-stand-in") == [
            "the imaged volume is 15 x 15 mm, which converters write where they do not "
            f"know it, and Pixel Spacing (5 x 7.5 um) follows from it{UNKNOWN}"
        ]
        assert slide.levels[0].spacing is None


@pytest.mark.gotcha(70, 72)
def test_swapped_numbers_are_known_by_the_imaged_volume(tmp_path: Path) -> None:
    # 0.3 um along x, 0.2 um along y, written x first.
    mutate = scaled(0.0003, 0.0002, (0.09, 0.04))
    with one(written(tmp_path, mutate, objective_power=None)) as slide:
        assert told(slide, "spacing-axes") == [
            "x and y of Pixel Spacing seem to be swapped: 0.06 x 0.06 mm by it, but "
            f"the imaged volume is 0.09 x 0.04 mm{UNKNOWN}"
        ]
        assert slide.levels[0].spacing is None


@pytest.mark.gotcha(72)
def test_a_volume_taken_across_the_image_mixes_up_the_axes(tmp_path: Path) -> None:
    # Square pixels of 0.25 um; the volume's width was divided by the rows.
    width, height = volume_of(0.25)
    mutate = scaled(width / SIZE[1], height / SIZE[0], (width, height))
    with one(written(tmp_path, mutate, objective_power=None)) as slide:
        assert told(slide, "spacing-axes") == [
            "Pixel Spacing has x and y of the imaged volume (0.075 x 0.05 mm) mixed "
            f"up; along the image it makes square pixels of 0.25 um{UNKNOWN}"
        ]


@pytest.mark.gotcha(70)
def test_rows_come_first_in_pixel_spacing(tmp_path: Path) -> None:
    mutate = scaled(0.00025, 0.00026, (SIZE[0] * 0.00026, SIZE[1] * 0.00025))
    with one(written(tmp_path, mutate, objective_power=None)) as slide:
        assert slide.levels[0].spacing == Spacing(x=0.00026, y=0.00025)
        assert told(slide, "spacing-anisotropic") == [
            "Pixel Spacing is 0.26 um along x and 0.25 um along y, expected the same."
        ]


@pytest.mark.gotcha(72)
@pytest.mark.parametrize(
    ("volume", "clause"),
    [
        ((0.1, 0.05), "0.1 x 0.05 mm, but by Pixel Spacing it is 0.075 x 0.05 mm"),
        ((0.05, 0.075), "0.05 x 0.075 mm, whose width and height seem to be swapped; "
         "by Pixel Spacing it is 0.075 x 0.05 mm"),
        ((75.0, 50.0), "75 x 50 mm, which is 1,000 times too large; the unit seems to "
         "be micrometers; by Pixel Spacing it is 0.075 x 0.05 mm"),
        ((1.0, 1.0), "1 x 1 mm, but by Pixel Spacing it is 0.075 x 0.05 mm"),
    ],
)  # fmt: skip
def test_an_imaged_volume_that_contradicts_is_told_and_not_followed(
    tmp_path: Path, volume: tuple[float, float], clause: str
) -> None:
    mutate = scaled(0.00025, 0.00025, volume)
    with one(written(tmp_path, mutate, objective_power=40)) as slide:
        assert told(slide, "imaged-volume") == [
            f"the imaged volume is {clause}{FOLLOWED}"
        ]
        assert slide.levels[0].spacing == Spacing(0.00025, 0.00025)


@pytest.mark.parametrize("volume", [(float("nan"), 1.0), (-1.0, 1.0), (0.0, 0.0)])
def test_an_imaged_volume_that_is_none_says_nothing(
    tmp_path: Path, volume: tuple[float, float]
) -> None:
    mutate = scaled(0.00025, 0.00025, volume)
    with one(written(tmp_path, mutate, objective_power=40)) as slide:
        assert codes(slide) == set()


def test_padding_to_whole_tiles_may_count_to_the_imaged_volume(tmp_path: Path) -> None:
    mutate = scaled(0.00025, 0.00025, (384 * 0.00025, 256 * 0.00025))
    with one(written(tmp_path, mutate, objective_power=40)) as slide:
        assert codes(slide) == set()


@pytest.mark.gotcha(71)
def test_one_spacing_on_all_levels_is_one_warning(tmp_path: Path) -> None:
    files = write_slide(
        tmp_path, size=(1024, 512), objective_power=None, mutate=scaled(0.0005, 0.0005)
    )
    with one(tmp_path) as slide:
        assert [(each.code, each.message) for each in slide.warnings] == [
            (
                "spacing-repeated",
                f"{files[0].name}: all 3 levels have the Pixel Spacing of the finest, "
                "0.5 um; the sizes of the levels are followed.",
            )
        ]
        assert [each.downsample.x for each in slide.levels if each.stored] == [1, 2, 4]


def test_the_scale_is_unknown_in_words_and_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from viewer.app import main

    path = written(tmp_path, scaled(1.0, 1.0))
    assert main(["info", str(path)]) == 0
    printed = capsys.readouterr().out
    assert "scale unknown" in printed.splitlines()[0]
    assert "which converters write where they do not know it" in printed
    assert main(["info", "--json", "-", str(path)]) == 0
    assert '"mpp": null' in capsys.readouterr().out


@pytest.mark.parametrize("found", [b"wide\\high", b"0.0005", b"1\\2\\3 "])
def test_a_spacing_that_is_no_pair_of_numbers_is_shown_as_written(
    tmp_path: Path, found: bytes
) -> None:
    path = written(tmp_path)
    right = element(0x00280030, b"DS", b"0.0005\\0.0005 ")
    wrong = element(0x00280030, b"DS", found.ljust(len(right) - 8))
    with one(replaced(path, right, wrong)) as slide:
        assert told(slide, "no-spacing") == [
            f"Pixel Spacing is {found.decode().strip()}, expected 2 positive numbers; "
            "the scale is unknown."
        ]
        assert is_whole(slide)
