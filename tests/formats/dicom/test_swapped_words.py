"""Bytes that have changed places in words, against plain arithmetic."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import integers

from viewer.formats.dicom.element_headers import Element
from viewer.formats.dicom.swapped_words import SwappedWords
from viewer.formats.files import RandomAccessFile
from viewer.slide.errors import BrokenFile

START = 13
ORDERED = bytes(range(100))


@pytest.fixture
def words(tmp_path: Path) -> Iterator[SwappedWords]:
    """Return a file in which a value of 100 bytes begins at an odd offset."""
    path = tmp_path / "x.dcm"
    swapped = b"".join(ORDERED[at : at + 2][::-1] for at in range(0, 100, 2))
    path.write_bytes(b"?" * START + swapped)
    file = SwappedWords(
        RandomAccessFile(path), Element(0x7FE00010, "OW", START, 100, START - 12)
    )
    yield file
    file.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(integers(0, 100), integers(0, 100))
def test_any_part_is_in_order(words: SwappedWords, first: int, second: int) -> None:
    begin, end = sorted((first, second))
    expected = ORDERED[begin:end]
    assert words.read(START + begin, end - begin) == expected
    assert words.read_some(START + begin, end - begin) == expected
    assert words.reader()(end - begin, START + begin) == expected
    with words.stream() as stream:
        stream.seek(START + begin)
        assert stream.read(end - begin) == expected


def test_what_is_behind_the_file_is_not_read(words: SwappedWords) -> None:
    assert (words.size, words.path.name) == (113, "x.dcm")
    assert words.read_some(START + 97, 10) == ORDERED[97:]
    with pytest.raises(BrokenFile, match=r"^x\.dcm: "):
        words.read(START + 97, 10)
