"""What a TIFF file's directories say that cannot all be true is said."""

from collections.abc import Callable
from pathlib import Path
from struct import pack_into

import numpy as np
import pytest
import tifffile

from tests.support_files import ome_tiff, tiff
from viewer.formats import open_slides, tiff_file
from viewer.formats.tiff import directories

WIDTH, OFFSETS, COUNTS, BELOW = 256, 324, 325, 330


def entry(path: Path, code: int) -> tuple[int, int]:
    """Return where a tag of the first directory lies, and its value."""
    with tifffile.TiffFile(path) as file:
        tag = file.pages[0].aspage().tags[code]
        return tag.offset, tag.valueoffset


def sentences(path: Path) -> list[str]:
    opened = open_slides([path])
    for slide in opened.slides:
        slide.close()
    assert len(opened.slides) == 1
    return [warning.message for warning in opened.slides[0].warnings]


def changed(path: Path, at: int, form: str, *values: int) -> Path:
    content = bytearray(path.read_bytes())
    pack_into(form, content, at, *values)
    path.write_bytes(content)
    return path


def link(path: Path) -> int:
    """Return where the first directory names the next one."""
    with tifffile.TiffFile(path) as file:
        page = file.pages[0].aspage()
        return page.offset + 2 + 12 * len(page.tags)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tiff()(tmp_path).open


def test_a_sound_file_has_no_warning(path: Path) -> None:
    assert sentences(path) == []


@pytest.mark.parametrize("where", [8, 1 << 30], ids=["round", "nowhere"])
def test_a_chain_that_leads_astray_is_said(path: Path, where: int) -> None:
    assert sentences(changed(path, link(path), "<I", where)) == [
        f"slide.tif: the chain of TIFF directories goes on at byte {where}, where "
        "there is none that was not read before; levels or pictures may be missing."
    ]


def test_a_chain_that_ends_early_is_another_file(path: Path) -> None:
    assert sentences(changed(path, link(path), "<I", 0)) == []


def test_directories_beyond_those_that_are_read_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiff_file, "MOST_DIRECTORIES", 3)
    monkeypatch.setattr(directories, "MOST_DIRECTORIES", 3)
    path = tmp_path / "pages.tif"
    for count, said in ((3, False), (4, True)):
        data = np.zeros((count, 40, 40), np.uint8)
        tifffile.imwrite(path, data, photometric="minisblack", metadata=None)
        assert (
            any("more TIFF directories than 3" in each for each in sentences(path))
            is said
        )


@pytest.mark.parametrize(
    ("value", "words"),
    [(3, "to be turned by 180 degrees"), (77, "a number without a meaning")],
)
def test_a_picture_that_is_to_be_turned_is_said(
    tmp_path: Path, value: int, words: str
) -> None:
    path = tmp_path / "turned.tif"
    tag = (274, "H", 1, value, True)
    tifffile.imwrite(path, np.zeros((40, 40), np.uint8), metadata=None, extratags=[tag])
    sentence = (
        f"turned.tif: TIFF directory 0 has Orientation {value} ({words}); it is shown "
        "as it is stored."
    )
    assert sentence in sentences(path)


@pytest.mark.parametrize("where", [0, 9000, 100])
def test_a_tile_that_lies_over_something_else_is_said(path: Path, where: int) -> None:
    _, numbers = entry(path, OFFSETS)
    assert sentences(changed(path, numbers, "<I", where)) == [
        "slide.tif: TIFF directory 0 has tiles or strips that overlap in the file; "
        "some may show what is not theirs."
    ]


def test_a_tile_with_a_place_and_no_bytes_is_said(path: Path) -> None:
    _, numbers = entry(path, COUNTS)
    with tifffile.TiffFile(path) as file:
        size = file.pages[0].aspage().tags[COUNTS].dtype
    form = "<H" if size == tifffile.DATATYPE.SHORT else "<I"
    assert sentences(changed(path, numbers, form, 0)) == [
        "slide.tif: TIFF directory 0 has 1 tiles or strips with a place but no bytes."
    ]


def test_tags_out_of_order_are_said(path: Path) -> None:
    at, _ = entry(path, 284)  # of little weight: another tag's number is put there
    found = sentences(changed(path, at, "<H", 60000))
    assert (
        "slide.tif: TIFF directory 0 has tags out of order, some may not be what they "
        "were." in found
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda at, value: (at + 8, "<I", 1 << 30), "of which 0 are read"),
        (lambda at, value: (at + 2, "<H", 60000), "tags, of which"),
    ],
    ids=["nowhere", "no type"],
)
def test_levels_below_a_directory_that_are_not_found_are_said(
    tmp_path: Path,
    change: Callable[[int, int], tuple[int, str, int]],
    told: str,
) -> None:
    path = ome_tiff(tmp_path).open
    at, form, value = change(*entry(path, BELOW))
    assert any(told in each for each in sentences(changed(path, at, form, value)))


def test_uncompressed_samples_that_are_more_than_the_picture_are_said(
    path: Path,
) -> None:
    # 252 rows in tiles of 63 are as many tiles as before, each larger than it needs.
    _, place = entry(path, 257)
    _, tile = entry(path, 323)
    found = sentences(changed(changed(path, place, "<H", 252), tile, "<H", 63))
    assert any("bytes more than its uncompressed samples" in each for each in found)
