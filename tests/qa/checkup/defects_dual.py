"""One slide a rule about the TIFF side that has just the fault the rule is for."""

import struct
from collections.abc import Mapping
from pathlib import Path

from tests.dual_side import add_tiff_side
from tests.qa.checkup.clean import Maker, file_of, write_clean


def dual_level(folder: Path) -> Path:
    """Write a clean slide whose finest level is a TIFF file too; return that."""
    path = file_of(write_clean(folder), "level0")
    add_tiff_side(path)
    return path


def patch(path: Path, at: int, data: bytes) -> None:
    """Write bytes over others; a place below zero counts from the end."""
    content = bytearray(path.read_bytes())
    at = at if at >= 0 else len(content) + at
    content[at : at + len(data)] = data
    path.write_bytes(content)


def directory_at(path: Path) -> int:
    """Return where the first directory of a classic TIFF file lies."""
    return struct.unpack_from("<I", path.read_bytes(), 4)[0]


def entry_at(path: Path, tag: int) -> int:
    """Return where an entry of twelve bytes lies in the first directory."""
    content, start = path.read_bytes(), directory_at(path)
    (count,) = struct.unpack_from("<H", content, start)
    for place in range(start + 2, start + 2 + 12 * count, 12):
        if struct.unpack_from("<H", content, place)[0] == tag:
            return place
    raise AssertionError(f"there is no tag {tag}")


def values_at(path: Path, tag: int) -> int:
    """Return where the values of a tag lie that has more than one."""
    return struct.unpack_from("<I", path.read_bytes(), entry_at(path, tag) + 8)[0]


def program_in_front(folder: Path) -> None:
    patch(file_of(write_clean(folder), "level0"), 0, b"MZ\x90\0")


def ring(folder: Path) -> None:
    path = dual_level(folder)
    start = directory_at(path)
    (count,) = struct.unpack_from("<H", path.read_bytes(), start)
    patch(path, start + 2 + 12 * count, struct.pack("<I", start))


def one_offset_altered(folder: Path) -> None:
    path = dual_level(folder)
    place = values_at(path, 324) + 4 * 5
    (offset,) = struct.unpack_from("<I", path.read_bytes(), place)
    patch(path, place, struct.pack("<I", offset + 2))


def other_resolution(folder: Path) -> None:
    path = dual_level(folder)
    for tag in (282, 283):
        place = values_at(path, tag)
        (over,) = struct.unpack_from("<I", path.read_bytes(), place)
        patch(path, place, struct.pack("<I", round(over * 1.02)))


def hidden_level(folder: Path) -> None:
    add_hidden_level(dual_level(folder))


def add_hidden_level(path: Path) -> None:
    """Put a private attribute in front of Pixel Data, and a page that shows it.

    As PixelMed's ADDPYRAMID does, but uncompressed and of one tile of 16 x 16.
    """
    content = path.read_bytes()
    at = content.index(b"\xe0\x7f\x10\x00O")
    creator = b"\xdf\x7f\x10\x00LO\x14\x00PixelMed Publishing "
    private = b"\xdf\x7f\x01\x10OB\0\0" + struct.pack("<I", 768) + bytes(768)
    path.write_bytes(content[:at] + creator + private + content[at:])
    shift = len(creator) + len(private)
    start = directory_at(path) + shift
    patch(path, 4, struct.pack("<I", start))
    content = path.read_bytes()
    (count,) = struct.unpack_from("<H", content, start)
    for place in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind, values = struct.unpack_from("<HHI", content, place)
        (value,) = struct.unpack_from("<I", content, place + 8)
        size = values * {3: 2, 4: 4, 5: 8, 7: 1}[kind]
        if size > 4:
            patch(path, place + 8, struct.pack("<I", value + shift))
            if tag == 324:
                moved = struct.unpack_from(f"<{values}I", content, value + shift)
                data = struct.pack(f"<{values}I", *(each + shift for each in moved))
                patch(path, value + shift, data)
    append_page(path, at + len(creator) + 12)


def append_page(path: Path, pixels: int) -> None:
    """Add a directory of one 16 x 16 tile to the end of Trailing Padding."""
    content = path.read_bytes()
    start = directory_at(path)
    end = len(content)
    (count,) = struct.unpack_from("<H", content, start)
    patch(path, start + 2 + 12 * count, struct.pack("<I", end))
    tags = [
        (254, 4, 1), (256, 4, 16), (257, 4, 16), (259, 3, 1), (262, 3, 2),
        (277, 3, 3), (284, 3, 1), (322, 4, 16), (323, 4, 16), (324, 4, pixels),
        (325, 4, 768),
    ]  # fmt: skip
    page = struct.pack("<H", len(tags))
    page += b"".join(struct.pack("<HHII", code, kind, 1, v) for code, kind, v in tags)
    page += bytes(4)
    (length,) = struct.unpack_from("<I", content, start - 4)
    with path.open("ab") as file:
        file.write(page)
    patch(path, start - 4, struct.pack("<I", length + len(page)))


def left_behind(folder: Path) -> None:
    path = dual_level(folder)
    patch(path, 4, struct.pack("<I", directory_at(path) + 118))


def smuggled(folder: Path) -> None:
    path = dual_level(folder)
    more = b"something else " * 200
    start = directory_at(path)
    (length,) = struct.unpack_from("<I", path.read_bytes(), start - 4)
    with path.open("ab") as file:
        file.write(more)
    patch(path, start - 4, struct.pack("<I", length + len(more)))


DEFECTS: Mapping[str, Maker] = {
    "QA27": program_in_front,
    "QA28": ring,
    "QA32": left_behind,
    "DU1": one_offset_altered,
    "DU2": other_resolution,
    "DU3": hidden_level,
    "DU4": smuggled,
}
