"""The normal form of a frame: what of its bytes decides the pixels, and nothing else.

Two frames of one normal form are the same bits, whatever a converter did around them.
Of JPEG (T.81 annex B) that is the start of frame, the tables that it refers to, the
restart interval, the start of scan and the coded data. Application markers, comments,
the order of markers, fill bytes, and whether TIFF keeps the tables elsewhere (tag 347)
are left out. Of JPEG 2000 it is the whole codestream without boxes around it, of other
codings all bytes. Padding behind the end is left out everywhere.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Final, NamedTuple

from viewer.codecs import is_encapsulated, syntax_name
from viewer.codecs.boxes import JP2_SIGNATURE, unboxed_jpeg2000
from viewer.codecs.jpeg_header import (
    JPEG_LS,
    LOSSLESS,
    PROCESSES,
    SEQUENTIAL,
    JpegHeader,
    read_jpeg_header,
    with_tables,
)
from viewer.slide.files import EncodedFrame

Tables = tuple[tuple[int, bytes], ...]
"""Tables by their identifier, in its order: of a Huffman table the class is part of it.

Of quantization the content has one or two bytes a coefficient, in zigzag order.
"""


class JpegHead:
    """Everything of a JPEG frame before its coded data; immutable.

    `length` is the bytes that it takes in the frame, `stored` those bytes and `tables`
    what was stored elsewhere. `form` is the same of all heads of one meaning.
    """

    def __init__(self, stored: bytes, tables: bytes, header: JpegHeader) -> None:
        """Take what was read; `header` is that of both together."""
        self.stored: Final = stored
        self.tables: Final = tables
        self.length: Final = len(stored)
        self.header: Final = header
        whole = with_tables(stored, tables) if tables else stored
        parts = _Parts(whole, header)
        self.quantization: Final = parts.used_quantization()
        self.form: Final = parts.form()
        self.is_one_scan: Final = parts.is_one_scan

    @cached_property
    def coding(self) -> str:
        """The process in words, such as "baseline JPEG"."""
        return PROCESSES[self.header.process]


class BareHead(NamedTuple):
    """Of a frame that has no head to be compared apart: all of it is coded data."""

    coding: str

    @property
    def form(self) -> bytes:
        """Nothing: what it is coded in shows in the coded data."""
        return b""


Head = JpegHead | BareHead


class HeadReader:
    """Reads heads of frames, and knows those again that it read lately. Any thread.

    The frames of one file nearly always begin with the same bytes. A head's bytes end
    where its coded data begins, so that no other head can begin with them. `met` are
    the hashes of the forms of all heads that were read.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._recent: tuple[JpegHead, ...] = ()
        self.met: Final[set[int]] = set()

    def read(self, frame: EncodedFrame) -> Head:
        """Return the head of a frame; raises BrokenFrame where it makes no sense."""
        data, tables = frame.data, frame.tables
        for head in self._recent:
            if data.startswith(head.stored) and tables == head.tables:
                return head
        head = _read_head(frame)
        self.met.add(hash(head.form))
        if isinstance(head, JpegHead):
            self._recent = (head, *self._recent[: _RECENT - 1])
        return head


def is_compressed(syntax: str) -> bool:
    """Whether frames of a transfer syntax, or TIFF compression, are not bare samples.

    It is what `EncodedFrame.transfer_syntax` says.
    """
    return syntax != UNCOMPRESSED and is_encapsulated(syntax)


def coded_data(data: bytes, head: Head) -> bytes:
    """Return what the head of a frame is followed by, up to the end of the image.

    Fill bytes before that end and everything behind it are left out. `head` is what
    HeadReader read of the same data.
    """
    if isinstance(head, JpegHead):
        return data[head.length : _jpeg_end(data, head)]
    if head.coding == JPEG_2000:
        if data.startswith(JP2_SIGNATURE):
            data = unboxed_jpeg2000(data)[0]
        bare = data.rstrip(b"\0")
        return bare if bare.endswith(_END) else data
    # A byte of padding makes the length of an item even (PS3.5 A.4).
    return data[:-1] if len(data) % 2 == 0 and data.endswith(b"\0") else data


def is_other_data(data: bytes, head: Head, other_data: bytes, other: Head) -> bool:
    """Whether the first bytes behind two heads show that coded data is not the same."""
    if not (isinstance(head, JpegHead) and isinstance(other, JpegHead)):
        return False
    one = data[head.length : head.length + FIRST]
    two = other_data[other.length : other.length + FIRST]
    return one != two and _goes_on(one) and _goes_on(two)


def digest(data: bytes, head: Head) -> int:
    """Return 64 bits of a hash of a frame's head and coded data; never 0.

    Of use in this process only. Of JPEG, an end of image at the end of the bytes is
    taken for the only one: looking for another takes longer than all the rest.
    """
    if isinstance(head, JpegHead) and (end := _end_at_end(data)) > head.length:
        coded = data[head.length : end]
    else:
        coded = coded_data(data, head)
    # What Python's dictionaries know bytes by: SipHash, three times as fast as others.
    return hash((head.form, coded)) % (1 << 64) or 1


FIRST: Final = 64
"""Bytes of coded data that tell nearly all frames apart."""

JPEG_2000: Final = "JPEG 2000"
UNCOMPRESSED: Final = "uncompressed"

_RECENT: Final = 8
_END: Final = b"\xff\xd9"
_STARTS: Final = {
    b"\xff\x4f\xff\x51": JPEG_2000,
    JP2_SIGNATURE[:4]: JPEG_2000,
}
_DHT, _SOS, _DQT, _DRI = 0xC4, 0xDA, 0xDB, 0xDD


def _read_head(frame: EncodedFrame) -> Head:
    data, syntax = frame.data, frame.transfer_syntax
    if not is_compressed(syntax):
        return BareHead(UNCOMPRESSED)
    if data.startswith(b"\xff\xd8\xff"):
        return _read_jpeg_head(frame)
    if data.startswith(JP2_SIGNATURE):
        unboxed_jpeg2000(data)  # raises where there is no codestream in the boxes
    return BareHead(_STARTS.get(data[:4]) or syntax_name(syntax))


def _read_jpeg_head(frame: EncodedFrame) -> Head:
    whole = with_tables(frame.data, frame.tables) if frame.tables else frame.data
    header = read_jpeg_header(whole)
    if header.process == JPEG_LS:  # has parameters of its own: all of it is compared
        return BareHead(PROCESSES[JPEG_LS])
    length = header.length - len(whole) + len(frame.data)
    return JpegHead(frame.data[:length], frame.tables, header)


class _Parts:
    """The segments of a head by their kind; later tables replace earlier ones."""

    def __init__(self, whole: bytes, header: JpegHeader) -> None:
        self._header = header
        self._quantization: dict[int, bytes] = {}
        self._huffman: dict[int, bytes] = {}
        self._frame = self._scan = self._restart = b""
        for start, end in header.segments:
            self._take(whole[start + 1], whole[start + 4 : end])

    @property
    def is_one_scan(self) -> bool:
        """Whether all coded data is in the first scan."""
        header = self._header
        simple = header.process in SEQUENTIAL or header.process == LOSSLESS
        return simple and header.scanned == len(header.components)

    def used_quantization(self) -> Tables:
        """Return the tables that components refer to."""
        used = {each.quantization for each in self._header.components}
        return tuple(
            (table, content)
            for table, content in sorted(self._quantization.items())
            if table in used
        )

    def form(self) -> bytes:
        """Return everything that counts, in one order."""
        tables = [*self.used_quantization(), *self._used_huffman()]
        parts = [self._frame, self._scan, self._restart]
        parts += [bytes([table]) + content for table, content in tables]
        # With lengths, so that no two different lists of parts are the same bytes.
        return b"".join(len(part).to_bytes(4, "big") + part for part in parts)

    def _used_huffman(self) -> Tables:
        """Return the tables that the only scan refers to, all where more follow."""
        selectors = self._scan[2 : 2 + 2 * self._scan[0] : 2]
        used = {each >> 4 for each in selectors}
        used |= {0x10 | each & 15 for each in selectors}
        return tuple(
            (table, content)
            for table, content in sorted(self._huffman.items())
            if table in used or not self.is_one_scan
        )

    def _take(self, marker: int, body: bytes) -> None:
        if marker in PROCESSES:
            self._frame = bytes([marker]) + body
        elif marker == _SOS:
            self._scan = body
        elif marker == _DRI:
            self._restart = b"" if not any(body) else body  # 0 is none at all
        elif marker == _DQT:
            self._quantization.update(_quantization_tables(body))
        elif marker == _DHT:
            self._huffman.update(_huffman_tables(body))


def _quantization_tables(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the tables of a DQT segment (T.81 B.2.4.1)."""
    at = 0
    while at < len(body):
        size = 128 if body[at] >> 4 else 64
        yield body[at] & 15, body[at + 1 : at + 1 + size]
        at += 1 + size


def _huffman_tables(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the tables of a DHT segment (T.81 B.2.4.2)."""
    at = 0
    while at < len(body):
        size = 16 + sum(body[at + 1 : at + 17])
        yield body[at], body[at + 1 : at + 1 + size]
        at += 1 + size


def _jpeg_end(data: bytes, head: JpegHead) -> int:
    """Return where the coded data ends: at the end of image, or where bytes end."""
    at = data.find(_END, head.length)
    if not head.is_one_scan:
        at = _end_behind_scans(data, head.length)
    if at < 0:
        return len(data.rstrip(b"\0"))
    while at > head.length and data[at - 1] == 0xFF:  # fill bytes (T.81 B.1.1.2)
        at -= 1
    return at


def _goes_on(first: bytes) -> bool:
    """Whether the end of image lies behind the first bytes of coded data."""
    return len(first) == FIRST and _END not in first and not first.endswith(b"\xff")


def _end_at_end(data: bytes) -> int:
    """Return where an end of image begins that only padding follows; -1 without one."""
    end = len(data)
    while end > 0 and data[end - 1] == 0:
        end -= 1
    if not data.startswith(_END, end - 2):
        return -1
    end -= 2
    while end > 0 and data[end - 1] == 0xFF:
        end -= 1
    return end


def _end_behind_scans(data: bytes, at: int) -> int:
    """Return the place of the end of image behind several scans; -1 without one.

    Segments between scans may hold anything, also what looks like that end.
    """
    while 0 <= (at := data.find(b"\xff", at)) < len(data) - 1:
        marker = data[at + 1]
        if marker == _END[1]:
            return at
        if marker == 0xFF:
            at += 1
        elif marker == 0 or 0xD0 <= marker <= 0xD7:
            at += 2
        else:
            at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    return -1
