"""Geometry and scale: slips are named, and whose loss it is decides how bad it is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset

from tests.qa.two_slides import comparing, rows, told, write_svs
from tests.synthetic import write_slide
from viewer.qa.finding import Finding
from viewer.qa.geometry.comparison import compare_geometry, is_evenly_reduced
from viewer.qa.report.section import Section
from viewer.slide.geometry import Size

PLAIN = {"label": False, "overview": False, "levels": 1}


def compared(a: Path, b: Path) -> Section:
    with comparing(a, b) as both:
        return compare_geometry(both)


def of(section: Section, rule: str) -> list[Finding]:
    return [each for each in section.findings if each.rule.id == rule]


def scaled(
    tmp_path: Path, found: tuple[float, float], due: tuple[float, float] = (5e-4, 5e-4)
) -> list[Finding]:
    """Compare two slides of other Pixel Spacings, row and column in mm."""
    write_slide(tmp_path / "a", spacing=due, objective_power=None, **PLAIN)
    write_slide(tmp_path / "b", spacing=found, objective_power=None, **PLAIN)
    return of(compared(tmp_path / "a", tmp_path / "b"), "QA14")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ((5e-3, 5e-3), "10 times too large"),
        ((5e-5, 5e-5), "10 times too small"),
        ((0.5, 0.5), "1,000 times too large; the unit seems to be micrometers"),
        ((500.0, 500.0), "1,000,000 times too large; the unit seems to be nanometers"),
        ((5e-7, 5e-7), "1,000 times too small; the unit seems to be meters"),
        ((6.2e-4, 6.2e-4), "1.24 times too large"),
        ((5e-4, 1e-3), "x is 2 times too large and y right"),
        ((5e-3, 5e-4), "x is right and y 10 times too large"),
    ],
)
def test_a_wrong_scale_is_an_error_that_names_its_cause(
    tmp_path: Path, found: tuple[float, float], words: str
) -> None:
    (finding,) = scaled(tmp_path, found)
    assert finding.severity.value == "error"
    assert finding.side == "b"
    assert words in finding.message
    assert finding.expected == "0.5"


def test_swapped_axes_are_named(tmp_path: Path) -> None:
    (finding,) = scaled(tmp_path, (4e-4, 5e-4), (5e-4, 4e-4))
    assert "x and y are swapped" in finding.message


def test_a_scale_within_a_percent_was_rounded(tmp_path: Path) -> None:
    assert not scaled(tmp_path, (5.02e-4, 5.02e-4))


def without_spacing(dataset: Dataset) -> None:
    measures = dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    del measures.PixelSpacing
    for name in ("ImagedVolumeWidth", "ImagedVolumeHeight"):
        if name in dataset:
            delattr(dataset, name)


def test_a_lost_scale_is_an_error_and_one_from_nowhere_a_warning(
    tmp_path: Path,
) -> None:
    write_slide(tmp_path / "a", **PLAIN)
    write_slide(tmp_path / "b", mutate=without_spacing, **PLAIN)
    (lost,) = of(compared(tmp_path / "a", tmp_path / "b"), "QA14")
    assert lost.severity.value == "error"
    section = compared(tmp_path / "b", tmp_path / "a")
    (made_up,) = of(section, "QA14")
    assert made_up.severity.value == "warning"
    assert "from" in made_up.message
    assert rows(section, "Scale and place")["Micrometers a pixel"][2] == "added"


def test_the_scale_of_an_svs_is_that_of_its_description(tmp_path: Path) -> None:
    source = write_svs(tmp_path / "a.svs", MPP="0.2500", pictures=())
    write_slide(tmp_path / "b", spacing=(2.5e-4, 2.5e-4), **PLAIN)
    section = compared(source, tmp_path / "b")
    assert not of(section, "QA14")
    assert rows(section, "Scale and place")["Micrometers a pixel"] == (
        "0.25",
        "0.25",
        "same",
    )


def test_an_unbelievable_scale_of_the_source_is_compared_all_the_same(
    tmp_path: Path,
) -> None:
    source = write_svs(tmp_path / "a.svs", MPP="500", pictures=())
    write_slide(tmp_path / "b", **PLAIN)
    (finding,) = of(compared(source, tmp_path / "b"), "QA14")
    assert "1,000 times too small" in finding.message


def test_the_finest_level_of_the_result_may_be_a_coarser_one_of_the_source(
    tmp_path: Path,
) -> None:
    source = write_svs(tmp_path / "a.svs", [(1000, 700), (500, 350)], pictures=())
    write_slide(tmp_path / "b", size=(500, 350), spacing=(1e-3, 1e-3), **PLAIN)
    assert not of(compared(source, tmp_path / "b"), "QA14")
    write_slide(tmp_path / "c", size=(500, 350), spacing=(5e-4, 5e-4), **PLAIN)
    (finding,) = of(compared(source, tmp_path / "c"), "QA14")
    assert "2 times too small" in finding.message


def one_spacing_on_all(dataset: Dataset) -> None:
    measures = dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    measures.PixelSpacing = ["0.0005", "0.0005"]


def test_one_pixel_spacing_on_all_levels_is_an_error_unless_the_source_has_it(
    tmp_path: Path,
) -> None:
    plain = {"label": False, "overview": False}
    write_slide(tmp_path / "a", **plain)
    write_slide(tmp_path / "b", mutate=one_spacing_on_all, **plain)
    (finding,) = of(compared(tmp_path / "a", tmp_path / "b"), "SC5")
    assert finding.severity.value == "error"
    assert "All levels" in finding.message
    (kept,) = of(compared(tmp_path / "b", tmp_path / "b"), "SC5")
    assert kept.severity.value == "note"


@pytest.mark.parametrize(
    ("ours", "theirs", "severity", "verdict"),
    [
        (20, 20, None, "same"),
        (20, 40, "error", "differs"),
        (20, None, "warning", "lost"),
        (None, 20, "note", "added"),
        (None, None, None, "not told"),
    ],
)
def test_the_objective_is_a_fact_of_its_own(
    tmp_path: Path,
    ours: int | None,
    theirs: int | None,
    severity: str | None,
    verdict: str,
) -> None:
    write_slide(tmp_path / "a", objective_power=ours, **PLAIN)
    write_slide(tmp_path / "b", objective_power=theirs, **PLAIN)
    section = compared(tmp_path / "a", tmp_path / "b")
    assert [each.severity.value for each in of(section, "SC4")] == (
        [severity] if severity else []
    )
    assert rows(section, "Scale and place")["Objective"][2] == verdict


def placed(x: str, y: str, orientation: list[int]) -> Callable[[Dataset], None]:
    def change(dataset: Dataset) -> None:
        item = dataset.TotalPixelMatrixOriginSequence[0]
        item.XOffsetInSlideCoordinateSystem = x
        item.YOffsetInSlideCoordinateSystem = y
        dataset.ImageOrientationSlide = orientation

    return change


DOWN = [0, -1, 0, -1, 0, 0]


@pytest.mark.parametrize(
    ("x", "y", "orientation", "verdicts"),
    [
        ("12.5", "33.25", DOWN, []),
        ("12.55", "33.25", DOWN, []),  # 50 um
        ("13.5", "33.25", DOWN, ["error"]),
        ("25", "50", DOWN, ["error"]),
        ("12.5", "33.25", [-1, 0, 0, 0, 1, 0], ["error"]),
    ],
)
def test_what_two_dicom_slides_say_of_their_place_has_to_agree(
    tmp_path: Path, x: str, y: str, orientation: list[int], verdicts: list[str]
) -> None:
    write_slide(tmp_path / "a", mutate=placed("12.5", "33.25", DOWN), **PLAIN)
    write_slide(tmp_path / "b", mutate=placed(x, y, orientation), **PLAIN)
    section = compared(tmp_path / "a", tmp_path / "b")
    found = of(section, "QA16")
    assert [each.severity.value for each in found] == verdicts
    if (x, y) == ("25", "50"):
        assert "do not know" in found[0].message


def test_an_origin_that_converters_make_up_is_none(tmp_path: Path) -> None:
    write_slide(tmp_path / "b", mutate=placed("25", "50", DOWN), **PLAIN)
    knows = write_svs(tmp_path / "a.svs", pictures=())
    section = compared(knows, tmp_path / "b")
    assert told(of(section, "QA16")) == [("QA16", "warning", 0)]
    assert rows(section, "Scale and place")["Origin on the glass"][2] == "lost"
    silent = write_svs(tmp_path / "c.svs", pictures=(), Left="", Top="")
    section = compared(silent, tmp_path / "b")
    assert told(of(section, "QA16")) == [("QA16", "note", 0)]


def test_other_tiles_are_a_note(tmp_path: Path) -> None:
    write_slide(tmp_path / "a", **PLAIN)
    write_slide(tmp_path / "b", tile=(128, 128), **PLAIN)
    section = compared(tmp_path / "a", tmp_path / "b")
    assert told(of(section, "QA11")) == [("QA11", "note", 0)]
    levels = section.facts["levels"]
    assert levels["a"][0]["padding"] == [24, 68]  # 4 x 3 tiles of 256: 1024 x 768
    assert levels["b"][0]["padding"] == [24, 68]  # 8 x 6 tiles of 128
    assert rows(section, "Levels")["0"] == (
        "1000 x 700, 4 x 3 tiles of 256 x 256",
        "1000 x 700, 8 x 6 tiles of 128 x 128",
        "differs",
    )


def test_a_size_that_was_rounded_is_a_note_and_a_cropped_one_an_error(
    tmp_path: Path,
) -> None:
    down = write_svs(tmp_path / "a.svs", [(1001, 703), (500, 351)], pictures=())
    up = write_svs(tmp_path / "b.svs", [(1001, 703), (501, 352)], pictures=())
    assert told(of(compared(down, up), "QA10")) == [("QA10", "note", 1)]
    cropped = write_svs(tmp_path / "c.svs", [(1000, 703), (500, 351)], pictures=())
    assert told(of(compared(down, cropped), "QA10")) == [("QA10", "error", 0)]


def test_a_base_of_whole_tiles_is_a_warning(tmp_path: Path) -> None:
    real = write_svs(tmp_path / "a.svs", tile=16, pictures=())
    padded = write_svs(tmp_path / "b.svs", [(1008, 704)], tile=16, pictures=())
    (finding,) = of(compared(real, padded), "QA10")
    assert finding.severity.value == "warning"
    assert "the result counts whole tiles" in finding.message
    (finding,) = of(compared(padded, real), "QA10")
    assert "the source counts whole tiles" in finding.message


def test_a_slide_and_its_copy_have_nothing_to_say(tmp_path: Path) -> None:
    write_slide(tmp_path / "a", mutate=placed("12.5", "33.25", DOWN))
    section = compared(tmp_path / "a", tmp_path / "a")
    assert not section.findings
    assert section.lines == ("The scale is 0.5 um a pixel in both.",)


@given(st.integers(1, 100_000), st.integers(1, 100_000), st.floats(1, 300))
def test_both_edges_reduced_by_one_factor_are_even_however_rounded(
    width: int, height: int, factor: float
) -> None:
    down = Size(max(1, int(width / factor)), max(1, int(height / factor)))
    up = Size(int(width / factor) + 1, int(height / factor) + 1)
    assert is_evenly_reduced(Size(width, height), down)
    assert is_evenly_reduced(Size(width, height), up)


def test_edges_reduced_by_two_factors_are_not_even() -> None:
    assert not is_evenly_reduced(Size(40_000, 30_000), Size(20_000, 14_900))


@pytest.mark.slides
@pytest.mark.parametrize(
    ("result", "objective", "origin"),
    [
        ("dual/pixelmed-svs-jpeg-rgb-classic", "same", "converted"),
        ("dual/pixelmed-svs-jpeg-rgb-bigtiff", "same", "converted"),
        ("cmu-wsidicomizer-passthrough", "lost", "lost"),
    ],
)
def test_what_converters_make_of_scale_and_place(
    slides_folder: Path, result: str, objective: str, origin: str
) -> None:
    source = slides_folder / "source/CMU-1-Small-Region.svs"
    section = compared(source, slides_folder / result)
    table = rows(section, "Scale and place")
    assert table["Micrometers a pixel"] == ("0.499", "0.499", "same")
    assert table["Objective"][2] == objective
    assert table["Origin on the glass"][2] == origin
    assert not [each for each in section.findings if each.severity.value == "error"]


@pytest.mark.slides
def test_four_levels_of_an_ndpi_are_in_its_conversion(slides_folder: Path) -> None:
    source = slides_folder / "source/hamamatsu-dapi.ndpi"
    with comparing(source, slides_folder / "ndpi-wsidicomizer-jpeg") as both:
        assert [tuple(each) for each in both.pairing.levels] == [
            (0, 0),
            (1, 1),
            (2, 2),
            (3, 3),
        ]
        assert both.pairing.associated == ("overview",)
        section = compare_geometry(both)
    assert not of(section, "QA14")
    assert {row[2] for row in rows(section, "Levels").values()} == {"same"}
    assert not of(section, "QA11")  # OpenSlide's tiles are not those of the file
