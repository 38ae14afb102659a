"""The TIFF side of generated dual-personality files."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
import tifffile

from tests.dual_side import add_tiff_side
from tests.formats.tiff.whole import opened, whole
from tests.synthetic import write_slide
from viewer.formats import OpenOptions, open_slides
from viewer.slide.errors import UnsupportedFile
from viewer.slide.model import stored_levels


def dual_folder(folder: Path, **how: object) -> list[Path]:
    """Write a slide of three levels, each a file of two personalities."""
    files = write_slide(folder, size=(600, 500), tile=(128, 128), **how)
    for file in files:
        add_tiff_side(file)
    return files


@pytest.mark.parametrize("syntax", ["uncompressed", "jpeg", "jpeg2000"])
def test_both_sides_show_one_slide(tmp_path: Path, syntax: str) -> None:
    files = dual_folder(tmp_path, syntax=syntax)
    with opened(files[0]) as dicom, opened(files[0], "tiff") as tiff:
        assert (dicom.format, tiff.format) == ("dicom", "tiff")
        assert len(stored_levels(tiff)) == len(stored_levels(dicom)) == 3
        for level in range(3):
            assert np.array_equal(whole(tiff, level), whole(dicom, level))
        assert set(tiff.associated) == set(dicom.associated) == {"label", "overview"}
        for role, image in tiff.associated.items():
            assert np.array_equal(image.read(), dicom.associated[role].read())
        assert tiff.levels[0].spacing == pytest.approx(dicom.levels[0].spacing)
        for slide in (tiff, dicom):
            assert set(slide.personalities()) == {"dicom", "tiff"}


@pytest.mark.gotcha(80)
def test_content_decides_whatever_the_name(tmp_path: Path) -> None:
    files = dual_folder(tmp_path, levels=1, label=False, overview=False)
    named = files[0].rename(tmp_path / "slide.tif")
    with opened(named) as slide:
        assert slide.format == "dicom"
    with opened(named, "tiff") as slide:
        assert slide.format == "tiff"


def test_tifffile_reads_what_the_generator_writes(tmp_path: Path) -> None:
    """Or else the tests above would prove one mistake by another."""
    files = dual_folder(tmp_path, levels=1, label=False, overview=False)
    with opened(files[0]) as slide:
        assert np.array_equal(tifffile.imread(files[0]), whole(slide))


@pytest.mark.parametrize("syntax", ["uncompressed", "jpeg"])
def test_an_edited_file_is_stale_on_its_tiff_side_only(
    tmp_path: Path, syntax: str
) -> None:
    (file,) = dual_folder(
        tmp_path, syntax=syntax, levels=1, label=False, overview=False
    )
    dataset = pydicom.dcmread(file)
    dataset.PatientComments = "longer than it was"
    dataset.save_as(file)
    # The directory still stands where the header says: only tiles have moved.
    content = bytearray(file.read_bytes())
    moved = content.rfind(b"\xfc\xff\xfc\xff") + 12
    content[4:8] = moved.to_bytes(4, "little")
    file.write_bytes(content)
    with opened(file) as slide:
        assert slide.format == "dicom"
    with pytest.raises(UnsupportedFile, match="the TIFF side is stale: "):
        open_slides([file], OpenOptions(personality="tiff"))


def test_a_broken_dicom_side_leaves_the_tiff_side(tmp_path: Path) -> None:
    (file,) = dual_folder(tmp_path, levels=1, label=False, overview=False)
    with opened(file, "tiff") as slide:
        before = whole(slide)
    content = bytearray(file.read_bytes())
    content[132:400] = bytes(268)
    file.write_bytes(content)
    with opened(file, "tiff") as slide:
        assert np.array_equal(whole(slide), before)


def test_two_slides_in_a_folder_stay_two(tmp_path: Path) -> None:
    for name in ("first", "second"):
        dual_folder(tmp_path, name=name, levels=2, label=False, overview=False)
    found = open_slides([tmp_path], OpenOptions(personality="tiff"))
    try:
        assert [len(stored_levels(slide)) for slide in found.slides] == [2, 2]
    finally:
        for slide in found.slides:
            slide.close()
