"""TIFF directories as attributes, against what was written and what tifffile says."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from tests.formats.dicom.raw_files import element, start
from viewer.formats.metadata import read_metadata, tiff_side, tiff_tags_json
from viewer.slide.errors import BrokenFile, UnsupportedFile
from viewer.slide.metadata import Attribute


def write_tiff(path: Path, **how: Any) -> None:
    pixels = np.zeros((96, 128, 3), np.uint8)
    with tifffile.TiffWriter(path, **how) as tiff:
        tiff.write(
            pixels,
            tile=(32, 32),
            photometric="rgb",
            compression="zlib",
            description="first line\nsecond line",
            resolution=(20000, 10000),
            resolutionunit="CENTIMETER",
            subifds=1,
            metadata=None,
        )
        tiff.write(pixels[::2, ::2], subfiletype=1, photometric="rgb", metadata=None)
        tiff.write(pixels[..., 0], photometric="minisblack", metadata=None)


def tags(node: Attribute) -> dict[str, Attribute]:
    return {each.keyword: each for each in node.children()}


@pytest.mark.parametrize("bigtiff", [False, True])
@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_tags_of_every_directory_are_named_and_in_words(
    tmp_path: Path, bigtiff: bool, byteorder: str
) -> None:
    path = tmp_path / "x.tif"
    write_tiff(path, bigtiff=bigtiff, byteorder=byteorder)
    root = read_metadata(path)
    order = "little" if byteorder == "<" else "big"
    assert root.value == f"{'BigTIFF' if bigtiff else 'TIFF'}, {order} endian"
    first, second = root.children()
    assert (first.name, first.value) == (
        "Directory 0", "128 x 96 pixels in tiles of 32 x 32",
    )  # fmt: skip
    assert (second.name, second.value) == ("Directory 1", "128 x 96 pixels")
    found = tags(first)
    assert found["ImageWidth"].value == "128"
    assert (found["ImageWidth"].tag, found["ImageWidth"].vm) == ("256", 1)
    assert found["BitsPerSample"].value == "8 8 8"
    assert (found["BitsPerSample"].vr, found["BitsPerSample"].vm) == ("SHORT", 3)
    assert found["Compression"].value == "8 (adobe deflate)"
    assert found["PhotometricInterpretation"].value == "2 (rgb)"
    assert found["ResolutionUnit"].value == "3 (centimeter)"
    assert found["XResolution"].value == "20000/1"
    assert found["YResolution"].path == "TIFF[0].YResolution"
    assert found["ImageDescription"].value == "first line second line"
    description = found["ImageDescription"].full
    assert description is not None
    assert description() == "first line\nsecond line"
    assert found["TileOffsets"].vm == 12
    below = [each for each in first.children() if each.has_children]
    assert [each.value for each in below] == ["64 x 48 pixels"]
    assert tags(below[0])["ImageWidth"].path == "TIFF[0].SubIFDs[0].ImageWidth"


def test_json_holds_code_type_count_and_value(tmp_path: Path) -> None:
    path = tmp_path / "x.tif"
    write_tiff(path)
    first, second = json.loads(tiff_tags_json(path))
    assert first["ImageLength"] == {
        "code": 257, "type": first["ImageLength"]["type"], "count": 1, "value": 96,
    }  # fmt: skip
    assert first["Compression"]["value"] == 8
    with tifffile.TiffFile(path) as tiff:
        offsets = list(tiff.pages.first.dataoffsets)
    assert first["TileOffsets"]["value"] == offsets
    assert second["SamplesPerPixel"]["value"] == 1
    assert [each["ImageWidth"]["value"] for each in first["directories"]] == [64]


def dual(folder: Path, length: int | None = None) -> Path:
    """Write a DICOM file whose preamble is a TIFF header, its directory behind."""
    dicom = start()[128:] + element(0x00100020, b"LO", b"ID")
    place = 4096  # of the padding's directory in the file
    before = place - 128 - len(dicom) - 12
    padding = element(0xFFFCFFFC, b"OB", bytes(before) + a_directory())
    header = b"II*\0" + (place + 8).to_bytes(4, "little") + bytes(120)
    path = folder / "dual.dcm"
    path.write_bytes((header + dicom + padding)[:length])
    return path


def a_directory() -> bytes:
    """Return the directory of a little-endian TIFF file, behind eight bytes."""
    entries = [(256, 128), (257, 96), (259, 7), (262, 6)]
    packed = b"".join(
        code.to_bytes(2, "little") + b"\4\0\1\0\0\0" + value.to_bytes(4, "little")
        for code, value in entries
    )
    return bytes(8) + len(entries).to_bytes(2, "little") + packed + bytes(4)


def test_tiff_side_comes_behind_the_dicom_attributes(tmp_path: Path) -> None:
    path = dual(tmp_path)
    nodes = read_metadata(path).children()
    assert [each.keyword or each.name for each in nodes] == [
        "TransferSyntaxUID", "Modality", "NumberOfFrames", "PatientID",
        "DataSetTrailingPadding", "TIFF directories",
    ]  # fmt: skip
    (directory,) = nodes[-1].children()
    assert {each.keyword: each.value for each in directory.children()} == {
        "ImageWidth": "128",
        "ImageLength": "96",
        "Compression": "7 (jpeg)",
        "PhotometricInterpretation": "6 (ycbcr)",
    }
    assert [each.value for each in tiff_side(path).children()] == ["128 x 96 pixels"]


def test_damaged_tiff_side_leaves_the_dicom_side_alone(tmp_path: Path) -> None:
    path = dual(tmp_path, length=2000)
    nodes = read_metadata(path).children()
    assert nodes[3].value == "ID"
    with pytest.raises(BrokenFile, match=r"dual\.dcm: there is no TIFF directory"):
        nodes[-1].children()
    with pytest.raises(BrokenFile):
        tiff_tags_json(path)


def test_file_without_a_tiff_side_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    path.write_bytes(start())
    for read in (tiff_side, tiff_tags_json):
        with pytest.raises(UnsupportedFile, match=r"x\.dcm is not a TIFF file\."):
            read(path)


@pytest.mark.slides
def test_real_dual_files_have_the_tags_that_tifffile_reads(
    slides_folder: Path,
) -> None:
    for path in sorted((slides_folder / "dual").glob("pixelmed-*/DCM_0")):
        told = json.loads(tiff_tags_json(path))
        with tifffile.TiffFile(path) as tiff:
            pages: list[Any] = list(tiff.pages)
            for page, found in zip(pages, told, strict=True):
                assert [each["code"] for each in found.values()] == [
                    tag.code for tag in page.tags
                ]
                assert found["ImageWidth"]["value"] == page.imagewidth
