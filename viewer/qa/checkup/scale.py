"""Rules about the scale: what a pixel measures, and what else tells it."""

from collections.abc import Iterator
from math import sqrt
from typing import Final

from viewer.formats.dicom.examination import Attributes, Examined
from viewer.formats.dicom.facts import items, written
from viewer.qa.checkup.subject import Check, Subject, no_slide
from viewer.qa.checkup.warned import warned, warnings_of
from viewer.qa.finding import Finding, Rule, Severity
from viewer.slide.scale import SCAN_MICROMETERS

SC1: Final = Rule(
    id="SC1",
    severity=Severity.WARNING,
    title="Pixel Spacing is there",
    why="Without it nothing can be measured, and some viewers refuse the slide.",
    clause="PS3.3 C.7.6.16.2.1",
    evidence="wsidicomizer#130",
    number=14,
)
SC2: Final = Rule(
    id="SC2",
    severity=Severity.ERROR,
    title="a pixel measures what a microscope's does",
    why="Every length measured on the slide would be wrong by the same factor.",
    clause="PS3.3 C.7.6.16.2.1",
    evidence="wsidicomizer#127, bioformats#1192",
    number=14,
)
SC3: Final = Rule(
    id="SC3",
    severity=Severity.ERROR,
    title="pixels are as wide as they are high",
    why="The tissue would look stretched, and lengths would depend on the direction.",
    clause="PS3.3 10.7.1.3",
    evidence="wsidicomizer#137, openslide 4.0.1",
    number=14,
)
SC4: Final = Rule(
    id="SC4",
    severity=Severity.WARNING,
    title="the objective goes with the scale",
    why="Readers choose a magnification by it, and one of the two may be wrong.",
    clause="PS3.3 C.8.12.5",
    evidence="wsidicom#207, openslide#247",
    number=15,
)
SC5: Final = Rule(
    id="SC5",
    severity=Severity.ERROR,
    title="the scale of a level follows from its size",
    why="Programs that order levels by Pixel Spacing show and measure wrong ones.",
    clause="PS3.3 C.8.12.4",
    evidence="wsidicom picks levels by Pixel Spacing; Bio-Formats repeats one",
    number=14,
)

SPACING: Final = (
    "SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].PixelSpacing"
)
POWER: Final = "OpticalPathSequence[0].ObjectiveLensPower"

_EXPECTED_RANGE: Final = "{:g} to {:g} micrometers".format(*SCAN_MICROMETERS)
_MUST_HAVE: Final = ("VOLUME", "THUMBNAIL")
_LOPSIDED: Final = 1.1  # a line scanner's x and y differ by a percent or two
_MICROMETERS_AT_1X: Final = 10.0
_OBJECTIVE_APART: Final = 1.3


def written_spacing(file: Examined) -> str:
    """Return Pixel Spacing as it is written, wherever it is: row, then column."""
    return _written(file.dataset, "PixelMeasuresSequence", "PixelSpacing")


def _written(dataset: Attributes, group: str, keyword: str) -> str:
    places = [
        item
        for groups in items(dataset, "SharedFunctionalGroupsSequence")
        for item in items(groups, group)
    ]
    found = (written(each, keyword) for each in [*places, dataset])
    return next((words for words in found if words), "")


def _has_spacing(subject: Subject) -> Iterator[Finding]:
    told = list(
        warned(subject, SC1, "no-spacing", written=written_spacing, tag=SPACING)
    )
    yield from told
    for each in subject.images:
        instance = each.instance
        if instance is None or instance.role not in _MUST_HAVE or instance.spacing:
            continue
        if any(finding.file == each.path for finding in told):
            continue
        found = written_spacing(each)
        said = f"is {found[:64]}" if found else "is missing"
        yield SC1.finding(
            f"{each.path.name}: Pixel Spacing {said}, expected 2 positive numbers on a "
            f"{instance.role} image.",
            file=each.path,
            level=subject.level_of(each.path),
            tag=SPACING,
            found=found,
            expected="2 positive numbers of millimeters",
        )


def _in_range(subject: Subject) -> Iterator[Finding]:
    yield from warned(
        subject,
        SC2,
        "spacing-range",
        "spacing-stand-in",
        written=written_spacing,
        tag=SPACING,
        expected=_EXPECTED_RANGE,
    )


def _is_square(subject: Subject) -> Iterator[Finding]:
    lopsided = _is_lopsided(subject)
    for code, severity in (
        ("spacing-axes", Severity.ERROR),
        ("spacing-anisotropic", Severity.ERROR if lopsided else Severity.WARNING),
    ):
        yield from warned(
            subject,
            SC3,
            code,
            severity=severity,
            written=written_spacing,
            tag=SPACING,
            expected="two equal numbers",
        )


def _is_lopsided(subject: Subject) -> bool:
    spacing = None if subject.slide is None else subject.slide.levels[0].spacing
    return spacing is not None and max(spacing) / min(spacing) > _LOPSIDED


def _objective_goes_with_scale(subject: Subject) -> Iterator[Finding]:
    slide = subject.slide
    if slide is None:
        return
    told = warnings_of(subject, "objective")
    yield from warned(subject, SC4, "objective", tag=POWER, written=_written_power)
    file = slide.levels[0].file
    power, spacing = slide.objective_power, slide.levels[0].spacing
    if power is None:
        yield SC4.finding(
            f"{_named(subject)}: the power of the objective is not said.",
            Severity.NOTE,
            file=file,
            level=0,
            tag=POWER,
            expected="a number, such as 20 or 40",
        )
    elif spacing is not None and not told and not subject.files:
        mean, usual = sqrt(spacing.x * spacing.y) * 1000, _MICROMETERS_AT_1X / power
        if max(mean / usual, usual / mean) > _OBJECTIVE_APART:
            yield SC4.finding(
                f"{_named(subject)}: the objective is {power:g}x, which goes with "
                f"about {usual:.3g} um, but a pixel measures {mean:.3g} um.",
                file=file,
                level=0,
                found=f"{power:g}x",
                expected=f"about {_MICROMETERS_AT_1X / mean:.2g}x",
            )


def _written_power(file: Examined) -> str:
    powers = (
        written(item, "ObjectiveLensPower")
        for item in items(file.dataset, "OpticalPathSequence")
    )
    return next((power for power in powers if power), "")


def _named(subject: Subject) -> str:
    """Return what to call the finest level: its file, or the slide."""
    slide = subject.slide
    if slide is None:
        return subject.files[0].path.name
    file = slide.levels[0].file
    return slide.name if file is None else file.name


def _levels_follow(subject: Subject) -> Iterator[Finding]:
    for finding in warned(
        subject,
        SC5,
        "spacing-ratio",
        "spacing-repeated",
        written=written_spacing,
        tag=SPACING,
    ):
        file = subject.file(finding.file)
        if file is not None and file.instance and file.instance.spacing is None:
            continue  # SC1 says so
        yield finding


SCALE_CHECKS: Final = (
    Check(SC1, _has_spacing),
    Check(SC2, _in_range),
    Check(SC3, _is_square),
    Check(SC4, _objective_goes_with_scale, excuse=no_slide),
    Check(SC5, _levels_follow),
)
