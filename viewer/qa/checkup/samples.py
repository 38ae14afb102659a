"""The rule about the attributes of samples, and the bytes that they add up to."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from viewer.codecs import is_encapsulated
from viewer.formats.dicom.cropped_frames import is_cropped
from viewer.formats.dicom.examination import Examined
from viewer.formats.dicom.facts import number, text, written
from viewer.formats.dicom.frame_format import frame_bytes
from viewer.qa.checkup.subject import Subject
from viewer.qa.finding import Finding, Rule, Severity

QA22: Final = Rule(
    id="QA22",
    severity=Severity.ERROR,
    title="bits, samples and bytes of frames go together",
    why="Programs refuse the picture, or cut its bytes into frames at wrong places.",
    clause="PS3.3 C.7.6.3, PS3.3 C.8.12.4, PS3.5 8.1.1",
    number=22,
)


class _Fault(NamedTuple):
    """What is wrong with one attribute."""

    keyword: str
    sentence: str
    found: str
    expected: str
    severity: Severity | None = None


def samples_are_consistent(subject: Subject) -> Iterator[Finding]:
    """QA22, also of files that were refused for what their attributes say."""
    for examined in subject.members:
        if examined.is_stranger or examined.header.pixel_data is None:
            continue
        for fault in (*_faults(examined), *_length_faults(examined)):
            yield QA22.finding(
                f"{examined.path.name}: {fault.sentence}.",
                fault.severity,
                file=examined.path,
                level=subject.level_of(examined.path),
                tag=fault.keyword,
                found=fault.found,
                expected=fault.expected,
            )


_SAMPLES: Final = {
    "MONOCHROME1": 1,
    "MONOCHROME2": 1,
    "PALETTE COLOR": 1,
    "RGB": 3,
    "YBR_FULL": 3,
    "YBR_FULL_422": 3,
    "YBR_ICT": 3,
    "YBR_RCT": 3,
    "XYB": 3,
}
"""Samples per Pixel by Photometric Interpretation (PS3.3 C.7.6.3.1.2)."""


def _faults(examined: Examined) -> Iterator[_Fault]:
    dataset = examined.dataset
    label = text(dataset, "PhotometricInterpretation").upper()
    samples = number(dataset, "SamplesPerPixel", -1)
    due = _SAMPLES.get(label)
    yield from _unless(examined, "SamplesPerPixel", {due} if due else {1, 3})
    allocated = number(dataset, "BitsAllocated", -1)
    yield from _unless(examined, "BitsAllocated", {8, 16})
    if allocated not in {8, 16}:
        return
    stored = number(dataset, "BitsStored", -1)
    whole = {8} if samples == 3 and allocated == 8 else set(range(1, allocated + 1))
    yield from _unless(examined, "BitsStored", whole)
    if stored in whole:
        yield from _unless(examined, "HighBit", {stored - 1})
    yield from _unless(examined, "PixelRepresentation", {0}, Severity.WARNING)
    if samples == 3:
        is_native = not is_encapsulated(examined.header.transfer_syntax)
        severity = Severity.WARNING if is_native else Severity.NOTE
        yield from _unless(examined, "PlanarConfiguration", {0}, severity)


def _unless(
    examined: Examined,
    keyword: str,
    expected: set[int],
    severity: Severity | None = None,
) -> Iterator[_Fault]:
    found = number(examined.dataset, keyword, -1)
    if found in expected:
        return
    shown = written(examined.dataset, keyword)[:64]
    low, high = min(expected), max(expected)
    several = f"{low} or {high}" if len(expected) == 2 else f"{low} to {high}"
    due = str(low) if len(expected) == 1 else several
    said = f"is {shown}" if shown else "is missing"
    yield _Fault(keyword, f"{keyword} {said}, expected {due}", shown, due, severity)


def _length_faults(examined: Examined) -> Iterator[_Fault]:
    """Compare the length of uncompressed Pixel Data with the frames it must hold."""
    instance, pixel_data = examined.instance, examined.header.pixel_data
    if instance is None or pixel_data is None or pixel_data.length is None:
        return
    length = frame_bytes(instance.format)
    if length is None or is_cropped(instance, length):
        if length is not None:
            yield _Fault(
                "PixelData",
                "the frames of the last column and row are cut to the total pixel "
                "matrix, expected all of one size",
                f"{pixel_data.length} bytes",
                f"{instance.frames * length} bytes",
            )
        return
    needed = instance.frames * length
    if pixel_data.length in {needed, needed + needed % 2}:
        return
    if needed >= 1 << 32 and (needed - pixel_data.length) % (1 << 32) in {0, 1}:
        return  # the length wraps at 4 GiB, since it has no more bits
    yield _Fault(
        "PixelData",
        f"Pixel Data has {pixel_data.length:,} bytes, expected {needed:,} for "
        f"{instance.frames:,} frames of {length:,} bytes",
        f"{pixel_data.length} bytes",
        f"{needed} bytes",
    )
