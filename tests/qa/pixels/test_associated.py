"""Label, overview and thumbnail of two slides: the same, or what became of them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.synthetic import write_slide
from viewer.formats import open_slide
from viewer.formats.pyramid import SlideFacts, TiledSlide
from viewer.qa.comparing import CompareOptions, Comparing, Pixels, Tolerance
from viewer.qa.finding import Severity
from viewer.qa.pairing.slides import pair
from viewer.qa.pixels.associated import AssociatedPixels, compare_associated_pixels
from viewer.qa.registration.orientation import Way
from viewer.qa.run import Run
from viewer.slide.errors import BrokenFile
from viewer.slide.geometry import Size

Picture = NDArray[np.uint8]
Change = Callable[[Picture], Picture]


def drawn(seed: int, width: int = 240, height: int = 200) -> Picture:
    """Return BGRX blots that are unlike those of another seed."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (height // 20, width // 20, 4), np.uint8)
    coarse[..., 3] = 255
    return coarse.repeat(20, axis=0).repeat(20, axis=1)


LABEL, OVERVIEW = drawn(1), drawn(2, 480, 160)


@pytest.fixture
def answer(tmp_path: Path) -> Callable[..., AssociatedPixels]:
    """Compare the label of a slide with one that the result shows instead."""
    (path, *_) = write_slide(tmp_path, levels=1, size=(300, 200))

    def compared(
        shown: Picture | Exception,
        tolerance: Tolerance | None = None,
        same_bits: Mapping[str, bool | None] | None = None,
        source: Picture | Exception = LABEL,
    ) -> AssociatedPixels:
        a, b = (
            slide_with(path, {"label": label, "overview": OVERVIEW})
            for label in (source, shown)
        )
        options = CompareOptions(Pixels.ALL, tolerance or Tolerance())
        comparing = Comparing(a, b, pair(a, b), options, Run())
        found = compare_associated_pixels(comparing, same_bits or {})
        a.close()
        b.close()
        return next(each for each in found if each.role == "label")

    return compared


def slide_with(path: Path, pictures: Mapping[str, Picture | Exception]) -> TiledSlide:
    slide = open_slide(path)
    assert isinstance(slide, TiledSlide)
    facts: SlideFacts = slide._facts
    pattern = next(iter(facts.associated.values()))

    def image(picture: Picture | Exception) -> Any:
        def read() -> Picture:
            if isinstance(picture, Exception):
                raise picture
            return picture

        shape = LABEL.shape if isinstance(picture, Exception) else picture.shape
        return replace(pattern, size=Size(shape[1], shape[0]), read=read)

    given = {role: image(picture) for role, picture in pictures.items()}
    slide._facts = replace(facts, associated=given)
    return slide


def noisy(picture: Picture) -> Picture:
    noise = np.random.default_rng(3).integers(-6, 7, picture.shape)
    return np.clip(picture.astype(int) + noise, 0, 255).astype(np.uint8)


def test_the_same_picture_is_no_finding(
    answer: Callable[..., AssociatedPixels],
) -> None:
    found = answer(LABEL.copy())
    assert not found.findings
    assert "has the pixels of that of the source" in found.line


def test_coding_anew_without_loss_is_a_note(
    answer: Callable[..., AssociatedPixels],
) -> None:
    (finding,) = answer(LABEL.copy(), same_bits={"label": False}).findings
    assert (finding.rule.id, finding.severity) == ("QA18", Severity.NOTE)
    assert "without loss" in finding.message
    assert not answer(LABEL.copy(), same_bits={"label": True}).findings


def test_a_lossy_label_is_a_warning_with_figures(
    answer: Callable[..., AssociatedPixels],
) -> None:
    shown = noisy(LABEL)
    found = answer(shown)
    (finding,) = found.findings
    assert finding.severity is Severity.WARNING
    apart = np.abs(LABEL[..., :3].astype(int) - shown[..., :3])
    assert found.difference is not None
    assert found.difference.mean == pytest.approx(apart.mean())
    assert f"by {apart.max()} of 255 at most" in finding.message


def test_a_tolerated_label_is_a_note(answer: Callable[..., AssociatedPixels]) -> None:
    (finding,) = answer(noisy(LABEL), Tolerance(largest=6)).findings
    assert finding.severity is Severity.NOTE


@pytest.mark.parametrize("way", [way for way in Way if way is not Way.SAME])
def test_a_turned_label_is_known_with_its_way(
    answer: Callable[..., AssociatedPixels], way: Way
) -> None:
    found = answer(np.ascontiguousarray(way.applied(LABEL)))
    assert found.way is way
    (finding,) = found.findings
    assert finding.severity is Severity.WARNING
    assert way.value in finding.message
    assert "otherwise the pixels are identical" in finding.message


def test_a_label_of_another_size_is_told_of(
    answer: Callable[..., AssociatedPixels],
) -> None:
    (finding,) = answer(LABEL[::2, ::2]).findings
    assert finding.severity is Severity.WARNING
    assert (finding.found, finding.expected) == ("120 x 100", "240 x 200")


def test_another_picture_is_an_error(answer: Callable[..., AssociatedPixels]) -> None:
    (finding,) = answer(drawn(9)).findings
    assert (finding.rule.id, finding.severity) == ("QA18", Severity.ERROR)
    assert "another picture" in finding.message


def test_an_overview_in_the_place_of_the_label_is_named(
    answer: Callable[..., AssociatedPixels],
) -> None:
    (finding,) = answer(OVERVIEW).findings
    assert finding.severity is Severity.ERROR
    assert (finding.found, finding.expected) == ("overview", "label")
    assert "shows the overview of the source" in finding.message


def test_a_blank_label_is_another_picture(
    answer: Callable[..., AssociatedPixels],
) -> None:
    (finding,) = answer(np.full_like(LABEL, 255)).findings
    assert finding.severity is Severity.ERROR


def test_grey_in_the_place_of_color_is_told_of(
    answer: Callable[..., AssociatedPixels],
) -> None:
    (finding,) = answer(np.ascontiguousarray(LABEL[..., 1])).findings
    assert finding.severity is Severity.WARNING
    assert "is 8-bit grey" in finding.message


@pytest.mark.parametrize(
    ("side", "severity"), [("b", Severity.ERROR), ("a", Severity.WARNING)]
)
def test_a_label_that_cannot_be_decoded_is_told_of(
    answer: Callable[..., AssociatedPixels], side: str, severity: Severity
) -> None:
    broken = BrokenFile("The label is broken.")
    found = answer(broken) if side == "b" else answer(LABEL, source=broken)
    (finding,) = found.findings
    assert (finding.rule.id, finding.severity) == ("PX6", severity)
    assert "The label is broken." in finding.message


@pytest.mark.slides
def test_the_pictures_of_a_real_conversion_are_judged(slides_folder: Path) -> None:
    a = open_slide(slides_folder / "source" / "CMU-1-Small-Region.svs")
    b = open_slide(slides_folder / "cmu-wsidicomizer-passthrough")
    comparing = Comparing(a, b, pair(a, b), CompareOptions(), Run())
    found = {each.role: each for each in compare_associated_pixels(comparing, {})}
    a.close()
    b.close()
    assert not found["overview"].findings
    (finding,) = found["label"].findings  # JPEG 4:2:0 in the place of LZW
    assert finding.severity is Severity.WARNING


@pytest.mark.slides
def test_a_thumbnail_of_slipped_strips_may_be_a_damaged_one(
    slides_folder: Path,
) -> None:
    a = open_slide(slides_folder / "source" / "CMU-1-Small-Region.svs")
    b = open_slide(slides_folder / "cmu-wsidicomizer")  # each strip is cut too short
    comparing = Comparing(a, b, pair(a, b), CompareOptions(), Run())
    found = {each.role: each for each in compare_associated_pixels(comparing, {})}
    a.close()
    b.close()
    (finding,) = found["thumbnail"].findings
    assert finding.severity is Severity.ERROR
    assert "or a damaged one" in finding.message
