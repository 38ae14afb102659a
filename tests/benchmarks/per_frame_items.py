"""A DICOM header with 100,000 per-frame items, for what reads metadata."""

import os
from io import BytesIO
from pathlib import Path
from struct import pack

from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.uid import UID, ExplicitVRLittleEndian, VLWholeSlideMicroscopyImageStorage

from tests.benchmarks.data import data_folder

ITEMS = 100_000
_DISTINCT = 1000
_COLUMNS = 400
_EDGE = 256


def header_file() -> Path:
    """Return the file, made once; it holds no pixel data."""
    path = data_folder() / "per-frame-items.dcm"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        making = path.with_suffix(f".{os.getpid()}")
        header = BytesIO()
        dcmwrite(header, _dataset(), enforce_file_format=True)
        encoded = [_encoded(number) for number in range(_DISTINCT)]
        items = b"".join(encoded) * (ITEMS // _DISTINCT)
        with making.open("wb") as file:
            file.write(header.getvalue())
            file.write(b"\x00\x52\x30\x92SQ\0\0" + pack("<I", len(items)) + items)
        making.rename(path)
    return path


def _encoded(number: int) -> bytes:
    item = _of(
        FrameContentSequence=[
            _of(DimensionIndexValues=[number // _COLUMNS + 1, number % _COLUMNS + 1])
        ],
        PlanePositionSlideSequence=[
            _of(
                XOffsetInSlideCoordinateSystem=f"{20 - number * 0.001:.6f}",
                YOffsetInSlideCoordinateSystem=f"{40 - number * 0.001:.6f}",
                ZOffsetInSlideCoordinateSystem="0",
                ColumnPositionInTotalImagePixelMatrix=number % _COLUMNS * _EDGE + 1,
                RowPositionInTotalImagePixelMatrix=number // _COLUMNS * _EDGE + 1,
            )
        ],
        OpticalPathIdentificationSequence=[_of(OpticalPathIdentifier="0")],
    )
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_dataset(buffer, item)
    content = buffer.getvalue()
    return b"\xfe\xff\x00\xe0" + pack("<I", len(content)) + content


def _dataset() -> Dataset:
    dataset = _of(
        SOPClassUID=VLWholeSlideMicroscopyImageStorage,
        SOPInstanceUID=UID("1.2.826.0.1.3680043.8.498.7"),
        ImageType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"],
        Modality="SM",
        NumberOfFrames=ITEMS,
        TotalPixelMatrixColumns=_COLUMNS * _EDGE,
        TotalPixelMatrixRows=ITEMS // _COLUMNS * _EDGE,
        Rows=_EDGE,
        Columns=_EDGE,
        DimensionOrganizationType="TILED_SPARSE",
    )
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return dataset


def _of(**attributes: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset
