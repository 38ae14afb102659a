"""Palette Color Lookup Tables, against pydicom's own look-up."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.pixels.processing import apply_color_lut
from pydicom.uid import UID

from viewer.formats.dicom.palette import read_palette
from viewer.slide.errors import BrokenFile

NAMES = ("Red", "Green", "Blue")


def described(
    tables: tuple[bytes, bytes, bytes],
    count: int,
    first: int = 0,
    bits: int = 8,
    segmented: str = "",
) -> Dataset:
    """Return a data set with a palette."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2.1")
    dataset.BitsAllocated = 8
    dataset.PixelRepresentation = 0
    for name, table in zip(NAMES, tables, strict=True):
        keyword = f"{name}PaletteColorLookupTable"
        setattr(dataset, f"{keyword}Descriptor", [count, first, bits])
        dataset[f"{keyword}Descriptor"].VR = "US"
        setattr(dataset, f"{segmented}{keyword}Data", table)
    return dataset


def colors(
    dataset: Dataset, *, signed: bool = False, big_endian: bool = False
) -> tuple[int, NDArray[np.uint8]]:
    """Return the first sample and the colors as RGB."""
    found = read_palette(dataset, "x.dcm", signed=signed, big_endian=big_endian)
    assert found is not None
    bgrx = np.frombuffer(found.colors, np.uint8).reshape(-1, 4)
    assert (bgrx[:, 3] == 255).all()
    return found.first, bgrx[:, 2::-1]


def ramps(count: int, kind: str) -> tuple[bytes, bytes, bytes]:
    top = np.iinfo(np.dtype(kind)).max
    up = np.linspace(0, top, count).round().astype(kind)
    return up.tobytes(), up[::-1].tobytes(), (up // 2).astype(kind).tobytes()


@pytest.mark.parametrize(("kind", "bits"), [("<u1", 8), ("<u2", 16)])
def test_tables_are_those_of_pydicom(kind, bits):
    dataset = described(ramps(256, kind), 256, bits=bits)
    theirs = apply_color_lut(np.arange(256, dtype=np.uint8), dataset)
    first, ours = colors(dataset)
    assert first == 0
    assert np.array_equal(ours, theirs >> (bits - 8))


def test_bytes_in_words_and_words_that_are_bytes_are_told_by_their_length():
    tables = ramps(256, "<u1")
    plain = colors(described(tables, 256))[1]
    widened = tuple(
        np.frombuffer(table, np.uint8).astype("<u2").tobytes() for table in tables
    )
    assert np.array_equal(colors(described(widened, 256))[1], plain)  # type: ignore[arg-type]
    assert np.array_equal(colors(described(tables, 256, bits=16))[1], plain)


def test_big_endian_words_are_swapped():
    tables = ramps(256, "<u1")
    swapped = tuple(np.frombuffer(t, "<u2").byteswap().tobytes() for t in tables)
    plain = colors(described(tables, 256))[1]
    found = colors(described(swapped, 256), big_endian=True)[1]  # type: ignore[arg-type]
    assert np.array_equal(found, plain)


def test_odd_table_is_padded():
    tables = tuple(bytes([10, 20, 30, 0]) for _ in NAMES)
    assert colors(described(tables, 3))[1].tolist() == [  # type: ignore[arg-type]
        [10] * 3,
        [20] * 3,
        [30] * 3,
    ]


@pytest.mark.parametrize(
    ("signed", "first", "expected"),
    [(False, 0xFFF0, 0xFFF0), (True, 0xFFF0, -16), (True, 16, 16)],
)
def test_first_sample_counts_as_the_samples_do(signed, first, expected):
    dataset = described(ramps(4, "<u1"), 4, first=first)
    assert colors(dataset, signed=signed)[0] == expected


def test_descriptor_of_no_entries_means_65536():
    dataset = described(ramps(65536, "<u2"), 0, bits=16)
    assert len(colors(dataset)[1]) == 65536


def test_palette_of_an_optical_path_is_taken():
    holder = described(ramps(4, "<u1"), 4)
    dataset, path = Dataset(), Dataset()
    path.PaletteColorLookupTableSequence = [holder]
    dataset.OpticalPathSequence = [Dataset(), path]
    assert np.array_equal(colors(dataset)[1], colors(holder)[1])
    found = read_palette(Dataset(), "x.dcm", signed=False, big_endian=False)
    assert found is None


def words(*numbers: int) -> bytes:
    return np.array(numbers, "<u2").tobytes()


SEGMENTS: dict[str, tuple[bytes, int, int]] = {
    "discrete": (words(0, 3, 100, 65535, 0), 3, 16),
    "linear": (words(0, 1, 0, 1, 255, 65535), 256, 16),
    "down": (words(0, 1, 65535, 1, 4, 0, 1, 4, 65535), 9, 16),
    "indirect": (words(0, 2, 5000, 60000, 1, 3, 0, 2, 2, 0, 0), 10, 16),
    "bytes": (bytes([0, 2, 5, 250, 1, 3, 0, 2, 2, 0, 0, 0, 0, 0]), 10, 8),
}


@pytest.mark.parametrize("kind", SEGMENTS)
def test_segments_expand_as_pydicom_expands_them(kind):
    data, count, bits = SEGMENTS[kind]
    dataset = described((data, data, data), count, bits=bits, segmented="Segmented")
    ours = colors(dataset)[1]
    theirs = apply_color_lut(np.arange(count, dtype=np.uint8), dataset)
    assert np.array_equal(ours, theirs >> (bits - 8))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (words(1, 4, 9), "the segmented palette begins with a linear segment"),
        (words(7, 4, 9), "the segmented palette is damaged at its entry 1"),
        (words(0, 9, 9), "the segmented palette is damaged at its entry 1"),
        (
            words(0, 1, 9, 2, 1, 900, 0),
            "the segmented palette is damaged at its entry 451",
        ),
        (words(0, 1, 9, 2, 1, 6, 0), "the segmented palette is damaged at its entry 4"),
        (words(0, 2, 1, 2), "the red palette has 2 entries, expected 4"),
        (
            words(0, 1, 9, *(1, 65535, 0) * 50),
            "the red palette has 65536 entries, expected 4",
        ),
        (
            words(0, 1, 9, 2, 65535, 0, 0),
            "the segmented palette is damaged at its entry 4",
        ),
    ],
)
def test_segments_that_cannot_be_are_a_sentence(data, sentence):
    dataset = described((data, data, data), 4, bits=16, segmented="Segmented")
    with pytest.raises(BrokenFile) as caught:
        colors(dataset)
    assert str(caught.value) == f"x.dcm: {sentence}."


def _without_green(dataset: Dataset) -> None:
    del dataset.GreenPaletteColorLookupTableData


def _short_blue(dataset: Dataset) -> None:
    dataset.BluePaletteColorLookupTableData = b"\1\2"


def _other_first(dataset: Dataset) -> None:
    dataset.BluePaletteColorLookupTableDescriptor = [4, 9, 8]


def _of_12_bits(dataset: Dataset) -> None:
    dataset.RedPaletteColorLookupTableDescriptor = [4, 0, 12]


def _of_one_number(dataset: Dataset) -> None:
    dataset.RedPaletteColorLookupTableDescriptor = 4


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (_without_green, "the green palette has no data"),
        (_short_blue, "the blue palette has 1 entries, expected 4"),
        (
            _other_first,
            "the palettes of red, green and blue differ in their first sample or their"
            " length, expected one of each",
        ),
        (
            _of_12_bits,
            "RedPaletteColorLookupTableDescriptor says 12 bits an entry, expected 8 or"
            " 16",
        ),
        (
            _of_one_number,
            "RedPaletteColorLookupTableDescriptor is not three numbers",
        ),
    ],
)
def test_damaged_palette_is_a_sentence(damage: Any, sentence: str) -> None:
    dataset = described(ramps(4, "<u1"), 4)
    damage(dataset)
    with pytest.raises(BrokenFile) as caught:
        colors(dataset)
    assert str(caught.value) == f"x.dcm: {sentence}."
