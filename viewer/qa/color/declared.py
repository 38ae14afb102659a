"""What is declared of the color of samples, against what the codestreams hold."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from viewer.codecs import FrameFormat
from viewer.codecs.codestream import codestream_of
from viewer.qa.checkup.codestreams import PX1, PX2, header_oddities
from viewer.qa.comparing import Comparing, LevelPair
from viewer.qa.finding import Finding
from viewer.qa.report.section import Table
from viewer.qa.sides import called, capital
from viewer.slide.errors import Cancelled, SlideError
from viewer.slide.files import EncodedFrame
from viewer.slide.model import Empty, Slide, TileKey


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
    """Yield what the frames of the result contradict of what is declared of them."""
    for pair, _, frame in pairs:
        if frame is None or not frame.photometric.startswith(("RGB", "YBR")):
            continue
        size = comparing.b.levels[pair.b].tile_size
        declared = FrameFormat(frame.transfer_syntax, frame.photometric, size)
        for oddity in header_oddities(frame.data, declared):
            if oddity.rule in (PX1, PX2):
                yield oddity.rule.finding(
                    f"{capital(called(comparing.b, 'b'))}, level {pair.b}: "
                    f"{oddity.clause}.",
                    oddity.severity,
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
