"""How both sides say that samples become colors: kind, chroma, ICC profile."""

from collections.abc import Iterator
from typing import Final

from viewer.codecs.boxes import unboxed_jpeg2000
from viewer.codecs.jpeg2000_header import read_jpeg2000_header
from viewer.codecs.jpeg_color import jpeg_color
from viewer.codecs.jpeg_header import JpegHeader, read_jpeg_header
from viewer.formats.dicom.picture_facts import PictureFacts
from viewer.formats.tiff_directory import TiffDirectory
from viewer.qa.dual.shared_fact import SharedFact, agreeing, differing
from viewer.qa.dual.sides import Sides
from viewer.qa.finding import Severity
from viewer.slide.errors import BrokenFrame
from viewer.slide.model import ColorReading


def color_facts(
    sides: Sides, directory: TiffDirectory, facts: PictureFacts
) -> Iterator[SharedFact]:
    """Compare what the sides say of color, with the first frame as a witness.

    Of the others some are asked, since fillers for missing tiles are often coded in
    their own way. Raises BrokenFile where a value of the directory lies outside the
    file.
    """
    frame = _frame(sides, 0, _HEADER) if sides.frames.offsets.size else b""
    header = _jpeg_header(frame)
    color = _photometric(directory, facts, header, frame)
    yield color
    if color.severity is not Severity.ERROR and header is not None:
        yield from _other_color(sides, directory, facts)
    if header is not None and directory.number(_PHOTOMETRIC) == _YCBCR:
        yield _subsampling(directory, header)
    yield _profile(directory, facts)


def _frame(sides: Sides, number: int, most: int) -> bytes:
    length = min(int(sides.frames.lengths[number]), most)
    return sides.file.read_some(int(sides.frames.offsets[number]), length)


def _other_color(
    sides: Sides, directory: TiffDirectory, facts: PictureFacts
) -> Iterator[SharedFact]:
    """Yield the first of some frames whose samples are not what the tag says."""
    frames, told = len(sides.frames.offsets), directory.number(_PHOTOMETRIC)
    step = max(1, frames // _ASKED)
    for number in [*range(step, frames - 1, step), frames - 1]:
        header = _jpeg_header(_frame(sides, number, _SHORT_HEADER))
        due = told if header is None else _due(facts, header, b"")[0]
        if due != told:
            name = f"{_COLOR} of frame {number + 1}"
            shown = _PHOTOMETRICS.get(told or 0, str(told))
            remark = "so its codestream says, and one TIFF tag holds for all tiles"
            error = Severity.ERROR
            found = _PHOTOMETRICS.get(due or 0, str(due))
            yield differing(name, _PHOTOMETRIC, shown, found, error, remark)
            return


def _jpeg_header(frame: bytes) -> JpegHeader | None:
    if not frame.startswith(b"\xff\xd8"):
        return None
    try:
        return read_jpeg_header(frame)
    except BrokenFrame:
        return None


def _photometric(
    directory: TiffDirectory,
    facts: PictureFacts,
    header: JpegHeader | None,
    frame: bytes,
) -> SharedFact:
    found = directory.number(_PHOTOMETRIC)
    shown = _PHOTOMETRICS.get(-1 if found is None else found, str(found))
    said = facts.format.photometric
    due, is_certain, witness = _due(facts, header, frame)
    if found != due:
        severity = Severity.ERROR if is_certain else Severity.WARNING
        remark = f"the samples are {_PHOTOMETRICS[due]}{witness}"
        return differing(_COLOR, _PHOTOMETRIC, shown, said, severity, remark)
    declared = _DECLARED.get(said, _YCBCR if facts.format.declares_ycbcr else _RGB)
    if due != declared and header is not None:
        remark = f"TIFF is right: the samples are {_PHOTOMETRICS[due]}{witness}"
        return differing(_COLOR, _PHOTOMETRIC, shown, said, Severity.WARNING, remark)
    return agreeing(_COLOR, _PHOTOMETRIC, shown, said)


def _due(
    facts: PictureFacts, header: JpegHeader | None, frame: bytes
) -> tuple[int, bool, str]:
    """Return the tag's right value, whether readers depend on it, and who says so."""
    format_ = facts.format
    if not format_.is_color or format_.photometric in _DECLARED:
        return _DECLARED.get(format_.photometric, _BLACK_IS_ZERO), True, ""
    if header is not None:
        color = jpeg_color(header, format_, ColorReading.AS_ENCODED)
        return _YCBCR if color.ycbcr else _RGB, True, " in the codestream"
    if not facts.is_encapsulated:
        return _YCBCR if format_.declares_ycbcr else _RGB, True, ""
    transformed = _is_transformed(frame)
    ycbcr = format_.declares_ycbcr and not transformed
    witness = " when they are decoded" if transformed else ""
    return _YCBCR if ycbcr else _RGB, False, witness


def _is_transformed(frame: bytes) -> bool:
    """Whether a decoder of JPEG 2000 makes RGB of its own accord."""
    try:
        return read_jpeg2000_header(unboxed_jpeg2000(frame)[0]).transformed
    except BrokenFrame:
        return False


def _subsampling(directory: TiffDirectory, header: JpegHeader) -> SharedFact:
    """Compare with the codestream; without the tag it counts as 2 x 2 (TIFF 6.0)."""
    found = directory.numbers(_SUBSAMPLING)
    luma, chroma = header.components[0], header.components[-1]
    due = luma.across // chroma.across, luma.down // chroma.down
    words = f"{due[0]} x {due[1]} (in the codestream)"
    if found is None:
        shown = "not told (hence 2 x 2)"
        if due == (2, 2):
            return agreeing(_CHROMA, _SUBSAMPLING, shown, words)
        remark = "readers that believe the default fail or show wrong colors"
        return differing(_CHROMA, _SUBSAMPLING, shown, words, Severity.WARNING, remark)
    shown = " x ".join(str(int(each)) for each in found[:2])
    if shown == f"{due[0]} x {due[1]}":
        return agreeing(_CHROMA, _SUBSAMPLING, shown, words)
    return differing(_CHROMA, _SUBSAMPLING, shown, words, Severity.ERROR)


def _profile(directory: TiffDirectory, facts: PictureFacts) -> SharedFact:
    told = directory.text(_ICC, _LARGEST_PROFILE)
    ours = facts.icc_profile
    shown, words = _bytes_words(told), _bytes_words(ours)
    if (told or b"").rstrip(b"\0") == (ours or b"").rstrip(b"\0"):
        return agreeing(_PROFILE, _ICC, shown, words)
    both = told is not None and ours is not None
    remark = (
        "their bytes differ, and so do the colors shown"
        if both
        else ("the colors shown are those of other devices on one side")
    )
    severity = Severity.ERROR if both else Severity.WARNING
    return differing(_PROFILE, _ICC, shown, words, severity, remark)


def _bytes_words(profile: bytes | None) -> str:
    return "none" if profile is None else f"{len(profile)} bytes"


_COLOR, _CHROMA, _PROFILE = "Color", "Chroma subsampling", "ICC profile"
_PHOTOMETRIC, _SUBSAMPLING, _ICC = 262, 530, 34675
_BLACK_IS_ZERO, _RGB, _YCBCR = 1, 2, 6
_PHOTOMETRICS: Final = {
    -1: "not told",
    0: "grey, white is zero",
    1: "grey, black is zero",
    2: "RGB",
    3: "palette",
    6: "YCbCr",
}
_DECLARED: Final = {"MONOCHROME1": 0, "MONOCHROME2": 1, "PALETTE COLOR": 3}
_HEADER: Final = 1 << 18
_SHORT_HEADER: Final = 1 << 12
_ASKED: Final = 100  # frames whose headers are read
_LARGEST_PROFILE: Final = 16 << 20
