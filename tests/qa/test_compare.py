"""A comparison as a whole: its parts, and what becomes of one that cannot be done."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.qa.tissue import tissue
from tests.synthetic import write_slide
from viewer.formats import open_slide
from viewer.qa import compare as module
from viewer.qa.compare import compare
from viewer.qa.comparing import CompareOptions, Comparing, Pixels, Sameness
from viewer.qa.finding import Severity
from viewer.qa.report.section import Section
from viewer.qa.run import Run
from viewer.slide.errors import BrokenFile, Cancelled, SlideError
from viewer.slide.model import Slide

OPTIONS = CompareOptions()
PARTS = [
    "pairing",
    "geometry",
    "bits",
    "pixels",
    "registration",
    "color",
    "metadata",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compare")
    write_slide(folder, size=(600, 400), levels=2, syntax="jpeg", texture=tissue)
    return folder


@pytest.fixture
def slides(folder: Path) -> Iterator[tuple[Slide, Slide]]:
    a, b = open_slide(folder), open_slide(folder)
    yield a, b
    a.close()
    b.close()


def test_every_part_is_in_its_section(slides: tuple[Slide, Slide]) -> None:
    found = compare(*slides, OPTIONS, Run())
    assert [each.name for each in found.sections] == PARTS
    assert found.verdict is Sameness.BITS
    assert found.sampled == "All 8 tiles were decoded."
    pairing = found.sections[0]
    assert pairing.facts["levels"] == [[0, 0], [1, 1]]
    assert pairing.lines == (
        "2 of 2 levels of the source, the label and the overview are in the result.",
    )


def test_nothing_is_decoded_where_bits_are_asked_for(
    slides: tuple[Slide, Slide],
) -> None:
    found = compare(*slides, CompareOptions(pixels=Pixels.NONE), Run())
    names = [each.name for each in found.sections]
    assert not {"pixels", "registration"} & set(names)
    assert found.verdict is Sameness.BITS
    assert "no pixel was decoded" in found.sampled


def failing(error: SlideError) -> object:
    def look(_comparing: Comparing, *_more: object) -> Section:
        raise error

    return look


@pytest.mark.parametrize(
    ("part", "severity", "verdict"),
    [
        ("geometry", Severity.ERROR, Sameness.DIFFERENT),
        ("bits", Severity.ERROR, Sameness.DIFFERENT),
        ("pixels", Severity.ERROR, Sameness.DIFFERENT),
        ("registration", Severity.WARNING, Sameness.BITS),
        ("color", Severity.ERROR, Sameness.DIFFERENT),
        ("metadata", Severity.WARNING, Sameness.BITS),
    ],
)
def test_a_part_that_cannot_be_done_is_a_finding(
    slides: tuple[Slide, Slide],
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    severity: Severity,
    verdict: Sameness,
) -> None:
    error = BrokenFile("x.dcm: ends early.")
    monkeypatch.setattr(module, f"compare_{part}", failing(error))
    found = compare(*slides, OPTIONS, Run())
    (undone,) = [each for each in found.findings if each.rule.id == "RUN1"]
    assert undone.severity is severity
    assert undone.message.endswith("could not be compared: x.dcm: ends early.")
    assert [each.name for each in found.sections] == PARTS
    assert found.verdict is verdict


def test_cancelling_is_no_finding(
    slides: tuple[Slide, Slide], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "compare_pixels", failing(Cancelled("stop")))
    with pytest.raises(Cancelled):
        compare(*slides, OPTIONS, Run())
    with pytest.raises(Cancelled):
        compare(*slides, OPTIONS, Run(cancelled=lambda: True))


def test_the_reason_is_the_cause_and_not_what_comes_of_it(
    slides: tuple[Slide, Slide], monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = module.UNDONE

    def saying(name: str) -> object:
        finding = rule.finding(f"{name}.")
        return lambda *_: Section(name, name, findings=(finding,))

    for part in ("metadata", "color", "registration"):
        monkeypatch.setattr(module, f"compare_{part}", saying(part))
    assert compare(*slides, OPTIONS, Run()).reason == "registration."


def test_slides_with_no_level_in_common_are_refused(
    slides: tuple[Slide, Slide], tmp_path: Path
) -> None:
    write_slide(tmp_path, size=(333, 777), levels=1)
    other = open_slide(tmp_path)
    try:
        with pytest.raises(SlideError, match=r"600 x 400 and 333 x 777 pixels"):
            compare(slides[0], other, OPTIONS, Run())
    finally:
        other.close()


def test_bits_of_other_tiles_are_different(
    slides: tuple[Slide, Slide], tmp_path: Path
) -> None:
    write_slide(tmp_path, size=(600, 400), levels=2, tile=(128, 128), syntax="jpeg")
    other = open_slide(tmp_path)
    try:
        found = compare(slides[0], other, CompareOptions(Pixels.NONE), Run())
    finally:
        other.close()
    assert found.verdict is Sameness.DIFFERENT
    assert "256 x 256" in found.reason
    assert "128 x 128" in found.reason


@pytest.mark.slides
def test_bits_of_a_slide_that_gives_no_frames_cannot_be_judged(
    slides_folder: Path,
) -> None:
    source = open_slide(slides_folder / "source" / "hamamatsu-dapi.ndpi")
    result = open_slide(slides_folder / "ndpi-wsidicomizer-jpeg")
    try:
        with pytest.raises(SlideError, match="No frame can be compared as bits"):
            compare(source, result, CompareOptions(Pixels.NONE), Run())
    finally:
        source.close()
        result.close()
