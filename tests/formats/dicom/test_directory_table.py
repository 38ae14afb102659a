"""The TIFF side's directories as table of frames; nothing false comes of it."""

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from tests.formats.dicom.raw_files import (
    DELIMITER,
    codestream,
    encapsulated,
    item,
    items,
    opened,
)
from tests.tiff_files import Tags, chain, header
from viewer.formats.dicom.frames import FrameTable
from viewer.formats.dicom.header import read_header
from viewer.formats.files import RandomAccessFile
from viewer.slide.errors import BrokenFrame

FRAMES = [codestream(number, 20 + 2 * number) for number in range(6)]
FIRST = len(encapsulated(b"", b""))  # the place of the first frame's item


def places(frames: Sequence[bytes] = FRAMES) -> list[tuple[int, int]]:
    """Return where the payload of each frame lies, and how long it is."""
    found: list[tuple[int, int]] = []
    at = FIRST + 8
    for frame in frames:
        found.append((at, len(frame)))
        at += 8 + len(frame)
    return found


def dual(
    folder: Path,
    pages: Sequence[Sequence[tuple[int, int]]],
    frames: Sequence[bytes] = FRAMES,
    *,
    order: str = "<",
    big: bool = False,
) -> Path:
    """Write frames without any table, and a TIFF side with these tiles by page."""
    content = encapsulated(b"", items(frames) + DELIMITER)
    at = len(content) + 12
    directories: list[Tags] = [
        {
            324: (16 if big else 4, [place for place, _ in page]),
            325: (16 if big else 4, [length for _, length in page]),
        }
        for page in pages
    ]
    side = chain(directories, at, order=order, big=big)
    content += b"\xfc\xff\xfc\xffOB\0\0" + len(side).to_bytes(4, "little") + side
    preamble = header(at, order=order, big=big).ljust(128, b"\0")
    path = folder / "x.dcm"
    path.write_bytes(preamble + content[128:])
    return path


def outcome(path: Path, frames: int = 6) -> tuple[str, list[bytes | None], list[str]]:
    """Return the source, all frames, and the codes of what was said."""
    with opened(path, frames) as (table, _):
        found = [table.read(frame) for frame in range(frames)]
        return table.source, found, [code for code, _ in table.warnings]


@pytest.mark.gotcha(1, 2)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("pages", [1, 2, 6])
def test_frames_lie_where_the_pages_say(
    tmp_path: Path, order: str, big: bool, pages: int
) -> None:
    step = 6 // pages
    tiles = [places()[at : at + step] for at in range(0, 6, step)]
    path = dual(tmp_path, tiles, order=order, big=big)
    assert outcome(path) == ("tiff", FRAMES, [])


def test_the_pad_byte_is_left_out(tmp_path: Path) -> None:
    frames = [each[:-1] + b"\0" for each in FRAMES]
    tiles = [(place, length - 1) for place, length in places(frames)]
    path = dual(tmp_path, [tiles], frames)
    assert outcome(path) == ("tiff", [each[:-1] for each in frames], [])


def test_the_pages_of_a_hidden_pyramid_are_left_out(tmp_path: Path) -> None:
    hidden = [(140, 20), (170, 20)]  # before Pixel Data
    path = dual(tmp_path, [places(), hidden])
    assert outcome(path) == ("tiff", FRAMES, [])
    path = dual(tmp_path, [hidden, places()])
    assert outcome(path) == ("tiff", FRAMES, [])


def moved(frame: int, by: int) -> list[tuple[int, int]]:
    tiles = places()
    tiles[frame] = tiles[frame][0] + by, tiles[frame][1]
    return tiles


@pytest.mark.parametrize(
    "tiles",
    [
        places()[:5],
        places()[1:],
        [*places(), places()[0]][1:],
        places()[::-1],
        [*places()[:4], places()[5], places()[4]],
        [(place + 8, length) for place, length in places()],
        [(place - 8, length) for place, length in places()],
        [(place, length + 2) for place, length in places()],
        moved(3, 2),
        moved(5, 4),
        [(0, 0)] * 6,
        [(0xFFFFFFFF, 0xFFFFFFFF)] * 6,
    ],
)
def test_pages_that_do_not_fit_are_not_followed(
    tmp_path: Path, tiles: list[tuple[int, int]]
) -> None:
    assert outcome(dual(tmp_path, [tiles])) == ("walk", FRAMES, [])


def test_a_directory_that_cannot_be_read_is_not_followed(tmp_path: Path) -> None:
    path = dual(tmp_path, [places()])
    content = path.read_bytes()
    for cut in (4, 40, 80):
        path.write_bytes(content[:-cut])
        assert outcome(path) == ("walk", FRAMES, [])
    path.write_bytes(b"II*\0" + b"\xff" * 4 + content[8:])
    assert outcome(path) == ("walk", FRAMES, [])


def test_items_that_contradict_the_pages_are_believed(tmp_path: Path) -> None:
    path = dual(tmp_path, [places()])
    content = bytearray(path.read_bytes())
    # Frames 3 and 4 share their bytes in another way than the pages say.
    both = item(codestream(2, 30)) + item(codestream(3, 20))
    at = places()[2][0] - 8
    assert len(both) == places()[4][0] - 8 - at
    content[at : at + len(both)] = both
    path.write_bytes(bytes(content))
    with opened(path, 6) as (table, _):
        assert table.read(0) == FRAMES[0]
        assert table.source == "tiff"
        assert table.read(3) == codestream(3, 20)
        assert table.read(2) == codestream(2, 30)
        assert table.source == "walk"
        ((code, sentence),) = table.warnings
    assert code == "offset-table"
    assert sentence.startswith("x.dcm: the TIFF directory says frame 4 is at ")
    assert sentence.endswith("the items were walked instead.")


def test_more_items_than_the_pages_tell_of_are_said(tmp_path: Path) -> None:
    """Of a side that became stale: Number of Frames and pages agree, items do not."""
    path = dual(tmp_path, [places()[:5]])
    assert outcome(path, 5) == ("walk", FRAMES[:5], ["fragment-count"])


def test_thousands_of_directories_over_the_same_bytes_are_not_all_read(
    tmp_path: Path,
) -> None:
    class Counting(RandomAccessFile):
        taken = 0

        def read_some(self, offset: int, length: int) -> bytes:
            self.taken += length
            return super().read_some(offset, length)

    count = 20_000
    frames = [codestream(number, 10) for number in range(count)]
    hidden = [(140, 20)] * count
    path = dual(tmp_path, [hidden] * 40, frames)
    file = Counting(path)
    assert FrameTable(file, read_header(file), count, None).source == "walk"
    assert file.taken < 3_000_000
    file.close()


def test_no_damage_to_the_tiff_side_makes_a_frame_show_anothers_bytes(
    tmp_path: Path,
) -> None:
    path = dual(tmp_path, [places()[:3], places()[3:]])
    content = path.read_bytes()
    end = FIRST + len(items(FRAMES) + DELIMITER)
    random = Random(1)  # noqa: S311  damage, not secrecy
    for _ in range(300):
        damaged = bytearray(content)
        for _ in range(random.randrange(1, 4)):
            place = random.choice([*range(16), *range(end, len(content))])
            damaged[place] = random.choice([0, 1, 8, 0xFF, random.randrange(256)])
        path.write_bytes(bytes(damaged))
        with opened(path, 6) as (table, _):
            for frame in range(6):
                try:
                    assert table.read(frame) == FRAMES[frame]
                except BrokenFrame:
                    pytest.fail("the items are sound")
