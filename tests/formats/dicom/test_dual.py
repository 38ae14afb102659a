"""Whether the TIFF side of a file is sound, and what is said where it is not."""

from pathlib import Path
from struct import pack, unpack_from
from typing import Any

import pytest

from tests.dual_side import add_tiff_side
from tests.gotchas.one_slide import written
from viewer.formats.dicom.dual import tiff_side
from viewer.formats.dicom.header import read_header
from viewer.formats.dicom.instance import read_instance
from viewer.formats.files import RandomAccessFile


def side(path: Path) -> str | None:
    file = RandomAccessFile(path)
    try:
        return tiff_side(read_instance(read_header(file)))
    finally:
        file.close()


def dual(folder: Path, **more: Any) -> Path:
    path = written(folder, **{"syntax": "jpeg", "offsets": "none", **more})
    add_tiff_side(path)
    return path


def value_of(content: bytes, tag: int) -> int:
    """Return where the value, or the place of the values, of a tag lies."""
    (at,) = unpack_from("<I", content, 4)
    (count,) = unpack_from("<H", content, at)
    entries = [at + 2 + 12 * number for number in range(count)]
    return next(
        8 + each for each in entries if unpack_from("<H", content, each)[0] == tag
    )


def changed(path: Path, at: int, number: int) -> Path:
    content = bytearray(path.read_bytes())
    content[at : at + 4] = pack("<I", number)
    path.write_bytes(bytes(content))
    return path


@pytest.mark.parametrize("syntax", ["jpeg", "uncompressed"])
def test_a_side_as_converters_write_it_is_sound(tmp_path: Path, syntax: str) -> None:
    assert side(dual(tmp_path, syntax=syntax)) is None


def test_a_file_without_such_a_side_has_none(tmp_path: Path) -> None:
    assert side(written(tmp_path)) == ""


def test_another_size_is_said(tmp_path: Path) -> None:
    path = dual(tmp_path)
    changed(path, value_of(path.read_bytes(), 256), 301)
    assert side(path) == (
        "the TIFF side is stale or broken: it is 301 x 200 pixels, expected 300 x 200"
    )


@pytest.mark.parametrize(("number", "name"), [(0, "first"), (5, "last")])
@pytest.mark.parametrize("syntax", ["jpeg", "uncompressed"])
def test_a_tile_where_no_frame_lies_is_said(
    tmp_path: Path, number: int, name: str, syntax: str
) -> None:
    path = dual(tmp_path, syntax=syntax)
    content = path.read_bytes()
    (places,) = unpack_from("<I", content, value_of(content, 324))
    changed(path, places + 4 * number, 500)
    assert side(path) == (
        f"the TIFF side is stale or broken: its {name} tile is at byte 500, where no "
        "frame lies"
    )
    changed(path, places + 4 * number, len(content))
    assert side(path) == (
        f"the TIFF side is stale or broken: its {name} tile lies behind the end of the "
        "file"
    )


def test_a_directory_that_is_not_there_is_said(tmp_path: Path) -> None:
    path = changed(dual(tmp_path), 4, 0xFFFFFFFF)
    assert side(path) == (
        "the TIFF side is stale or broken: the preamble is a TIFF header, but there is "
        "no sound directory where it points"
    )
    assert (
        side(changed(path, 4, 0))
        == "the TIFF side is stale or broken: it has no directory"
    )


@pytest.mark.slides
def test_real_sides_are_sound_but_the_edited_one(slides_folder: Path) -> None:
    paths = [each for each in (slides_folder / "dual").rglob("*") if each.is_file()]
    found = {path: side(path) for path in paths if "not-wsi" not in path.parts}
    assert {path.name for path, problem in found.items() if problem} == {
        "pydicom-anon-stale.dcm"
    }
    assert len(found) > 12
