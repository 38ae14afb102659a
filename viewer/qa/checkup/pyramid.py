"""Rules about the levels: which there are, and whether they are of one picture."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from viewer.formats.dicom.examination import Examined
from viewer.formats.dicom.facts import floats
from viewer.formats.dicom.imaged_volume import imaged_volume
from viewer.qa.checkup.subject import Check, Subject, no_dicom, no_slide
from viewer.qa.checkup.warned import in_words, warned, warnings_of
from viewer.qa.finding import Finding, Rule, Severity
from viewer.slide.model import stored_levels

PY1: Final = Rule(
    id="PY1",
    severity=Severity.NOTE,
    title="levels without wide gaps",
    why="Where a level is missing, programs that compute none zoom slowly.",
    evidence="libdicom#79",
    number=12,
)
PY2: Final = Rule(
    id="PY2",
    severity=Severity.WARNING,
    title="each level once",
    why="Of two levels of one size only one is shown, and nobody can tell which.",
    evidence="openslide#468",
    number=12,
)
PY5: Final = Rule(
    id="PY5",
    severity=Severity.WARNING,
    title="the imaged volume goes with the scale",
    why="Programs that take the scale from it measure wrong lengths.",
    clause="PS3.3 C.8.12.4.1.2",
    evidence="wsidicomizer#137",
    number=14,
)
PY6: Final = Rule(
    id="PY6",
    severity=Severity.WARNING,
    title="the shape of a level is that of the finest",
    why="A level of another shape shows something else, or padding as picture.",
    evidence="openslide#576, libdicom#79",
    number=12,
)
FR5: Final = Rule(
    id="FR5",
    severity=Severity.ERROR,
    title="concatenations are complete",
    why="Tiles are missing, or other programs refuse the slide.",
    clause="PS3.3 C.7.6.16.2.2.4",
    evidence="openslide#511",
    number=23,
)
_WIDEST: Final = 4.0
_COARSEST: Final = 4096  # pixels of the longer side of a picture that is quickly shown
_VOLUME_APART: Final = 0.005
_SCALE_CODES: Final = (
    *("no-spacing", "spacing-range", "spacing-axes", "spacing-stand-in"),
    *("spacing-ratio", "spacing-repeated"),
)


def _no_gaps(subject: Subject) -> Iterator[Finding]:
    slide = subject.slide
    if slide is None:
        return
    stored = stored_levels(slide)
    sizes = [slide.levels[number].size for number in stored]
    for place, (finer, coarser) in enumerate(pairwise(sizes)):
        # A pixel more or less is rounding.
        ratio = finer.width / (coarser.width + 1), finer.height / (coarser.height + 1)
        if min(ratio) > _WIDEST:
            yield PY1.finding(
                f"Level {place + 1} ({coarser.width} x {coarser.height} pixels) is "
                f"{finer.width / coarser.width:.3g} times smaller than the level "
                f"before it, expected at most {_WIDEST:g} times; what is between them "
                "is computed.",
                level=stored[place + 1],
                file=slide.levels[stored[place + 1]].file,
                found=f"{finer.width / coarser.width:.3g}",
                expected=f"at most {_WIDEST:g}",
            )
    last = sizes[-1]
    if max(last) > _COARSEST:
        yield PY1.finding(
            f"The coarsest level has {last.width} x {last.height} pixels, expected at "
            f"most {_COARSEST} of a side; the view of the whole slide is computed.",
            level=stored[-1],
            file=slide.levels[stored[-1]].file,
            found=f"{last.width} x {last.height}",
            expected=f"at most {_COARSEST}",
        )


def _no_doubles(subject: Subject) -> Iterator[Finding]:
    yield from warned(subject, PY2, "same-size-levels")
    for each in subject.ignored:
        if each.concerns and each.reason.startswith("a copy of"):
            yield PY2.finding(
                f"{each.path.name} is {each.reason}; it is not used.",
                Severity.NOTE,
                file=each.path,
            )


def _volume_fits(subject: Subject) -> Iterator[Finding]:
    told = list(warned(subject, PY5, "imaged-volume", tag="ImagedVolumeWidth"))
    yield from told
    known = {each.file for each in told}
    in_doubt = bool(warnings_of(subject, *_SCALE_CODES))
    images = subject.level_images
    for each in images:
        if each.path not in known and not in_doubt:
            yield from _volume_by_spacing(subject, each)
    yield from _volume_of_levels(subject, images)
    yield from _volume_without_depth(subject)


def _volume_by_spacing(subject: Subject, file: Examined) -> Iterator[Finding]:
    image = file.instance
    volume = None if image is None else imaged_volume(image)
    if image is None or image.spacing is None or volume is None:
        return
    for edge, found, pixels, step in (
        ("Width", volume.width, image.size.width, image.spacing.x),
        ("Height", volume.height, image.size.height, image.spacing.y),
    ):
        expected = pixels * step
        if abs(found - expected) > _VOLUME_APART * expected + 1.5 * step:
            yield PY5.finding(
                f"{file.path.name}: Imaged Volume {edge} is {found:.6g} mm, expected "
                f"{expected:.6g} mm from {pixels} pixels of {step * 1000:.4g} um.",
                file=file.path,
                level=subject.level_of(file.path),
                tag=f"ImagedVolume{edge}",
                found=f"{found:.6g}",
                expected=f"{expected:.6g}",
            )
            return


def _volume_of_levels(
    subject: Subject, images: Sequence[Examined]
) -> Iterator[Finding]:
    first = imaged_volume(images[0].instance) if images and images[0].instance else None
    for each in images[1:]:
        volume = None if each.instance is None else imaged_volume(each.instance)
        if first is None or volume is None or each.instance is None:
            continue
        slack = _VOLUME_APART + 1.5 / min(each.instance.size)
        ratios = (one / other for one, other in zip(volume, first, strict=True))
        if max(abs(ratio - 1) for ratio in ratios) > slack:
            yield PY5.finding(
                f"{each.path.name}: the imaged volume is {volume.width:.6g} x "
                f"{volume.height:.6g} mm, expected that of {images[0].path.name} "
                f"({first.width:.6g} x {first.height:.6g} mm).",
                file=each.path,
                level=subject.level_of(each.path),
                tag="ImagedVolumeWidth",
                found=f"{volume.width:.6g} x {volume.height:.6g}",
                expected=f"{first.width:.6g} x {first.height:.6g}",
            )


def _volume_without_depth(subject: Subject) -> Iterator[Finding]:
    flat = [
        each.path
        for each in subject.images
        if floats(each.dataset, "ImagedVolumeDepth") == [0]
    ]
    if flat:
        yield PY5.finding(
            f"{in_words(flat)}: Imaged Volume Depth is 0, expected more; the depth of "
            "focus will do.",
            Severity.NOTE,
            file=flat[0],
            level=subject.level_of(flat[0]),
            tag="ImagedVolumeDepth",
            found="0",
            expected="more than 0 micrometers",
        )


def _right_shape(subject: Subject) -> Iterator[Finding]:
    yield from warned(subject, PY6, "level-shape")
    yield from warned(subject, PY6, "level-padded", severity=Severity.NOTE)


def _complete(subject: Subject) -> Iterator[Finding]:
    for finding in warned(
        subject, FR5, "concatenation", tag="InConcatenationTotalNumber"
    ):
        harmless = "taken for a whole image" in finding.message
        severity = Severity.WARNING if harmless else finding.severity
        yield FR5.finding(
            finding.message,
            severity,
            file=finding.file,
            level=finding.level,
            tag=finding.tag,
        )


PYRAMID_CHECKS: Final = (
    Check(PY1, _no_gaps, excuse=no_slide),
    Check(PY2, _no_doubles),
    Check(PY5, _volume_fits, excuse=no_dicom),
    Check(PY6, _right_shape),
    Check(FR5, _complete, excuse=no_dicom),
)
