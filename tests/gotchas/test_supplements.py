"""What the attributes leave out and the pixel data tell: shown, with a sentence."""

from pathlib import Path
from struct import pack
from typing import Any

import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import UID

from tests.formats.dicom.raw_files import element
from tests.gotchas.one_slide import (
    is_whole,
    one,
    refusal,
    replaced,
    told,
    without,
    written,
)

JPEG: dict[str, Any] = {
    "syntax": "jpeg",
    "size": (256, 256),
}  # flat tiles, hardly lossy
ROWS = element(0x00280010, b"US", pack("<H", 128))


@pytest.mark.gotcha(86)
def test_what_is_missing_is_taken_from_the_codestream(tmp_path: Path) -> None:
    gone = without(
        "Rows", "Columns", "SamplesPerPixel", "BitsAllocated",
        "PhotometricInterpretation",
    )  # fmt: skip
    with one(written(tmp_path, gone, **JPEG)) as slide:
        assert told(slide, "missing") == [
            "Samples per Pixel (3), Bits Allocated (8), Photometric Interpretation "
            "(YBR_FULL_422), Rows (128), Columns (128) are missing; taken from the "
            "codestream of the first frame."
        ]
        assert is_whole(slide, apart=3, **JPEG)


@pytest.mark.parametrize("syntax", ["jpeg2000", "jpeg2000-lossless"])
def test_rows_are_taken_from_jpeg_2000(tmp_path: Path, syntax: str) -> None:
    with one(written(tmp_path, without("Rows"), syntax=syntax)) as slide:
        assert told(slide, "missing") == [
            "Rows (128) is missing; taken from the codestream of the first frame."
        ]
        assert is_whole(slide, apart=12, syntax=syntax)


def test_a_number_that_is_none_counts_as_missing(tmp_path: Path) -> None:
    path = written(tmp_path, **JPEG)
    with one(replaced(path, ROWS, element(0x00280010, b"LO", b"many"))) as slide:
        assert told(slide, "metadata") == ["Rows is many, expected a number."]
        assert told(slide, "missing") == [
            "Rows (128) is missing; taken from the codestream of the first frame."
        ]
        assert is_whole(slide, apart=3, **JPEG)


def test_uncompressed_frames_need_rows_and_columns(tmp_path: Path) -> None:
    path = written(tmp_path, without("Rows"))
    assert refusal(path) == f"{path.name}: Rows is missing, expected 1 to 65535."


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, "Samples per Pixel (3), Bits Allocated (8), Photometric Interpretation "
             "(RGB)"),
        ({"photometric": "MONOCHROME2", "bits": 16}, "Samples per Pixel (1), Bits "
         "Allocated (16), Photometric Interpretation (MONOCHROME2)"),
        ({"photometric": "MONOCHROME2"}, "Samples per Pixel (1), Bits Allocated (8), "
         "Photometric Interpretation (MONOCHROME2)"),
    ],
)  # fmt: skip
def test_the_length_of_uncompressed_frames_tells_their_samples(
    tmp_path: Path, more: dict[str, Any], found: str
) -> None:
    gone = without("SamplesPerPixel", "BitsAllocated", "PhotometricInterpretation")
    path = written(tmp_path, **more)
    dataset = dcmread(path)
    pixels = dataset.PixelData
    gone(dataset)
    del dataset.PixelData
    dataset.save_as(path)
    tail = element(0x7FE00010, b"OW", pixels)
    path.write_bytes(path.read_bytes() + tail)
    with one(path) as slide:
        assert told(slide, "missing") == [
            f"{found} are missing; likely by the length of Pixel Data."
        ]
        assert is_whole(slide, **more)


@pytest.mark.parametrize(
    ("more", "source"),
    [
        (JPEG, "the offset table"),
        ({**JPEG, "offsets": "extended"}, "the offset table"),
        ({**JPEG, "offsets": "none"}, "the tiling"),
        ({"size": (256, 256)}, "the length of Pixel Data"),
    ],
)
def test_the_number_of_frames_is_counted(
    tmp_path: Path, more: dict[str, Any], source: str
) -> None:
    with one(written(tmp_path, without("NumberOfFrames"), **more)) as slide:
        assert told(slide, "missing") == [
            f"Number of Frames is missing; 4 by {source}."
        ]
        assert is_whole(slide, apart=3, **more)


def test_frames_that_nobody_knows_are_refused(tmp_path: Path) -> None:
    def mutate(dataset: Dataset) -> None:
        dataset.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2.4.100")

    path = written(tmp_path, mutate, **JPEG)
    replaced_all = path.read_bytes().replace(b"\xff\xd8", b"\0\0")
    path.write_bytes(replaced_all)
    assert refusal(path).startswith(f"{path.name}: ")
    assert "1.2.840.10008.1.2.4.100" in refusal(path) or "MPEG" in refusal(path)
