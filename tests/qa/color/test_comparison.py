"""Color of a conversion: profiles kept, lost and made up, channels swapped."""

from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pydicom
import pytest

from tests.profiles import SRGB, dated, of_class, swapped
from tests.qa import damage
from tests.qa.tissue import tissue
from tests.qa.two_slides import comparing, told
from tests.synthetic import write_slide
from viewer.qa.color.comparison import compare_color
from viewer.qa.color.profiles import bare
from viewer.qa.report.section import Section

SCANNER = of_class("scnr")
PLAIN: Mapping[str, Any] = {
    "size": (700, 600),
    "levels": 2,
    "texture": tissue,
    "icc_profile": SCANNER,
    "syntax": "jpeg",
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("color") / "source"
    write_slide(folder, **PLAIN)
    return folder


@pytest.fixture
def result(source: Path, tmp_path: Path) -> Path:
    return copytree(source, tmp_path / "result")


def compared(a: Path, b: Path) -> Section:
    with comparing(a, b) as both:
        return compare_color(both)


def with_profile(folder: Path, icc: bytes | None, role: str = "VOLUME") -> None:
    """Replace the profiles of the images of one kind."""
    for path in sorted(folder.iterdir()):
        dataset = pydicom.dcmread(path)
        if dataset.ImageType[2] == role:
            item = dataset.OpticalPathSequence[0]
            if icc is None:
                del item.ICCProfile
            else:
                item.ICCProfile = icc + b"\0" * (len(icc) % 2)
            dataset.save_as(path)


def test_the_same_profiles_and_colors_are_no_finding(
    source: Path, result: Path
) -> None:
    section = compared(source, result)
    assert section.findings == ()
    assert set(section.facts["profiles"].values()) == {"same"}
    assert set(section.facts["profiles"]) >= {"level 0", "level 1", "the label"}
    assert [each["difference"] for each in section.facts["levels"]] == [0, 0]


def test_a_lost_profile_is_an_error_that_names_it(source: Path, result: Path) -> None:
    with_profile(result, None)
    section = compared(source, result)
    assert told(section.findings) == [("CO3", "error", 0)]
    (finding,) = section.findings
    assert "Levels 0 and 1" in finding.message
    assert "sRGB" in finding.expected
    assert finding.found == "no profile"


@pytest.mark.parametrize("profile", [None, SRGB])
def test_a_profile_that_overviews_lose_or_change_is_an_error(
    profile: bytes | None, source: Path, result: Path
) -> None:
    with_profile(result, profile, "OVERVIEW")
    section = compared(source, result)
    assert told(section.findings) == [("CO3", "error", None)]
    assert "The overview" in section.findings[0].message


@pytest.mark.parametrize("other", [swapped(SCANNER), dated(1999, SCANNER), SRGB])
def test_another_profile_is_an_error_if_one_byte_differs(
    other: bytes, source: Path, result: Path
) -> None:
    with_profile(result, other)
    section = compared(source, result)
    assert told(section.findings) == [("CO3", "error", 0)]
    assert section.facts["profiles"]["level 1"] == "changed"
    assert section.findings[0].found != section.findings[0].expected


def test_a_profile_that_the_source_lacks_is_no_error(
    source: Path, result: Path
) -> None:
    damage.without_icc(result)
    section = compared(result, source)
    assert told(section.findings) == [("CO3", "warning", 0), ("CO3", "note", None)]
    assert "sRGB" in section.findings[0].message


def test_made_up_profiles_that_differ_between_levels_are_told_of(
    source: Path, result: Path, tmp_path: Path
) -> None:
    other = copytree(source, tmp_path / "other")
    damage.without_icc(result)
    path = damage.level_file(other, 1)
    dataset = pydicom.dcmread(path)
    dataset.OpticalPathSequence[0].ICCProfile = dated(1999, SCANNER)
    dataset.save_as(path)
    section = compared(result, other)
    assert {each.severity.value for each in section.findings} == {"warning", "note"}
    assert any("Level 1" in each.message for each in section.findings)


def test_bytes_that_fill_a_profile_up_are_not_its_own() -> None:
    assert bare(SCANNER + b"\0\0") == SCANNER
    assert bare(SCANNER + b"\0\1") == SCANNER + b"\0\1"
    assert bare(SCANNER + bytes(8)) == SCANNER + bytes(8)
    assert bare(b"no profile") == b"no profile"


def test_swapped_channels_are_named_on_each_level(source: Path, result: Path) -> None:
    damage.swapped_channels(result)
    section = compared(source, result)
    assert told(section.findings) == [("QA4", "error", 0), ("QA4", "error", 1)]
    assert "red and blue are swapped" in section.findings[0].message


def test_swapped_channels_are_named_although_the_slide_is_shifted(
    source: Path, result: Path
) -> None:
    damage.swapped_channels(result)
    damage.shifted(0, 2, 1)(result)
    section = compared(source, result)
    assert ("QA4", "error", 0) in told(section.findings)


def test_another_brightness_is_a_warning_with_its_figures(
    source: Path, result: Path
) -> None:
    _paint(result, lambda whole: (whole * 0.7).astype(np.uint8))
    section = compared(source, result)
    assert told(section.findings) == [("QA4", "warning", 0), ("QA4", "warning", 1)]
    assert "gain 0.70" in section.findings[0].message


def test_a_lossy_encoding_changes_no_color(source: Path, result: Path) -> None:
    damage.recoded(50)(result)
    section = compared(source, result)
    assert not [each for each in section.findings if each.rule.id == "QA4"]


def test_a_label_of_color_that_the_frames_contradict_is_told_of(
    source: Path, result: Path
) -> None:
    damage.recoded(90)(result)
    path = damage.level_file(result, 0)
    dataset = pydicom.dcmread(path)
    dataset.PhotometricInterpretation = "RGB"
    dataset.save_as(path)
    section = compared(source, result)
    assert told(section.findings) == [("PX1", "error", 0)]
    (table,) = (each for each in section.tables if each.title == "Color of the samples")
    assert ("0", "result", "RGB", "YBR_FULL_422") in table.rows


def test_a_blank_slide_says_that_nothing_could_be_compared(tmp_path: Path) -> None:
    def blank(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> Any:
        return np.full((*np.broadcast_shapes(x.shape, y.shape), 3), 250)

    for name in ("source", "result"):
        write_slide(tmp_path / name, **{**PLAIN, "texture": blank})
    section = compared(tmp_path / "source", tmp_path / "result")
    assert section.findings == ()
    assert "could not be compared" in " ".join(section.lines)


def _paint(folder: Path, change: Callable[[Any], Any]) -> None:
    for path in damage.level_files(folder):
        damage._repaint(path, change)


@pytest.mark.slides
@pytest.mark.parametrize(
    ("source", "result", "expected"),
    [
        ("CMU-1-Small-Region.svs", "dual/pixelmed-svs-jpeg-rgb-classic", set()),
        ("CMU-1-Small-Region.svs", "cmu-wsidicomizer", set()),
        ("CMU-1-Small-Region.svs", "orthanc/pyramid", {"PX1"}),
        ("hamamatsu-dapi.ndpi", "ndpi-wsidicomizer-j2k", set()),
        ("ycc_jpeg_pyr.tif", "orthanc/tiff-transcode", set()),
        ("jp2k33003.svs", "dual/pixelmed-jp2k33003-ybr-ict-mct0", {"PX2"}),
    ],
)
def test_what_converters_did_with_color_is_judged_right(
    source: str, result: str, expected: set[str], slides_folder: Path
) -> None:
    section = compared(slides_folder / "source" / source, slides_folder / result)
    found = {each.rule.id for each in section.findings if each.severity.rank == 0}
    assert found == expected
    made_up = [each for each in section.findings if each.rule.id == "CO3"]
    assert made_up[0].severity.value == "warning"
    assert made_up[0].expected == "no profile"
    assert all(each["mistake"] is None for each in section.facts["levels"])


@pytest.mark.slides
def test_a_transform_within_jpeg_2000_is_no_concern_of_tiff(
    slides_folder: Path,
) -> None:
    svs = slides_folder / "source/jp2k33005.svs"
    assert not compared(svs, svs).findings


@pytest.mark.slides
def test_colors_decide_where_no_header_tells_what_samples_are(
    slides_folder: Path, tmp_path: Path
) -> None:
    dataset = pydicom.dcmread(
        slides_folder / "dual/pixelmed-jp2k33003-ybr-ict-mct0/DCM_0"
    )
    dataset.PhotometricInterpretation = "YBR_FULL_422"
    dataset.save_as(tmp_path / "untold.dcm")
    section = compared(slides_folder / "source/jp2k33003.svs", tmp_path / "untold.dcm")
    assert told(section.findings) == [("CO3", "warning", 0), ("PX2", "warning", 0)]


@pytest.mark.slides
def test_a_thumbnail_that_loses_its_profile_is_a_warning(slides_folder: Path) -> None:
    svs = slides_folder / "source/CMU-1-Small-Region.svs"
    converted = slides_folder / "dual/pixelmed-svs-jpeg-rgb-classic"
    lost = {
        each.severity.value: each.message
        for each in compared(converted, svs).findings
        if each.rule.id == "CO3" and each.level is None
    }
    assert set(lost) == {"warning", "error"}
    assert "thumbnail" in lost["warning"]
    assert "The label and the overview" in lost["error"]
    (added,) = (
        each
        for each in compared(svs, converted).findings
        if each.rule.id == "CO3" and each.level is None
    )
    assert "The thumbnail, the label and the overview" in added.message
