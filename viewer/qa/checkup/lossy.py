"""Rule about what an image says of its compression (PS3.3 C.7.6.1.1.5)."""

from collections.abc import Iterator
from typing import Final

from viewer.codecs.boxes import unboxed_jpeg2000
from viewer.codecs.jpeg2000_header import read_jpeg2000_header
from viewer.formats.dicom.examination import Examined
from viewer.formats.dicom.facts import floats, text, texts, written
from viewer.formats.dicom.parts import Parts
from viewer.formats.dicom.pixel_bytes import encapsulated_bytes
from viewer.qa.checkup.subject import Check, Subject, no_dicom
from viewer.qa.finding import Finding, Rule, Severity
from viewer.slide.errors import SlideError

LO1: Final = Rule(
    id="LO1",
    severity=Severity.WARNING,
    title="what is said of lossy compression is true",
    why="Who judges the picture has to know what was lost, and how much.",
    clause="PS3.3 C.7.6.1.1.5",
    evidence="wsidicomizer#120",
    number=20,
)

_ROOT: Final = "1.2.840.10008.1.2.4"
METHODS: Final = {
    f"{_ROOT}.50": "ISO_10918_1",
    f"{_ROOT}.51": "ISO_10918_1",
    f"{_ROOT}.81": "ISO_14495_1",
    f"{_ROOT}.91": "ISO_15444_1",
    f"{_ROOT}.203": "ISO_15444_15",
    f"{_ROOT}.111": "ISO_18181_1",
    f"{_ROOT}.112": "ISO_18181_1",
}
"""The lossy method that a transfer syntax stands for (PS3.3 C.7.6.1.1.5.2)."""

_ALWAYS_LOSSY: Final = frozenset((f"{_ROOT}.50", f"{_ROOT}.51", f"{_ROOT}.81"))
_APART: Final = 0.1


def _truly_lossy(subject: Subject) -> Iterator[Finding]:
    for each in subject.images:
        for tag, clause, found, expected in _faults(each):
            yield LO1.finding(
                f"{each.path.name}: {clause}.",
                file=each.path,
                level=subject.level_of(each.path),
                tag=tag,
                found=found,
                expected=expected,
            )
    yield from _lossy_once(subject)


def _lossy_once(subject: Subject) -> Iterator[Finding]:
    """Yield levels that deny what the finest one, which they are made from, admits."""
    levels = subject.level_images
    if not levels or text(levels[0].dataset, "LossyImageCompression") != "01":
        return
    for each in subject.images:
        role = "" if each.instance is None else each.instance.role
        said = text(each.dataset, "LossyImageCompression")
        if said != "00" or role not in ("VOLUME", "THUMBNAIL") or not _is_made(each):
            continue
        yield LO1.finding(
            f"{each.path.name}: Lossy Image Compression is 00 on what is made from "
            f"{levels[0].path.name}, which is lossy; expected 01.",
            file=each.path,
            level=subject.level_of(each.path),
            tag="LossyImageCompression",
            found="00",
            expected="01",
        )


def _is_made(file: Examined) -> bool:
    return "RESAMPLED" in texts(file.dataset, "ImageType")


_Fault = tuple[str, str, str, str]


def _faults(file: Examined) -> Iterator[_Fault]:
    """Yield keyword, clause, found and expected of what is wrong."""
    dataset, syntax = file.dataset, file.header.transfer_syntax
    flag = text(dataset, "LossyImageCompression")
    if syntax in _ALWAYS_LOSSY and flag != "01":
        yield (
            "LossyImageCompression",
            f"Lossy Image Compression is {flag or 'missing'}, expected 01 for frames "
            f"of {METHODS[syntax]}",
            flag,
            "01",
        )
        return
    if flag != "01":
        if _has_lossy_wavelet(file):
            yield (
                "LossyImageCompression",
                f"Lossy Image Compression is {flag or 'missing'}, expected 01 for "
                "frames with the lossy wavelet 9/7",
                flag,
                "01",
            )
        return
    methods = texts(dataset, "LossyImageCompressionMethod")
    ratios = texts(dataset, "LossyImageCompressionRatio")
    if len(methods) != len(ratios):
        yield (
            "LossyImageCompressionRatio",
            "Lossy Image Compression is 01, with "
            f"{_counted(len(ratios), 'ratio')} and {_counted(len(methods), 'method')}, "
            "expected as many of both",
            str(len(ratios)),
            str(len(methods)),
        )
    elif not methods:
        yield (
            "LossyImageCompressionMethod",
            "Lossy Image Compression is 01, but neither method nor ratio is there",
            "",
            METHODS.get(syntax, "a method"),
        )
    yield from _last_step(file, methods)


def _has_lossy_wavelet(file: Examined) -> bool:
    """Look at the first frame of JPEG 2000; what cannot be read is another rule's."""
    if file.instance is None or file.header.transfer_syntax not in _EITHER:
        return False
    try:
        parts = Parts([file.instance], lambda _code, _sentence: None)
    except SlideError:
        return False
    try:
        data = next(iter(parts)).frames.read(0) or b""
        return not read_jpeg2000_header(unboxed_jpeg2000(data)[0]).reversible
    except SlideError:
        return False
    finally:
        parts.close()


_EITHER: Final = frozenset((f"{_ROOT}.91", f"{_ROOT}.203"))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _last_step(file: Examined, methods: list[str]) -> Iterator[_Fault]:
    """Compare the last lossy step with the frames, where it is what made them."""
    due = METHODS.get(file.header.transfer_syntax)
    if due is None or not methods:
        return
    if methods[-1].strip() != due:
        yield (
            "LossyImageCompressionMethod",
            f"the last Lossy Image Compression Method is {methods[-1][:64]}, expected "
            f"{due}, which the frames are",
            methods[-1][:64],
            due,
        )
        return
    ratios = floats(file.dataset, "LossyImageCompressionRatio")
    measured = measured_ratios(file)
    if not ratios or measured is None or len(ratios) != len(methods):
        return
    low, high = measured
    if not low * (1 - _APART) <= ratios[-1] <= high * (1 + _APART):
        expected = f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"
        yield (
            "LossyImageCompressionRatio",
            "the last Lossy Image Compression Ratio is "
            f"{ratios[-1]:.4g}, expected {expected} from the bytes of the frames",
            written(file.dataset, "LossyImageCompressionRatio"),
            expected,
        )


def measured_ratios(file: Examined) -> tuple[float, float] | None:
    """Return raw bytes by bytes in the file; None where they cannot be told.

    First without what frames have beyond the total pixel matrix, then with it:
    converters count either.
    """
    image = file.instance
    stored = None if image is None else encapsulated_bytes(file.header, image.frames)
    if image is None or stored is None:
        return None
    pixel = image.format.bits_allocated // 8 * image.format.samples_per_pixel
    tile = image.tile_size.width * image.tile_size.height * pixel
    whole = image.frames * tile
    # The frames may be some of all, as parts of a concatenation or scattered.
    padding = (
        image.size.width
        * image.size.height
        / (image.grid.width * image.grid.height * tile / pixel)
    )
    return whole * padding / stored, whole / stored


LOSSY_CHECKS: Final = (Check(LO1, _truly_lossy, excuse=no_dicom),)
