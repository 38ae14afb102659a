"""How a frame was encoded, and whether it was encoded anew: told by its tables.

A lossy frame that was decoded and encoded again has lost twice. What it was encoded
with the last time is in its tables; that it differs from the source's is the trace.
"""

from functools import cache
from typing import Final, NamedTuple

from viewer.codecs.boxes import unboxed_jpeg2000
from viewer.codecs.jpeg2000_header import read_jpeg2000_header
from viewer.codecs.jpeg_header import LOSSLESS, JpegHeader
from viewer.qa.bits.codestream_form import (
    JPEG_2000,
    UNCOMPRESSED,
    Head,
    HeadReader,
    JpegHead,
    Tables,
)
from viewer.slide.files import EncodedFrame


class Quality(NamedTuple):
    """The setting of the IJG's encoder (libjpeg) that makes such tables, 1 to 100.

    Where `is_exact` is not, no setting makes them: they are another encoder's own, and
    `setting` is that of the nearest tables.
    """

    setting: int
    is_exact: bool

    def __str__(self) -> str:
        """Return it in words that follow "quality"."""
        return f"{self.setting}" if self.is_exact else f"near {self.setting}"


class Encoding(NamedTuple):
    """How a frame is encoded.

    `coding` is in words ("baseline JPEG"). `chroma` is its subsampling ("4:2:0"), empty
    where there is none to speak of. `quantization` are the tables, `quality` what makes
    them; None and none where the coding has other means. `is_lossless` says whether
    decoding gives back what was encoded; None where that is not known.
    """

    coding: str
    chroma: str = ""
    quality: Quality | None = None
    quantization: Tables = ()
    is_lossless: bool | None = None

    def __str__(self) -> str:
        """Return it in words: "baseline JPEG 4:2:0 of quality 80"."""
        words = f"{self.coding} {self.chroma}".strip()
        if self.quality is None:
            return words
        own = "" if self.quality.is_exact else " (tables of its own)"
        return f"{words} of quality {self.quality}{own}"


def frame_encoding(frame: EncodedFrame) -> Encoding:
    """Return how a frame is encoded; raises BrokenFrame where its head is damaged."""
    return encoding_of(frame, HeadReader().read(frame))


def encoding_of(frame: EncodedFrame, head: Head) -> Encoding:
    """Return how a frame is encoded whose head was read; raises BrokenFrame."""
    if isinstance(head, JpegHead):
        if head.header.process == LOSSLESS:
            return Encoding(head.coding, chroma_of(head.header), is_lossless=True)
        return Encoding(
            head.coding,
            chroma_of(head.header),
            jpeg_quality(head),
            head.quantization,
            is_lossless=False,
        )
    if head.coding == JPEG_2000:
        header = read_jpeg2000_header(unboxed_jpeg2000(frame.data)[0])
        wavelet = "reversible" if header.reversible else "irreversible"
        chroma = _chroma_name(*header.sampling[1]) if len(header.sampling) == 3 else ""
        # A reversible codestream may still be cut short; then it is lossy.
        lossless = None if header.reversible else False
        return Encoding(f"{wavelet} {head.coding}", chroma, is_lossless=lossless)
    known = head.coding == UNCOMPRESSED or head.coding.split(" ")[0] in _LOSSLESS
    return Encoding(head.coding, is_lossless=known or "Lossless" in head.coding or None)


def jpeg_quality(head: JpegHead) -> Quality | None:
    """Return which quality a JPEG frame was encoded with; None without its tables."""
    tables = dict(head.quantization)
    numbers = list(dict.fromkeys(each.quantization for each in head.header.components))
    if numbers[0] not in tables:
        return None
    luma = _coefficients(tables[numbers[0]])
    chroma = [_coefficients(tables[each]) for each in numbers[1:] if each in tables]
    exact = [
        setting
        for setting in range(1, 101)
        if _ijg_table(_LUMA, setting) == luma
        and all(each == _ijg_table(_CHROMA, setting) for each in chroma)
    ]
    if exact:
        return Quality(exact[-1], is_exact=True)
    return Quality(
        min(range(1, 101), key=lambda setting: _distance(luma, setting)), is_exact=False
    )


ENCODED_ANEW: Final = "encoded anew"


def generation(a: Encoding, b: Encoding) -> str:
    """Guess what was done to frames whose coded data is not the source's, in words.

    "they were" may stand before them.
    """
    if b.is_lossless:
        return "decoded, and stored without loss"
    if a.quantization and (a.quantization, a.chroma) == (b.quantization, b.chroma):
        return "encoded anew with the same tables, or damaged"
    if a.coding == b.coding and not a.quantization:
        return "encoded anew in the same coding, or damaged"
    return ENCODED_ANEW


def from_to(a: Encoding, b: Encoding) -> str:
    """Say what encoding became of another: "from ... to ..."."""
    return f"from {a} to {b}" if str(a) != str(b) else f"from {a} to the same"


def chroma_of(header: JpegHeader) -> str:
    """Return the chroma subsampling by its usual name, such as "4:2:0"."""
    if len(header.components) != 3:
        return ""
    luma, *others = header.components
    if {each[1:3] for each in others} != {others[0][1:3]}:
        return "of its own subsampling"
    across, down = others[0].across, others[0].down
    if luma.across % across or luma.down % down:
        return "of its own subsampling"
    return _chroma_name(luma.across // across, luma.down // down)


_LOSSLESS: Final = frozenset(
    {"RLE", "LZW", "Deflate", "PackBits", "LZMA", "Zstandard", "Deflated"}
)

_CHROMA_NAMES: Final = {
    (1, 1): "4:4:4",
    (2, 1): "4:2:2",
    (2, 2): "4:2:0",
    (1, 2): "4:4:0",
    (4, 1): "4:1:1",
    (4, 2): "4:1:0",
}


def _chroma_name(across: int, down: int) -> str:
    return _CHROMA_NAMES.get((across, down), f"{across}x{down} subsampled")


# Tables K.1 and K.2 of T.81, row by row, which libjpeg scales by its quality.
_LUMA: Final = (
    *(16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99),
)
_CHROMA: Final = (
    *(17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99),
    *(24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99),
    *(99,) * 32,
)


def _zigzag() -> tuple[int, ...]:
    """Return the places of coefficients in the order of T.81 figure A.6."""

    def order(place: int) -> tuple[int, int]:
        row, column = divmod(place, 8)
        diagonal = row + column
        return diagonal, row if diagonal % 2 else column

    return tuple(sorted(range(64), key=order))


_ZIGZAG: Final = _zigzag()


@cache
def _ijg_table(standard: tuple[int, ...], setting: int) -> tuple[int, ...]:
    """Return the table that libjpeg makes for a quality, in zigzag order."""
    scale = 5000 // setting if setting < 50 else 200 - 2 * setting
    return tuple(
        min(255, max(1, (standard[place] * scale + 50) // 100)) for place in _ZIGZAG
    )


def _coefficients(content: bytes) -> tuple[int, ...]:
    if len(content) < 128:
        return tuple(content)
    return tuple(int.from_bytes(content[at : at + 2], "big") for at in range(0, 128, 2))


def _distance(table: tuple[int, ...], setting: int) -> float:
    """Return how far a table is from that of a quality, low frequencies first."""
    expected = _ijg_table(_LUMA, setting)
    return sum(
        abs(one - other) / other for one, other in zip(table, expected, strict=False)
    )
