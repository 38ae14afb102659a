"""What is declared of the color of samples, against what the codestreams hold.

One frame of each level speaks for the others.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from viewer.codecs import FrameFormat
from viewer.codecs.boxes import unboxed_jpeg2000
from viewer.codecs.codestream import codestream_of
from viewer.codecs.jpeg2000_header import read_jpeg2000_header
from viewer.codecs.jpeg_color import jpeg_color
from viewer.qa.bits.codestream_form import (
    JPEG_2000,
    HeadReader,
    JpegHead,
    coded_data,
)
from viewer.qa.checkup.codestreams import PX1, PX2, header_oddities
from viewer.qa.color.shown import QA4
from viewer.qa.comparing import Comparing, LevelPair
from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.report.section import Table
from viewer.qa.sides import called, capital
from viewer.slide.errors import BrokenFrame, Cancelled, SlideError
from viewer.slide.files import EncodedFrame
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading, Empty, Slide, TileKey


class FramePair(NamedTuple):
    """A frame of a level on either side; None where there is none to read."""

    pair: LevelPair
    a: EncodedFrame | None
    b: EncodedFrame | None


def frame_pairs(comparing: Comparing) -> list[FramePair]:
    """Read one frame of each level that both have; raises Cancelled."""
    if not comparing.pairing.optical_paths:
        return []
    path = comparing.pairing.optical_paths[0]
    return [
        FramePair(
            pair,
            _frame(comparing.a, pair.a, path.a),
            _frame(comparing.b, pair.b, path.b),
        )
        for pair in comparing.pairing.levels
    ]


def about_declared(
    comparing: Comparing, pairs: Sequence[FramePair]
) -> Iterator[Finding]:
    """Yield what frames of the result are said to be, and what they cannot be.

    The same bits that are other colors than in the source come first.
    """
    for each in pairs:
        yield from _about_meaning(comparing, each)
    for pair, _, frame in pairs:
        if frame is None or not _is_color(frame):
            continue
        for oddity in header_oddities(frame.data, _declared(frame)):
            if oddity.rule in _rules(comparing.b):
                # Where nothing tells, the colors that are shown decide.
                untold = Severity.WARNING if oddity.kind == "untold" else None
                yield oddity.rule.finding(
                    f"{capital(called(comparing.b, 'b'))}, level {pair.b}: "
                    f"{oddity.clause}.",
                    oddity.severity or untold,
                    side="b",
                    file=frame.file,
                    level=pair.b,
                    tag=oddity.tag,
                    found=oddity.found,
                    expected=oddity.expected,
                )


def declared_table(pairs: Sequence[FramePair]) -> Table:
    """Return what is declared and what is encoded, level by level."""
    return Table(
        "Color of the samples",
        ("level", "side", "declared", "encoded"),
        tuple(
            (str(pair.b), side, frame.photometric or "nothing", _encoded(frame))
            for pair, a, b in pairs
            for side, frame in (("source", a), ("result", b))
            if frame is not None
        ),
    )


def _rules(slide: Slide) -> tuple[Rule, ...]:
    """Return what can be wrong: TIFF does not tell transforms of JPEG 2000."""
    return (PX1, PX2) if slide.format == "dicom" else (PX1,)


def _about_meaning(comparing: Comparing, each: FramePair) -> Iterator[Finding]:
    """Tell of a frame of the source's bits that is decoded to other colors."""
    pair, *frames = each
    meanings = [_meaning(frame) for frame in frames]
    ours, theirs = meanings
    if ours is None or theirs is None or ours.bits != theirs.bits:
        return
    if ours.color != theirs.color:
        yield QA4.finding(
            f"Level {pair.b} of {called(comparing.b, 'b')} has the frames of "
            f"{called(comparing.a, 'a')}, but what is said around them makes "
            f"{theirs.color} of their samples, expected {ours.color}: the same bits in "
            "other colors.",
            side="b",
            file=comparing.b.levels[pair.b].file,
            level=pair.b,
            found=theirs.color,
            expected=ours.color,
        )


class _Meaning(NamedTuple):
    """What decides the samples of a frame, and the color that they are taken for."""

    bits: tuple[str, bytes, bytes]
    color: str


def _meaning(frame: EncodedFrame | None) -> _Meaning | None:
    """Tell what a frame is decoded to; None where it cannot, or no label counts.

    A transform within JPEG 2000 is undone whatever is declared.
    """
    if frame is None or not _is_color(frame):
        return None
    declared = _declared(frame)
    ycbcr = declared.declares_ycbcr
    try:
        head = HeadReader().read(frame)
        if isinstance(head, JpegHead):
            ycbcr = jpeg_color(head.header, declared, ColorReading.AS_ENCODED).ycbcr
        elif head.coding == JPEG_2000 and _is_transformed(frame.data):
            return None
    except BrokenFrame:  # others report it
        return None
    bits = head.coding, head.form, coded_data(frame.data, head)
    return _Meaning(bits, "YCbCr" if ycbcr else "RGB")


def _is_transformed(data: bytes) -> bool:
    return read_jpeg2000_header(unboxed_jpeg2000(data)[0]).transformed


def _is_color(frame: EncodedFrame) -> bool:
    return frame.photometric.startswith(("RGB", "YBR"))


def _declared(frame: EncodedFrame) -> FrameFormat:
    return FrameFormat(frame.transfer_syntax, frame.photometric, Size(1, 1))


def _frame(slide: Slide, level: int, path: int) -> EncodedFrame | None:
    """Return a frame of the middle of a level, where it is likely to have tissue."""
    shape = slide.levels[level]
    middle = shape.columns // 2, shape.rows // 2
    key = TileKey(slide.serial, level, *middle, optical_path=path)
    try:
        frame = slide.read_frame(key)
    except Cancelled:
        raise
    except SlideError:  # there is no such thing, or others report it
        return None
    return None if isinstance(frame, Empty) else frame


def _encoded(frame: EncodedFrame) -> str:
    found = codestream_of(frame.data)
    return (found.photometric if found else "") or "as declared"
