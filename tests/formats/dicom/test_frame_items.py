"""Items that are laid out alike, compared with what was written item by item."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from struct import pack

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.formats.dicom import frame_items as module
from viewer.formats.dicom.element_headers import Headers
from viewer.formats.dicom.frame_items import FrameItems, read_frame_items
from viewer.formats.files import BytesFile

UNDEFINED = 0xFFFFFFFF
POSITION, PATH = 0x0048021A, 0x00480207
Place = tuple[int, int, str, str]


@dataclass(frozen=True)
class Writer:
    """Writes elements in one encoding; `loose` sequences and items have delimiters."""

    order: str = "<"
    implicit: bool = False
    loose_sequences: bool = False
    loose_items: bool = False

    def element(self, tag: int, vr: bytes, value: bytes) -> bytes:
        if self.implicit:
            head = pack(self.order + "HHI", tag >> 16, tag & 0xFFFF, len(value))
        elif vr in (b"OB", b"UN"):
            head = pack(self.order + "HH", tag >> 16, tag & 0xFFFF) + vr + bytes(2)
            head += pack(self.order + "I", len(value))
        else:
            head = pack(self.order + "HH", tag >> 16, tag & 0xFFFF) + vr
            head += pack(self.order + "H", len(value))
        return head + value

    def sequence(self, tag: int, *contents: bytes) -> bytes:
        items = b"".join(map(self.item, contents))
        length = UNDEFINED if self.loose_sequences else len(items)
        head = pack(self.order + "HH", tag >> 16, tag & 0xFFFF)
        head += (b"" if self.implicit else b"SQ\0\0") + pack(self.order + "I", length)
        return head + items + (self.mark(0xE0DD) if self.loose_sequences else b"")

    def item(self, content: bytes) -> bytes:
        if self.loose_items:
            return self.mark(0xE000, UNDEFINED) + content + self.mark(0xE00D)
        return self.mark(0xE000, len(content)) + content

    def mark(self, number: int, length: int = 0) -> bytes:
        return pack(self.order + "HHI", 0xFFFE, number, length)

    def integer(self, tag: int, value: int) -> bytes:
        return self.element(tag, b"SL", pack(self.order + "i", value))

    def text(self, tag: int, vr: bytes, value: str) -> bytes:
        return self.element(tag, vr, (value + " " * (len(value) % 2)).encode())

    def group(self, place: Place, extra: bytes = b"", offset: str = "1.5") -> bytes:
        """Return the content of a frame's item."""
        column, row, height, path = place
        position = (
            self.text(0x0040072A, b"DS", offset)
            + self.text(0x0040074A, b"DS", height)
            + self.integer(0x0048021E, column)
            + self.integer(0x0048021F, row)
        )
        return (
            extra
            + self.sequence(POSITION, position)
            + self.sequence(PATH, self.text(0x00480106, b"SH", path))
        )


def read(
    writer: Writer, contents: Sequence[bytes], *, delimited: bool, behind: bytes = b""
) -> FrameItems | None:
    items = b"".join(map(writer.item, contents))
    end = None if delimited else 10 + len(items)
    if delimited:
        items += writer.mark(0xE0DD)
    file = BytesFile(Path("x.dcm"), bytes(10) + items + behind)
    found = read_frame_items(
        file, 10, end, implicit=writer.implicit, order=writer.order
    )
    if found is not None:
        assert found.end == 10 + len(items)
    return found


def as_places(found: FrameItems) -> list[Place]:
    assert found.columns is not None
    assert found.rows is not None
    assert found.heights is not None
    assert found.optical_paths is not None
    rows = zip(
        found.columns.tolist(),
        found.rows.tolist(),
        (text.decode().strip() for text in found.heights.tolist()),
        (text.decode().strip() for text in found.optical_paths.tolist()),
        strict=True,
    )
    return list(rows)


writers = st.builds(
    Writer,
    order=st.sampled_from("<>"),
    implicit=st.booleans(),
    loose_sequences=st.booleans(),
    loose_items=st.booleans(),
).filter(lambda each: each.order == "<" or not each.implicit)
numbers = st.integers(-(1 << 31), (1 << 31) - 1)
heights = st.integers(-(10**9), 10**9).map(str)
names = st.text("ab1", max_size=5)
places = st.tuples(numbers, numbers, heights, names)


@settings(max_examples=300)
@given(
    writer=writers,
    found=st.lists(places, min_size=1, max_size=40),
    delimited=st.booleans(),
    piece=st.sampled_from([400, 1000, 1 << 19]),
    offsets=st.lists(st.sampled_from(["1", "12.5", "123.25"]), min_size=1, max_size=7),
)
def test_what_was_written_is_found_in_every_form(
    writer: Writer, found: list[Place], delimited: bool, piece: int, offsets: list[str]
) -> None:
    contents = [
        writer.group(place, offset=offsets[number % len(offsets)])
        for number, place in enumerate(found)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PIECE", piece)
        result = read(writer, contents, delimited=delimited, behind=b"\xe0\x7f" * 300)
    assert result is not None
    assert as_places(result) == [(c, r, z, p.strip()) for c, r, z, p in found]


def usual(count: int, writer: Writer, offset: str = "1.5") -> list[bytes]:
    return [
        writer.group((number * 4 + 1, number + 1, "0", "1"), offset=offset)
        for number in range(count)
    ]


@pytest.mark.gotcha(24)
def test_a_hundred_and_eighty_thousand_items_are_read_in_little_memory() -> None:
    writer = Writer(loose_sequences=True, loose_items=True)
    content = writer.group((0x11121314, 0x15161718, "0", "1"))
    one = np.frombuffer(writer.item(content), np.uint8)
    many = np.tile(one, (180_000, 1))
    numbers = np.arange(180_000, dtype="<i4")
    for value, kept in ((0x11121314, numbers), (0x15161718, numbers + 1)):
        at = one.tobytes().index(pack("<i", value))
        many[:, at : at + 4] = kept.view(np.uint8).reshape(-1, 4)
    file = BytesFile(Path("x.dcm"), many.tobytes() + writer.mark(0xE0DD))
    found = read_frame_items(file, 0, None, implicit=False, order="<")
    assert found is not None
    assert found.columns is not None
    assert found.rows is not None
    assert np.array_equal(found.columns, numbers)
    assert np.array_equal(found.rows, numbers + 1)


def test_items_without_positions_have_none() -> None:
    writer = Writer()
    contents = [writer.text(0x00200010, b"SH", "1")] * 5
    found = read(writer, contents, delimited=False)
    assert found is not None
    assert found.columns is None
    assert found.rows is None


def swapped(writer: Writer) -> list[bytes]:
    first = writer.group((1, 1, "0", "1"))
    path = writer.sequence(PATH, writer.text(0x00480106, b"SH", "1"))
    return [first, path + first.removesuffix(path)]


def private(writer: Writer, content: bytes) -> bytes:
    return writer.sequence(0x00091010, content)


UNUSUAL: dict[str, Callable[[Writer], list[bytes]]] = {
    "another order": swapped,
    "an element more": lambda writer: [
        *usual(3, writer),
        usual(1, writer)[0] + writer.text(0x52FF0010, b"LO", "x"),
    ],
    "an element less": lambda writer: [*usual(3, writer), writer.text(8, b"SH", "x")],
    "an item more within": lambda writer: [
        *usual(3, writer),
        writer.sequence(POSITION, b"", b""),
    ],
    "an empty item": lambda writer: [*usual(3, writer), b"", *usual(3, writer)],
    "positions twice": lambda writer: [
        each + private(writer, writer.integer(0x0048021E, 7))
        for each in usual(3, writer)
    ],
    "positions elsewhere": lambda writer: [
        private(writer, each) for each in usual(3, writer)
    ],
    "positions without a row": lambda writer: (
        [writer.sequence(POSITION, writer.integer(0x0048021E, 7))] * 3
    ),
    "positions of another length": lambda writer: (
        [
            writer.sequence(
                POSITION,
                writer.element(0x0048021E, b"SL", bytes(8))
                + writer.element(0x0048021F, b"SL", bytes(8)),
            )
        ]
        * 3
    ),
    "a text that is too long": lambda writer: [
        *usual(3, writer),
        writer.group((1, 1, "0", "1" * 100)),
    ],
}


@pytest.mark.parametrize("name", UNUSUAL)
@pytest.mark.parametrize("loose", [False, True])
def test_items_of_another_form_are_left_to_others(name: str, loose: bool) -> None:
    writer = Writer(loose_items=loose, loose_sequences=loose)
    contents = UNUSUAL[name](writer)
    assert read(writer, contents, delimited=loose) is None


@pytest.mark.parametrize("loose", [False, True])
def test_bytes_like_items_within_values_are_values(loose: bool) -> None:
    writer = Writer(loose_items=loose, loose_sequences=loose)
    trap = writer.item(writer.group((9, 9, "9", "9"))) + writer.mark(0xE00D)
    contents = [
        writer.group((number, number, "0", "1"), extra=writer.element(8, b"OB", trap))
        for number in range(5)
    ]
    found = read(writer, contents, delimited=loose)
    if found is not None:  # else it is left to others
        assert as_places(found) == [(each, each, "0", "1") for each in range(5)]


def test_wide_values_may_differ() -> None:
    writer = Writer()
    contents = [
        writer.group((number, 1, "0", "1"), writer.element(9, b"OB", bytes(size)))
        for number, size in enumerate([1000, 2, 4000, 300])
    ]
    found = read(writer, contents, delimited=False)
    assert found is not None
    assert [each[0] for each in as_places(found)] == [0, 1, 2, 3]


@pytest.mark.parametrize("loose", [False, True])
def test_what_is_cut_off_is_left_to_others(loose: bool) -> None:
    writer = Writer(loose_items=loose, loose_sequences=loose)
    items = b"".join(map(writer.item, usual(20, writer))) + writer.mark(0xE0DD)
    for cut in range(1, 400, 3):
        file = BytesFile(Path("x.dcm"), items[:-cut])
        assert read_frame_items(file, 0, None, implicit=False, order="<") is None


@settings(max_examples=400)
@given(data=st.data(), writer=writers)
def test_damaged_items_end_where_stepping_ends_or_are_left_to_others(
    data: st.DataObject, writer: Writer
) -> None:
    contents = usual(12, writer)
    content = bytearray(b"".join(map(writer.item, contents)) + writer.mark(0xE0DD))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.sampled_from([0, 1, 4, 0xFE, 0xE0, 0xFF, 0x48]))
    file = BytesFile(Path("x.dcm"), bytes(content) + bytes(64))
    found = read_frame_items(
        file, 0, None, implicit=writer.implicit, order=writer.order
    )
    if found is None:
        return
    stepped = Headers(file, big_endian=writer.order == ">").skip(
        0, implicit=writer.implicit
    )
    assert found.end == stepped
