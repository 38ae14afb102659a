"""Registration of two slides, and of the levels of one, against damage done to them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest

from tests.qa import damage
from tests.qa.tissue import tissue
from tests.qa.two_slides import comparing, told
from tests.synthetic import write_slide
from viewer.qa.registration.comparison import compare_registration
from viewer.qa.report.section import Section

PLAIN: Mapping[str, Any] = {
    "size": (1100, 800),
    "texture": tissue,
    "label": False,
    "overview": False,
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three levels: 1100 x 800, 550 x 400 and 275 x 200 pixels."""
    folder = tmp_path_factory.mktemp("alignment") / "source"
    write_slide(folder, **PLAIN)
    return folder


@pytest.fixture
def result(source: Path, tmp_path: Path) -> Path:
    return copytree(source, tmp_path / "result")


def registered(a: Path, b: Path) -> Section:
    with comparing(a, b) as both:
        return compare_registration(both)


def message(section: Section, rule: str, level: int) -> str:
    (found,) = (
        each
        for each in section.findings
        if each.rule.id == rule and each.level == level
    )
    return found.message


def test_a_copy_lies_where_its_source_does(source: Path, result: Path) -> None:
    section = registered(source, result)
    assert section.findings == ()
    assert [each["places"] for each in section.facts["levels"]][:2] == [9, 9]
    assert {(each["x"], each["y"]) for each in section.facts["levels"]} == {(0, 0)}
    assert section.facts["orientation"]["way"] == "neither turned nor mirrored"


def test_another_encoding_in_tiles_of_another_size_is_no_shift(
    source: Path, tmp_path: Path
) -> None:
    other = {**PLAIN, "syntax": "jpeg", "quality": 60, "tile": (192, 160)}
    write_slide(tmp_path / "result", **other)
    section = registered(source, tmp_path / "result")
    assert section.findings == ()
    for each in section.facts["levels"]:
        assert abs(each["x"]) < 0.1
        assert abs(each["y"]) < 0.1


@pytest.mark.parametrize(
    ("x", "y", "words", "micrometers"),
    [
        (3, 0, "3 px to the right", "1.5 \u00b5m"),
        (-2, 5, "2 px to the left and 5 px down", "2.69 \u00b5m"),
        (0, -250, "250 px up", "125 \u00b5m"),
    ],
)
def test_a_shift_is_told_in_pixels_and_micrometers(
    x: int, y: int, words: str, micrometers: str, source: Path, result: Path
) -> None:
    damage.shifted(0, x, y)(result)
    section = registered(source, result)
    said = message(section, "QA13", 0)
    assert words in said
    assert f"({micrometers})" in said
    assert "source" in said
    assert "result" in said
    assert ("QA13", "error", 1) not in told(section.findings)


def test_a_level_that_lies_elsewhere_than_its_base_is_the_one_that_is_named(
    source: Path, result: Path
) -> None:
    damage.shifted(1, 8, 0)(result)
    section = registered(source, result)
    assert told(section.findings) == [("QA13", "error", 1), ("PY4", "error", 1)]
    assert "8 px to the right" in message(section, "PY4", 1)
    assert "8 \u00b5m" in message(section, "PY4", 1)


def test_a_level_that_lies_elsewhere_in_the_source_too_is_a_warning(
    source: Path, result: Path
) -> None:
    damage.shifted(2, 0, 6)(result)
    section = registered(result, result)
    assert told(section.findings) == [("PY4", "warning", 2)]
    assert "6 px down" in message(section, "PY4", 2)


def test_a_level_of_another_slide_is_not_the_same_contents(
    source: Path, result: Path, tmp_path: Path
) -> None:
    def elsewhere(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> Any:
        return tissue(x + 3000, y + 2000)

    write_slide(tmp_path / "other", **{**PLAIN, "texture": elsewhere})
    other = damage.level_file(tmp_path / "other", 1)
    damage.level_file(result, 1).write_bytes(other.read_bytes())
    section = registered(source, result)
    assert ("QA13", "error", 1) in told(section.findings)
    assert ("PY4", "error", 1) in told(section.findings)
    assert "does not show" in message(section, "PY4", 1)


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        ((1,), "mirrored left to right"),
        ((0,), "mirrored top to bottom"),
        ((0, 1), "turned by 180 degrees"),
    ],
)
def test_a_turned_or_mirrored_slide_is_named_by_that_alone(
    axes: tuple[int, ...], words: str, source: Path, result: Path
) -> None:
    for path in damage.level_files(result):
        damage._repaint(path, lambda whole: np.flip(whole, axes))
    section = registered(source, result)
    assert told(section.findings) == [("QA16", "error", 0)]
    assert words in message(section, "QA16", 0)


def test_a_blank_slide_tells_nothing_and_says_so(tmp_path: Path) -> None:
    def blank(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> Any:
        return np.full((*np.broadcast_shapes(x.shape, y.shape), 3), 250)

    for name in ("source", "result"):
        write_slide(tmp_path / name, **{**PLAIN, "texture": blank})
    section = registered(tmp_path / "source", tmp_path / "result")
    assert section.findings == ()
    said = " ".join(section.lines)
    assert "a slide is blank" in said
    assert "3 of 3 levels against the source could not be measured" in said


def test_grey_of_sixteen_bits_is_registered_too(tmp_path: Path) -> None:
    edge = np.arange(512.0)
    picture = tissue(edge[None, :], edge[:, None])[..., 1].astype("<u2") * 7
    for name, x in (("source", 0), ("result", 9)):
        write_slide(tmp_path / name, **GREY)
        moved = np.roll(picture, x, axis=1).tobytes()
        damage._change_frames(
            damage.level_file(tmp_path / name, 0), _replacing_by(moved)
        )
    section = registered(tmp_path / "source", tmp_path / "result")
    assert "9 px to the right" in message(section, "QA13", 0)


GREY: Mapping[str, Any] = {
    "size": (512, 512),
    "tile": (512, 512),
    "levels": 1,
    "photometric": "MONOCHROME2",
    "bits": 16,
    "label": False,
    "overview": False,
}


def _replacing_by(frame: bytes) -> Callable[[list[bytes], int], None]:
    def replace(frames: list[bytes], _columns: int) -> None:
        frames[:] = [frame]

    return replace


def test_a_picture_that_repeats_itself_tells_nothing(tmp_path: Path) -> None:
    def checkers(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> Any:
        dark = (x // 16 + y // 16) % 2
        return np.repeat(60 + 180 * dark[..., None], 3, axis=2)

    plain = {**PLAIN, "texture": checkers, "levels": 1}
    for name in ("source", "result"):
        write_slide(tmp_path / name, **plain)
    damage.shifted(0, 16, 0)(tmp_path / "result")
    section = registered(tmp_path / "source", tmp_path / "result")
    assert section.findings == ()
    assert "could not be measured" in " ".join(section.lines)


@pytest.mark.slides
@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("CMU-1-Small-Region.svs", "dual/pixelmed-svs-jpeg-rgb-classic"),
        ("CMU-1-Small-Region.svs", "cmu-wsidicomizer"),
        ("CMU-1-Small-Region.svs", "orthanc/pyramid"),
        ("hamamatsu-dapi.ndpi", "ndpi-wsidicomizer-jpeg"),
        ("hamamatsu-dapi.ndpi", "ndpi-wsidicomizer-j2k"),
        ("ycc_jpeg_pyr.tif", "orthanc/tiff-transcode"),
        ("ycc_jpeg_pyr.tif", "dual/pixelmed-ycc_jpeg_pyr"),
        ("jp2k33003.svs", "dual/pixelmed-jp2k33003-ybr-ict-mct0"),
    ],
)
def test_what_converters_wrote_lies_where_it_should(
    source: str, result: str, slides_folder: Path
) -> None:
    section = registered(slides_folder / "source" / source, slides_folder / result)
    assert section.findings == ()
    assert section.facts["levels"]
    for each in section.facts["levels"]:
        assert abs(each["x"]) < 0.1
        assert abs(each["y"]) < 0.1
        assert each["outliers"] == 0
