"""The own reader of TIFF directories."""

from collections.abc import Mapping
from pathlib import Path
from struct import pack
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st

from tests.tiff_files import Tags, chain, directory, header
from viewer.formats import tiff_directory as module
from viewer.formats.files import BytesFile
from viewer.formats.tiff_directory import TiffDirectory, read_directories
from viewer.slide.errors import BrokenFile

_MOST = {1: 0xFF, 3: 0xFFFF, 4: 0xFFFFFFFF, 13: 0xFFFFFFFF, 16: (1 << 64) - 1}


def read(content: bytes) -> list[TiffDirectory]:
    return list(read_directories(BytesFile(Path("x.tif"), content)))


def a_tag(kind: int) -> st.SearchStrategy[tuple[int, list[int]]]:
    values = st.lists(st.integers(0, _MOST[kind]), min_size=1, max_size=9)
    return values.map(lambda found: (kind, found))


TAGS = st.dictionaries(
    st.integers(1, 0xFFFF), st.sampled_from([1, 3, 4, 13]).flatmap(a_tag), min_size=1
)
BIG_TAGS = st.dictionaries(
    st.integers(1, 0xFFFF), st.sampled_from([3, 4, 16]).flatmap(a_tag), min_size=1
)


@given(data=st.data(), order=st.sampled_from("<>"), big=st.booleans())
def test_numbers_are_what_was_written_in_every_form(
    data: st.DataObject, order: str, big: bool
) -> None:
    pages: list[Mapping[int, Any]] = data.draw(
        st.lists(BIG_TAGS if big else TAGS, min_size=1, max_size=4)
    )
    start = header(100, order=order, big=big).ljust(100, b"\0")
    found = read(start + chain(pages, 100, order=order, big=big))
    assert len(found) == len(pages)
    for page, tags in zip(found, pages, strict=True):
        for tag, (_, values) in tags.items():
            numbers = page.numbers(tag)
            assert numbers is not None
            assert numbers.tolist() == values
            assert page.number(tag) == (values[0] if len(values) == 1 else None)
        absent = next(tag for tag in range(1, 0x10000) if tag not in tags)
        assert page.numbers(absent) is None
        assert page.number(absent) is None


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_tiles_lie_where_tifffile_finds_them(
    tmp_path: Path, order: Any, big: bool
) -> None:
    path = tmp_path / "x.tif"
    with tifffile.TiffWriter(path, bigtiff=big, byteorder=order) as writer:
        for seed in (1, 2):
            noise = np.random.default_rng(seed).integers(0, 255, (100, 130), np.uint8)
            writer.write(noise, tile=(32, 48), compression="zlib")
        writer.write(noise, rowsperstrip=30)
    found = read(path.read_bytes())
    with tifffile.TiffFile(path) as truth:
        assert len(found) == len(truth.pages) == 3
        for page, own in zip(truth.pages, found, strict=True):
            segments = own.segments()
            assert segments is not None
            assert segments[0].tolist() == list(page.dataoffsets)
            assert segments[1].tolist() == list(page.databytecounts)
            assert own.number(module.IMAGE_WIDTH) == 130
            assert own.number(module.IMAGE_LENGTH) == 100


@pytest.mark.slides
def test_tiles_of_real_files_lie_where_tifffile_finds_them(
    slides_folder: Path,
) -> None:
    looked_at = 0
    folders = [slides_folder / name for name in ("source", "dual")]
    for path in sorted(each for folder in folders for each in folder.rglob("*")):
        head = path.read_bytes()[:4] if path.is_file() else b""
        if head not in module.SIGNATURES or "stale" in path.parts:
            continue
        with tifffile.TiffFile(path) as truth:
            if truth.is_ndpi:  # places above 32 bits of its own kind
                continue
            for page, own in zip(truth.pages, read(path.read_bytes()), strict=True):
                segments = own.segments()
                assert segments is not None
                assert segments[0].tolist() == list(page.dataoffsets)
                looked_at += 1
    assert looked_at > 20


def test_a_chain_that_leads_back_ends(tmp_path: Path) -> None:
    tags: Tags = {256: (4, [7])}
    first = directory(tags, 8, following=8 + 18)
    content = header(8) + first + directory(tags, 26, following=8)
    assert [each.offset for each in read(content)] == [8, 26]


def test_a_chain_without_end_is_followed_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_DIRECTORIES", 3)
    pages: list[Tags] = [{256: (4, [each])} for each in range(5)]
    found = read(header(8) + chain(pages, 8))
    assert [each.number(256) for each in found] == [0, 1, 2]


@pytest.mark.parametrize(
    "content",
    [
        header(8),
        header(4000) + bytes(100),
        header(1 << 63, big=True) + bytes(100),
        header(8) + pack("<H", 0) + bytes(100),
        header(8) + pack("<H", 5000) + bytes(100),
        header(8) + pack("<H", 60000) + bytes(1 << 20),
        header(16, big=True) + pack("<Q", 1 << 60) + bytes(100),
        header(8) + directory({256: (4, [1])}, 8)[:-1],
    ],
)
def test_a_directory_that_cannot_be_there_is_refused(content: bytes) -> None:
    with pytest.raises(BrokenFile, match=r"^x\.tif: there is no TIFF directory at"):
        read(content)


@pytest.mark.parametrize("content", [b"", b"II", b"II*\1" + bytes(20), b"MM*\0\0\0"])
def test_what_is_no_tiff_file_is_refused(content: bytes) -> None:
    with pytest.raises(BrokenFile, match="expected a TIFF header"):
        read(content)


@pytest.mark.parametrize(("count", "place"), [(1 << 31, 8), (3, 1 << 31), (9, 20)])
def test_values_outside_the_file_are_refused_before_they_are_read(
    count: int, place: int
) -> None:
    entry = pack("<HHHII", 1, 324, 4, count, place) + bytes(4)
    (found,) = read(header(8) + entry)
    with pytest.raises(BrokenFile, match=f"TIFF tag 324 has {count} values"):
        found.numbers(324)


def test_as_many_lengths_as_places_are_expected() -> None:
    (found,) = read(header(8) + directory({324: (4, [1, 2]), 325: (4, [1])}, 8))
    assert found.segments() is None


@given(content=st.binary(max_size=300), order=st.sampled_from("<>"), big=st.booleans())
def test_any_bytes_are_read_or_refused(content: bytes, order: str, big: bool) -> None:
    start = header(16, order=order, big=big).ljust(16, b"\0")
    try:
        for each in read(start + content):
            each.segments()
    except BrokenFile as error:
        assert str(error).startswith("x.tif: ")  # noqa: PT017  either may happen
