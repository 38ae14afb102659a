"""Frames of real slides, against plain decodes that are told the color."""

from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.encaps import generate_frames

from tests.codecs.codestreams import difference
from viewer.codecs import FrameFormat, decoder_for
from viewer.slide.geometry import Size

pytestmark = pytest.mark.slides


def _instance(path: Path, count: int = 12) -> tuple[FrameFormat, list[bytes]]:
    """Return the format of an instance's frames and some of them."""
    dataset: Any = pydicom.dcmread(path)
    declared = FrameFormat(
        str(dataset.file_meta.TransferSyntaxUID),
        dataset.PhotometricInterpretation,
        Size(dataset.Columns, dataset.Rows),
        dataset.SamplesPerPixel,
        dataset.BitsAllocated,
        dataset.BitsStored,
    )
    number = int(dataset.NumberOfFrames)
    frames = list(generate_frames(dataset.PixelData, number_of_frames=number))
    return declared, frames[:: max(1, number // count)]


def _rgb(ycbcr: np.ndarray) -> np.ndarray:
    luma, blue, red = (ycbcr[..., at].astype(float) for at in range(3))
    planes = [
        luma + 1.402 * (red - 128),
        luma - 0.344136 * (blue - 128) - 0.714136 * (red - 128),
        luma + 1.772 * (blue - 128),
    ]
    return np.clip(np.round(np.stack(planes, -1)), 0, 255)


def test_jfif_frames_under_an_rgb_label_are_ycbcr(slides_folder: Path):
    path = slides_folder / "dual" / "bioformats-tcga-jpeg" / "tcga_0_0.dcm"
    declared, frames = _instance(path)
    assert declared.photometric == "RGB"
    decoder = decoder_for(declared, lambda: frames)
    for frame in frames:
        decoded = decoder.decode(frame)
        told = imagecodecs.jpeg8_decode(frame, colorspace="ycbcr", outcolorspace="rgb")
        assert difference(decoded.samples, told) <= 1
        assert decoded.damage is None
        assert decoded.finding is not None
        assert decoded.finding.code == "color-label"


def test_untransformed_frames_under_a_ybr_ict_label_are_ycbcr(slides_folder: Path):
    path = slides_folder / "dual" / "pixelmed-jp2k33003-ybr-ict-mct0" / "DCM_0"
    declared, frames = _instance(path)
    assert declared.photometric == "YBR_ICT"
    decoder = decoder_for(declared, lambda: frames)
    for frame in frames:
        decoded = decoder.decode(frame)
        told = _rgb(imagecodecs.jpeg2k_decode(frame))
        assert difference(decoded.samples, told) <= 1
        assert decoded.finding is not None
        assert decoded.finding.code == "color-guessed"


def test_frames_without_markers_under_an_rgb_label_are_rgb(slides_folder: Path):
    folder = slides_folder / "cmu-wsidicomizer-passthrough"
    volume = max(folder.glob("*.dcm"), key=lambda path: path.stat().st_size)
    declared, frames = _instance(volume)
    assert declared.photometric == "RGB"
    decoder = decoder_for(declared)
    for frame in frames:
        decoded = decoder.decode(frame)
        told = imagecodecs.jpeg8_decode(frame, colorspace="rgb", outcolorspace="rgb")
        assert difference(decoded.samples, told) <= 1
        assert decoded[1:] == (None, ())


def test_lossless_frames_equal_their_uncompressed_twins(slides_folder: Path):
    declared, frames = _instance(slides_folder / "google-triple" / "jpeg2000.dicom", 99)
    plain: Any = pydicom.dcmread(slides_folder / "google-triple" / "raw.dicom")
    twin = declared._replace(transfer_syntax=str(plain.file_meta.TransferSyntaxUID))
    length = len(plain.PixelData) // int(plain.NumberOfFrames)
    assert len(frames) == plain.NumberOfFrames
    for number, frame in enumerate(frames):
        native = plain.PixelData[number * length : (number + 1) * length]
        assert np.array_equal(
            decoder_for(declared).decode(frame).samples,
            decoder_for(twin).decode(native).samples,
        )


@pytest.mark.parametrize(
    ("path", "finding"),
    [
        ("camelyon/jpeg.dcm", None),
        ("camelyon/jpeg2000.dcm", None),
        ("dcmtk/fragmented-1k.dcm", None),
        ("dual/pixelmed-jp2k33005/DCM_0", "color-label"),
        ("orthanc/pyramid/wsi-000000.dcm", "color-label"),
        ("orthanc/tiff-transcode/wsi-000000.dcm", None),
    ],
)
def test_real_frames_decode_without_damage(slides_folder: Path, path, finding):
    declared, frames = _instance(slides_folder / path)
    decoder = decoder_for(declared, lambda: frames)
    for frame in frames:
        decoded = decoder.decode(frame)
        assert decoded.samples.shape == (*declared.size[::-1], 4)
        assert decoded.damage is None
        assert (decoded.finding and decoded.finding.code) == finding
