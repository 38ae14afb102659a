"""Makes DICOM files TIFF files too, as PixelMed does: one directory at the end."""

import struct
from pathlib import Path
from typing import Final

import pydicom
from pydicom.uid import JPEG2000, JPEG2000Lossless, JPEGBaseline8Bit

_LONG: Final = 4
_SHORT: Final = 3
_RATIONAL: Final = 5
_UNDEFINED: Final = 7
_ITEM: Final = b"\xfe\xff\x00\xe0"
_COMPRESSIONS: Final = {JPEGBaseline8Bit: 7, JPEG2000: 33005, JPEG2000Lossless: 33005}
_PHOTOMETRICS: Final = {"MONOCHROME1": 0, "MONOCHROME2": 1, "RGB": 2}


def add_tiff_side(path: Path) -> None:
    """Append the directory of a TILED_FULL file in Data Set Trailing Padding.

    Little endian, encapsulated with one fragment a frame, or uncompressed.
    """
    content = bytearray(path.read_bytes())
    dataset = pydicom.dcmread(path)
    places = _places(bytes(content), dataset)
    measures = dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    vertical, across = (round(10 / float(mm) * 1000) for mm in measures.PixelSpacing)
    color = dataset.SamplesPerPixel == 3
    tags = [
        (256, _LONG, [dataset.TotalPixelMatrixColumns]),
        (257, _LONG, [dataset.TotalPixelMatrixRows]),
        (258, _SHORT, [dataset.BitsAllocated] * dataset.SamplesPerPixel),
        (259, _SHORT, [_COMPRESSIONS.get(dataset.file_meta.TransferSyntaxUID, 1)]),
        (262, _SHORT, [_PHOTOMETRICS.get(dataset.PhotometricInterpretation, 6)]),
        (277, _SHORT, [dataset.SamplesPerPixel]),
        (282, _RATIONAL, [across, 1000]),
        (283, _RATIONAL, [vertical, 1000]),
        (284, _SHORT, [1]),
        (296, _SHORT, [3]),
        (322, _LONG, [dataset.Columns]),
        (323, _LONG, [dataset.Rows]),
        (324, _LONG, [offset for offset, _ in places]),
        (325, _LONG, [length for _, length in places]),
    ]
    assert color or dataset.SamplesPerPixel == 1
    profile = dataset.OpticalPathSequence[0].get("ICCProfile")
    if profile:
        tags.append((34675, _UNDEFINED, list(profile)))
    if len(content) % 2:
        content.append(0)
    start = len(content) + 12
    directory = _directory(tags, start)
    content += b"\xfc\xff\xfc\xffOB\0\0" + struct.pack("<I", len(directory))
    content += directory
    content[:128] = (b"II*\0" + struct.pack("<I", start)).ljust(128, b"\0")
    path.write_bytes(content)


def _places(content: bytes, dataset: pydicom.Dataset) -> list[tuple[int, int]]:
    """Return offset and length of each frame."""
    if not dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        samples = bytes(dataset.PixelData)
        first = content.find(samples)
        length = len(samples) // int(dataset.NumberOfFrames)
        return [
            (first + number * length, length)
            for number in range(int(dataset.NumberOfFrames))
        ]
    place = content.find(b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff") + 12
    found: list[tuple[int, int]] = []
    while content[place : place + 4] == _ITEM:
        (length,) = struct.unpack_from("<I", content, place + 4)
        found.append((place + 8, length))
        place += 8 + length
    return found[1:]  # the first item is the Basic Offset Table


def _directory(tags: list[tuple[int, int, list[int]]], start: int) -> bytes:
    """Return a directory that begins at `start` in the file, values behind it."""
    entries, behind = b"", b""
    values = start + 2 + 12 * len(tags) + 4
    for code, kind, numbers in tags:
        form = {_SHORT: "H", _UNDEFINED: "B"}.get(kind, "I")
        data = struct.pack(f"<{len(numbers)}{form}", *numbers)
        count = len(numbers) // 2 if kind == _RATIONAL else len(numbers)
        if len(data) > 4:
            place = struct.pack("<I", values + len(behind))
            behind += data + bytes(len(data) % 2)
        else:
            place = data.ljust(4, b"\0")
        entries += struct.pack("<HHI", code, kind, count) + place
    return struct.pack("<H", len(tags)) + entries + bytes(4) + behind
