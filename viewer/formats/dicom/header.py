"""The attributes of one DICOM file, read without its frames."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydicom.dataset import Dataset

from viewer.formats.dicom.deflated import inflate
from viewer.formats.dicom.element_headers import PIXEL_DATA, Element
from viewer.formats.dicom.file_meta import file_meta_problems, read_file_meta
from viewer.formats.dicom.frame_items import FrameItems
from viewer.formats.dicom.parsing import parsed, tag_in_words
from viewer.formats.dicom.preamble import preamble_problem
from viewer.formats.dicom.walker import PER_FRAME, walk
from viewer.formats.files import FileStamp, RandomAccessFile, ReadableFile
from viewer.slide.errors import BrokenFile, UnsupportedFile
from viewer.slide.warnings import SlideWarning

EXTENDED_OFFSETS: Final = 0x7FE00001
EXTENDED_LENGTHS: Final = 0x7FE00002
IMPLICIT: Final = "1.2.840.10008.1.2"
EXPLICIT: Final = "1.2.840.10008.1.2.1"
BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"
DEFLATED: Final = "1.2.840.10008.1.2.1.99"


@dataclass(frozen=True, eq=False)
class Header:
    """What a file says before its frames, and where the rest lies.

    `preamble` is 128 bytes, or none. `dataset` holds the attributes before Per-Frame
    Functional Groups (5200,9230), File Meta Information as its `file_meta`.
    `transfer_syntax` is a UID without padding. `elements` are the top-level elements
    that `dataset` leaves out: those behind it and those too large to be attributes.
    Their offsets are in `open_body(header)`, which is the file itself unless it is
    `deflated`. `warnings` are about what is not as it should be, and about attributes
    that could not be read. `frame_items` are what Per-Frame Functional Groups say where
    they had to be read to find their end.
    """

    path: Path
    preamble: bytes
    dataset: Dataset
    transfer_syntax: str
    implicit: bool
    big_endian: bool
    deflated: bool
    body_start: int
    elements: tuple[Element, ...]
    warnings: tuple[SlideWarning, ...]
    frame_items: FrameItems | None = None
    stamp: FileStamp | None = None  # no other file is opened for its frames

    @property
    def per_frame(self) -> Element | None:
        """Per-Frame Functional Groups Sequence."""
        return self._element(PER_FRAME)

    @property
    def pixel_data(self) -> Element | None:
        """Pixel Data of the image itself, never a nested one."""
        return self._element(PIXEL_DATA)

    @property
    def extended_offsets(self) -> Element | None:
        """Extended Offset Table."""
        return self._element(EXTENDED_OFFSETS)

    @property
    def extended_lengths(self) -> Element | None:
        """Extended Offset Table Lengths."""
        return self._element(EXTENDED_LENGTHS)

    def end_of(self, element: Element) -> int | None:
        """Return where one of `elements` ends; None where nothing tells."""
        if element.length is not None:
            return element.offset + element.length
        starts = (each.start for each in self.elements if each.start > element.start)
        return min(starts, default=None)

    def _element(self, tag: int) -> Element | None:
        return next((each for each in self.elements if each.tag == tag), None)


def is_dicom(head: bytes) -> bool:
    """Tell by its first bytes (132 or more) whether a file is DICOM. Never raises.

    With a preamble that is PS3.10 7.1. Without one, the file must begin with File Meta
    Information or with an early element of group 0008.
    """
    if head[128:132] == b"DICM":
        return True
    if len(head) < 8:
        return False
    little = int.from_bytes(head[:2], "little"), int.from_bytes(head[2:4], "little")
    big = int.from_bytes(head[:2], "big"), int.from_bytes(head[2:4], "big")
    length = int.from_bytes(head[4:8], "little")
    if little in _FIRST_TAGS:
        return head[4:6] in _FIRST_VRS or (length % 2 == 0 and length <= 256)
    return big in _FIRST_TAGS and head[4:6] in _FIRST_VRS


def read_header(file: RandomAccessFile) -> Header:
    """Read the attributes of a file; any thread.

    Raises UnsupportedFile where it is no DICOM, BrokenFile where it cannot be read or
    holds no attribute. Values are converted by pydicom when they are looked at, which
    may raise then; here nothing that is odd inside one attribute harms the others.
    """
    name = file.path.name
    head = file.read_some(0, 132)
    if not is_dicom(head):
        raise UnsupportedFile(f"{name} is not a DICOM file.")
    has_preamble = head[128:132] == b"DICM"
    preamble = head[:128] if has_preamble else b""
    meta = read_file_meta(file, 132 if has_preamble else 0)
    deflated = meta.transfer_syntax == DEFLATED
    body = inflate(file, meta.end) if deflated else file
    start = 0 if deflated else meta.end
    implicit, big_endian = encoding(body.read_some(start, 8), meta.transfer_syntax)
    items: list[FrameItems] = []
    walked = list(
        walk(body, start, implicit=implicit, big_endian=big_endian, keep=items.append)
    )
    kept, elements, problems = _sorted_out(body, walked)
    dataset = parsed(body, kept, problems, implicit=implicit, big_endian=big_endian)
    if not dataset:
        raise BrokenFile(f"{name}: holds no attributes that can be read.")
    syntax = meta.transfer_syntax
    if not syntax:
        syntax = BIG_ENDIAN if big_endian else IMPLICIT if implicit else EXPLICIT
    dataset.file_meta = meta.dataset
    found = [("file-meta", each) for each in file_meta_problems(meta, syntax)]
    if not has_preamble or preamble_problem(preamble):
        clause = preamble_problem(preamble) or "has no preamble, expected 128 bytes"
        found.insert(0, ("preamble", clause))
    warnings = [(code, f"{name}: {clause}.") for code, clause in found]
    warnings += [("metadata", sentence) for sentence in problems]
    return Header(
        path=file.path,
        preamble=preamble,
        dataset=dataset,
        transfer_syntax=syntax,
        implicit=implicit,
        big_endian=big_endian,
        deflated=deflated,
        body_start=meta.end,
        elements=tuple(elements),
        frame_items=items[0] if items else None,
        warnings=tuple(SlideWarning(*each, file.path) for each in warnings),
        stamp=file.stamp,
    )


def open_body(header: Header) -> ReadableFile:
    """Open what the offsets of a header's elements are in; raises BrokenFile.

    The caller closes it. A deflated data set is inflated again, into memory.
    """
    file = RandomAccessFile(header.path, header.stamp)
    if not header.deflated:
        return file
    try:
        return inflate(file, header.body_start)
    finally:
        file.close()


def encoding(head: bytes, syntax: str) -> tuple[bool, bool]:
    """Tell implicit VR and big endian by the first element, else by the syntax.

    `head` is the first eight bytes of the data set. They are right where the two
    disagree (pydicom does the same).
    """
    groups = int.from_bytes(head[:2], "little"), int.from_bytes(head[:2], "big")
    explicit = head[4:6].isalpha() and head[4:6].isupper()
    if len(head) < 8 or min(groups) > 0x00FF:
        return syntax == IMPLICIT, syntax == BIG_ENDIAN
    return not explicit, groups[1] < groups[0]


_FIRST_TAGS: Final = frozenset(
    [(0x0002, 0x0000), (0x0002, 0x0001), (0x0002, 0x0002), (0x0002, 0x0010)]
    + [(0x0008, number) for number in (0x00, 0x01, 0x05, 0x08, 0x12, 0x14, 0x16, 0x18)]
)
_FIRST_VRS: Final = frozenset((b"UL", b"OB", b"UI", b"CS", b"DA", b"TM", b"DT", b"SH"))
_LARGEST: Final = 16 << 20  # bytes of one attribute; a private pyramid is far larger
_LARGEST_ALL: Final = 64 << 20


def _sorted_out(
    file: ReadableFile, walked: list[Element]
) -> tuple[list[tuple[Element, int]], list[Element], list[str]]:
    """Part the attributes to read, with their ends, from what is left alone."""
    kept: list[tuple[Element, int]] = []
    left: list[Element] = []
    problems: list[str] = []
    room = _LARGEST_ALL
    nexts = [element.start for element in walked[1:]] + [file.size + 1]
    for element, following in zip(walked, nexts, strict=False):
        length = element.length
        end = following if length is None else element.offset + length
        size = end - element.start
        if element.tag >= PER_FRAME:
            left.append(element)
        elif end > file.size:
            problems.append(
                f"{file.path.name}: ends at byte {file.size} inside attribute"
                f" {tag_in_words(element.tag)}, which begins at {element.start}."
            )
        elif size > min(_LARGEST, room):
            left.append(element)
            problems.append(
                f"{file.path.name}: attribute {tag_in_words(element.tag)} has {size}"
                f" bytes, expected at most {min(_LARGEST, room)}; it was not read."
            )
        else:
            kept.append((element, end))
            room -= size
    return kept, left, problems
