"""The DICOM writer, read back by pydicom, OpenSlide and dciodvfy."""

import shutil
import struct
import subprocess
import tracemalloc
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import openslide
import pytest
import simplejpeg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ImageCms
from pydicom import Dataset, dcmread
from pydicom.encaps import generate_frames, parse_basic_offsets

from viewer.formats.dicom import writing
from viewer.formats.dicom.description import (
    JPEG_2000,
    JPEG_BASELINE,
    UNCOMPRESSED,
    ImageDescription,
    SlideDescription,
)
from viewer.formats.dicom.optics import OpticalPathDescription
from viewer.formats.dicom.specimen import SpecimenDescription
from viewer.formats.dicom.writing import fixed_uid, write_image
from viewer.slide.errors import SlideError
from viewer.slide.geometry import Size, Spacing

SLIDE = SlideDescription(
    container_identifier="C-1",
    specimen=SpecimenDescription(
        identifier="S-1", uid=fixed_uid("specimen"), words="made for a test, µ"
    ),
    optics=OpticalPathDescription(
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        objective_power=40.0,
    ),
    series_words="test",
    study_uid=fixed_uid("study"),
    series_uid=fixed_uid("series"),
    frame_of_reference_uid=fixed_uid("frame of reference"),
    pyramid_uid=fixed_uid("pyramid"),
    dimension_organization_uid=fixed_uid("dimension"),
    acquired=datetime(2024, 2, 29, 23, 59, 58),  # noqa: DTZ001  local, invented
    manufacturer="Nobody",
    model="None",
    serial_number="0",
    software="0",
    patient_name="Doe^Jane",
    patient_identifier="P-1",
    label_text="TEST LABEL",
    barcode="0123",
)


def image(**changes: Any) -> ImageDescription:
    plain: dict[str, Any] = {
        "role": "VOLUME",
        "size": Size(600, 400),
        "tile_size": Size(256, 256),
        "spacing": Spacing(0.0005, 0.00025),
        "sop_instance_uid": fixed_uid("instance"),
        "instance_number": 1,
        "transfer_syntax": JPEG_BASELINE,
        "photometric": "YBR_FULL_422",
        "origin": (20.0, 50.0),
    }
    return ImageDescription(**(plain | changes))


def one_row(frames: int, **changes: Any) -> ImageDescription:
    return image(size=Size(frames * 16, 16), tile_size=Size(16, 16), **changes)


def jpegs(count: int) -> list[bytes]:
    random = np.random.default_rng(7)
    tiles = random.integers(0, 255, (count, 256, 256, 3), np.uint8)
    return [simplejpeg.encode_jpeg(tile, 80, "RGB", "420") for tile in tiles]


def items(path: Path) -> list[tuple[int, bytes]]:
    """Return position (from the first item behind the table) and value of each item."""
    data = path.read_bytes()
    start = data.index(b"\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff") + 12
    found: list[tuple[int, bytes]] = []
    position, first = start, None
    while data[position : position + 4] == b"\xfe\xff\x00\xe0":
        (length,) = struct.unpack_from("<I", data, position + 4)
        if position > start:
            first = position if first is None else first
            value = data[position + 8 : position + 8 + length]
            found.append((position - first, value))
        position += 8 + length
    assert data[position:] == b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"
    return found


def padded(frame: bytes) -> bytes:
    return frame + bytes(len(frame) % 2)


def test_frames_come_back_bit_for_bit(tmp_path: Path) -> None:
    frames = jpegs(6)
    write_image(tmp_path / "a.dcm", SLIDE, image(), frames)
    dataset = dcmread(tmp_path / "a.dcm")
    read = list(generate_frames(dataset.PixelData, number_of_frames=6))
    assert read == [padded(frame) for frame in frames]
    assert [value for _, value in items(tmp_path / "a.dcm")] == read


@given(
    frames=st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=12),
    limit=st.integers(1, 400),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_table_says_where_each_item_lies(
    tmp_path: Path, frames: list[bytes], limit: int
) -> None:
    path = tmp_path / "a.dcm"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "BASIC_TABLE_LIMIT", limit)
        patch.setattr(writing, "MOVE_BYTES", 7)
        write_image(path, SLIDE, one_row(len(frames)), frames)
    found = items(path)
    assert [value for _, value in found] == [padded(frame) for frame in frames]
    dataset = dcmread(path)
    positions = [position for position, _ in found]
    if positions[-1] < limit:
        assert "ExtendedOffsetTable" not in dataset
        assert parse_basic_offsets(dataset.PixelData) == positions
    else:
        count = len(frames)
        offsets = struct.unpack(f"<{count}Q", dataset.ExtendedOffsetTable)
        lengths = struct.unpack(f"<{count}Q", dataset.ExtendedOffsetTableLengths)
        assert parse_basic_offsets(dataset.PixelData) == []
        assert list(offsets) == positions
        assert list(lengths) == [len(frame) for frame in frames]


def test_a_hundred_thousand_frames(tmp_path: Path) -> None:
    count = 100_000
    frames = (struct.pack("<I", number) for number in range(count))
    description = image(size=Size(16 * 1000, 16 * 100), tile_size=Size(16, 16))
    write_image(tmp_path / "a.dcm", SLIDE, description, frames)
    dataset = dcmread(tmp_path / "a.dcm")
    assert dataset.NumberOfFrames == count
    offsets = parse_basic_offsets(dataset.PixelData)
    assert offsets == list(range(0, 12 * count, 12))
    assert dataset.PixelData[-4:] == struct.pack("<I", count - 1)


def test_frames_are_not_collected_in_memory(tmp_path: Path) -> None:
    frames = (bytes([number]) * 2**20 for number in range(64))
    tracemalloc.start()
    try:
        write_image(tmp_path / "a.dcm", SLIDE, one_row(64), frames)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (tmp_path / "a.dcm").stat().st_size > 64 * 2**20
    assert peak < 16 * 2**20


def test_uncompressed_samples_come_back(tmp_path: Path) -> None:
    samples = np.random.default_rng(1).integers(0, 255, (2, 17, 15, 3), np.uint8)
    description = image(
        size=Size(30, 17),
        tile_size=Size(15, 17),
        transfer_syntax=UNCOMPRESSED,
        photometric="RGB",
    )
    frames = [frame.tobytes() for frame in samples]
    write_image(tmp_path / "a.dcm", SLIDE, description, frames)
    dataset = dcmread(tmp_path / "a.dcm")
    np.testing.assert_array_equal(dataset.pixel_array, samples)
    assert dataset.LossyImageCompression == "00"
    assert "LossyImageCompressionRatio" not in dataset


def test_uncompressed_samples_of_odd_number_are_padded(tmp_path: Path) -> None:
    description = image(
        size=Size(5, 3),
        tile_size=Size(5, 3),
        transfer_syntax=UNCOMPRESSED,
        photometric="RGB",
    )
    write_image(tmp_path / "a.dcm", SLIDE, description, [bytes(range(45))])
    assert dcmread(tmp_path / "a.dcm").PixelData == bytes(range(45)) + b"\0"


def test_lossy_compression_is_admitted(tmp_path: Path) -> None:
    frames = jpegs(6)
    write_image(tmp_path / "a.dcm", SLIDE, image(), frames)
    dataset = dcmread(tmp_path / "a.dcm")
    ratio = 6 * 256 * 256 * 3 / sum(len(frame) for frame in frames)
    assert dataset.LossyImageCompression == "01"
    assert dataset.LossyImageCompressionMethod == "ISO_10918_1"
    assert float(dataset.LossyImageCompressionRatio) == pytest.approx(ratio, rel=1e-6)


@pytest.mark.parametrize("length", [1, 3, 700_000])
def test_any_compression_ratio_fits_the_header(tmp_path: Path, length: int) -> None:
    description = image(
        size=Size(2**15, 2**15), tile_size=Size(2**15, 2**15), transfer_syntax=JPEG_2000
    )
    write_image(tmp_path / "a.dcm", SLIDE, description, [bytes(length)])
    ratio = float(dcmread(tmp_path / "a.dcm").LossyImageCompressionRatio)
    assert ratio == pytest.approx(3 * 2**30 / length, rel=1e-6)


def test_attributes_say_what_the_description_does(tmp_path: Path) -> None:
    write_image(tmp_path / "a.dcm", SLIDE, image(resampled=True), jpegs(6))
    dataset = dcmread(tmp_path / "a.dcm")
    shared = dataset.SharedFunctionalGroupsSequence[0]
    assert list(dataset.ImageType) == ["DERIVED", "PRIMARY", "VOLUME", "RESAMPLED"]
    assert (dataset.TotalPixelMatrixColumns, dataset.TotalPixelMatrixRows) == (600, 400)
    assert (dataset.Columns, dataset.Rows, dataset.NumberOfFrames) == (256, 256, 6)
    # Row spacing first: the distance along y.
    spacing = [float(each) for each in shared.PixelMeasuresSequence[0].PixelSpacing]
    assert spacing == [0.00025, 0.0005]
    assert dataset.ImagedVolumeWidth == pytest.approx(0.3)
    assert dataset.ImagedVolumeHeight == pytest.approx(0.1)
    origin = dataset.TotalPixelMatrixOriginSequence[0]
    assert origin.XOffsetInSlideCoordinateSystem == 20
    assert origin.YOffsetInSlideCoordinateSystem == 50
    path = dataset.OpticalPathSequence[0]
    assert path.ICCProfile.startswith(SLIDE.optics.icc_profile)
    assert path.ObjectiveLensPower == 40
    assert dataset.DimensionOrganizationType == "TILED_FULL"
    specimen = dataset.SpecimenDescriptionSequence[0]
    assert specimen.SpecimenDetailedDescription == "made for a test, µ"
    assert dataset.AcquisitionDateTime == "20240229235958"


def test_a_label_carries_its_text(tmp_path: Path) -> None:
    description = one_row(1, role="LABEL", burned_in_annotation=True)
    write_image(tmp_path / "a.dcm", SLIDE, description, [b"12"])
    dataset = dcmread(tmp_path / "a.dcm")
    assert dataset.LabelText == "TEST LABEL"
    assert dataset.BarcodeValue == "0123"
    assert dataset.SpecimenLabelInImage == "YES"
    assert dataset.BurnedInAnnotation == "YES"
    assert "PyramidUID" not in dataset


def test_openslide_reads_the_pixels(tmp_path: Path) -> None:
    frames = jpegs(6)
    write_image(tmp_path / "a.dcm", SLIDE, image(), frames)
    with openslide.OpenSlide(tmp_path / "a.dcm") as slide:
        assert slide.dimensions == (600, 400)
        read = np.asarray(slide.read_region((256, 0), 0, (256, 256)))[..., :3]
    truth = simplejpeg.decode_jpeg(frames[1], "RGB")
    assert np.abs(read.astype(int) - truth).max() <= 2


@pytest.mark.parametrize("role", ["VOLUME", "LABEL", "OVERVIEW", "THUMBNAIL"])
@pytest.mark.parametrize("syntax", [JPEG_BASELINE, UNCOMPRESSED])
def test_dciodvfy_finds_no_error(tmp_path: Path, role: str, syntax: str) -> None:
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (dicom3tools) is not installed")
    raw = syntax == UNCOMPRESSED
    description = image(
        role=role,
        size=Size(256, 256),
        transfer_syntax=syntax,
        photometric="RGB" if raw else "YBR_FULL_422",
    )
    path = tmp_path / "a.dcm"
    write_image(path, SLIDE, description, [bytes(256 * 256 * 3)] if raw else jpegs(1))
    report = subprocess.run(
        ["dciodvfy", "-new", path], capture_output=True, text=True, check=False
    )
    lines = (report.stdout + report.stderr).splitlines()
    assert "VLWholeSlideMicroscopyImage" in lines
    assert [line for line in lines if line.startswith("Error")] == []


@pytest.mark.parametrize(
    ("frames", "sentence"),
    [
        ([b"12"] * 5, r"5 frames; expected 6"),
        ([b"12"] * 7, r"more frames than the 6 expected"),
        ([b"12", b""], r"frame 2 has 0 bytes; expected 1 to 4294967293 \(PS3.5 A.4\)"),
    ],
)
def test_frames_that_do_not_fit_leave_nothing(
    tmp_path: Path, frames: list[bytes], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        write_image(tmp_path / "a.dcm", SLIDE, image(), frames)
    assert list(tmp_path.iterdir()) == []


def test_samples_of_the_wrong_length_are_refused(tmp_path: Path) -> None:
    description = one_row(1, transfer_syntax=UNCOMPRESSED, photometric="RGB")
    with pytest.raises(ValueError, match=r"frame 1 has 767 bytes; expected 768"):
        write_image(tmp_path / "a.dcm", SLIDE, description, [bytes(767)])
    assert list(tmp_path.iterdir()) == []


def test_uncompressed_pixels_beyond_the_length_field_are_refused(
    tmp_path: Path,
) -> None:
    description = image(
        size=Size(40_000, 40_000), transfer_syntax=UNCOMPRESSED, photometric="RGB"
    )
    sentence = (
        r"a\.dcm: uncompressed Pixel Data has 4846190592 bytes; expected 4294967294 "
        r"at most, or a compressed transfer syntax\."
    )
    with pytest.raises(SlideError, match=sentence):
        write_image(tmp_path / "a.dcm", SLIDE, description, [])
    assert list(tmp_path.iterdir()) == []


def test_what_stops_the_frames_passes_through_and_leaves_the_old_file(
    tmp_path: Path,
) -> None:
    def broken() -> Iterator[bytes]:
        yield b"12"
        raise OSError("the source went away")

    (tmp_path / "a.dcm").write_bytes(b"old")
    with pytest.raises(OSError, match=r"^the source went away$"):
        write_image(tmp_path / "a.dcm", SLIDE, image(), broken())
    assert [each.name for each in tmp_path.iterdir()] == ["a.dcm"]
    assert (tmp_path / "a.dcm").read_bytes() == b"old"


def test_a_file_that_is_there_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_bytes(b"old")
    write_image(tmp_path / "a.dcm", SLIDE, one_row(1), [b"12"])
    assert isinstance(dcmread(tmp_path / "a.dcm"), Dataset)


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="no limits of file size here")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    sentence = (
        r"a\.dcm: the file cannot be written: .+; "
        r"expected a folder that may be written to, with space left\."
    )
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        with pytest.raises(SlideError, match=sentence):
            write_image(tmp_path / "a.dcm", SLIDE, one_row(9), [bytes(50_000)] * 9)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    sentence = r"none.a\.dcm: the file cannot be written: No such file or directory;"
    with pytest.raises(SlideError, match=sentence):
        write_image(tmp_path / "none" / "a.dcm", SLIDE, one_row(1), [b"12"])


def test_fixed_uids_depend_on_the_words_only() -> None:
    assert fixed_uid("a", "b") == fixed_uid("a", "b")
    assert fixed_uid("a", "b") != fixed_uid("a", "c")
    assert len(fixed_uid("a" * 1000)) <= 64


def test_a_file_is_whole_without_a_second_look(tmp_path: Path) -> None:
    write_image(tmp_path / "a.dcm", SLIDE, one_row(2), [b"1", b"22"])
    data = (tmp_path / "a.dcm").read_bytes()
    whole = dcmread(BytesIO(data), force=False)
    assert whole.file_meta.FileMetaInformationGroupLength > 0
    assert whole.file_meta.MediaStorageSOPInstanceUID == whole.SOPInstanceUID
    assert data[:128] == bytes(128)
