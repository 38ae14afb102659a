"""How many bytes frames take, against what pydicom finds in them."""

from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.encaps import generate_frames

from tests.dual_side import add_tiff_side
from tests.synthetic import write_slide
from viewer.formats.dicom.examination import examine
from viewer.formats.dicom.pixel_bytes import encapsulated_bytes


def bytes_of(path: Path) -> int:
    """Return the bytes of all frames, padded to an even number each."""
    dataset = pydicom.dcmread(path)
    count = int(dataset.NumberOfFrames)
    frames = generate_frames(dataset.PixelData, number_of_frames=count)
    return sum(len(frame) + len(frame) % 2 for frame in frames)


@pytest.mark.parametrize("offsets", ["basic", "extended", "none"])
def test_the_bytes_are_those_of_all_frames(offsets: Any, tmp_path: Path) -> None:
    for path in write_slide(tmp_path, syntax="jpeg", offsets=offsets):
        examined = examine(path)
        assert examined.instance is not None
        found = encapsulated_bytes(examined.header, examined.instance.frames)
        assert found == bytes_of(path)


def test_a_tiff_side_behind_the_frames_is_none_of_them(tmp_path: Path) -> None:
    path = write_slide(tmp_path, syntax="jpeg")[0]
    before = encapsulated_bytes(examine(path).header, 12)
    add_tiff_side(path)
    found = encapsulated_bytes(examine(path).header, 12)
    assert found is not None
    assert before is not None
    assert 0 <= found - before <= 16  # the header of the trailing element


def test_what_is_not_encapsulated_is_not_told(tmp_path: Path) -> None:
    header = examine(write_slide(tmp_path)[0]).header
    assert encapsulated_bytes(header, 12) is None


def test_a_file_that_is_gone_is_not_told(tmp_path: Path) -> None:
    path = write_slide(tmp_path, syntax="jpeg")[0]
    header = examine(path).header
    path.unlink()
    assert encapsulated_bytes(header, 12) is None
