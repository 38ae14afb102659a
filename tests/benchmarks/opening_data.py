"""Slides for the opening benchmark: many frames, told of in every way there is.

Written once, without the program; see `data` for where they are kept. What a frame
shows does not matter here: a few codestreams are repeated.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from struct import pack
from typing import Any, ClassVar, Literal

import numpy as np
from pydicom import Dataset, dcmwrite
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.uid import UID

from tests.benchmarks.data import data_folder
from tests.benchmarks.levels import LevelShape, level_dataset
from tests.benchmarks.textures import TileSource, jpeg, jpeg_of_size
from tests.synthetic_headers import item_of

Table = Literal["basic", "extended", "tiff", "none"]
Encoding = Literal["explicit", "implicit", "big-endian"]

UIDS = {
    "implicit": UID("1.2.840.10008.1.2"),
    "big-endian": UID("1.2.840.10008.1.2.2"),
}
_ITEM = b"\xfe\xff\x00\xe0"
_DELIMITER = b"\xfe\xff\xdd\xe0" + bytes(4)
_POOL = 47  # codestreams; a prime, so that rows do not repeat each other
_NATIVE_TILE = 32


@dataclass(frozen=True)
class OpeningShape:
    """One slide of one level, about as high as wide.

    `delimited` is for its per-frame items: undefined lengths at every depth; without
    `positions` it is TILED_FULL and has none. Not `explicit` are uncompressed frames,
    which are a hole in the file. `small` frames have 16 x 16 pixels instead of 256.
    """

    frames: int = 100_000
    table: Table = "basic"
    positions: bool = False
    delimited: bool = False
    encoding: Encoding = "explicit"
    small: bool = False

    @property
    def name(self) -> str:
        """What the file is called, without suffix."""
        layout = "full"
        if self.positions:
            layout = "undefined" if self.delimited else "defined"
        size = "small" if self.small else "usual"
        return f"{layout}-{self.table}-{self.encoding}-{size}-{self.frames}"

    @property
    def tile(self) -> int:
        """The edge of a frame."""
        usual = 256 if self.encoding == "explicit" else _NATIVE_TILE
        return 16 if self.small else usual

    @property
    def columns(self) -> int:
        """Tiles across: the number nearest below the root that leaves no tile over."""
        root = int(self.frames**0.5)
        return next(each for each in range(root, 0, -1) if self.frames % each == 0)


def opening_slide(shape: OpeningShape) -> Path:
    """Return the file, made where it is not there yet, alone in its folder."""
    path = data_folder() / "opening" / shape.name / "level0.dcm"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        making = path.with_suffix(f".{os.getpid()}")
        print(f"making {path} ...", flush=True)
        try:
            with making.open("wb") as file:
                _write(file, shape)
            making.rename(path)
        finally:
            making.unlink(missing_ok=True)
    return path


def _write(file: Any, shape: OpeningShape) -> None:
    header = BytesIO()
    dataset = _dataset(shape)
    syntax = dataset.file_meta.TransferSyntaxUID
    dcmwrite(
        header,
        dataset,
        implicit_vr=syntax.is_implicit_VR,
        little_endian=syntax.is_little_endian,
        enforce_file_format=True,
    )
    file.write(header.getvalue())
    if shape.positions:
        for piece in _per_frame(shape, syntax):
            file.write(piece)
    if shape.encoding == "explicit":
        _write_items(file, shape)
    else:
        _write_hole(file, shape, syntax)


def _dataset(shape: OpeningShape) -> Dataset:
    level = LevelShape(
        shape.name,
        0,
        shape.columns * shape.tile,
        shape.frames // shape.columns * shape.tile,
        shape.tile,
        "jpeg",
    )
    dataset = level_dataset(level)
    if shape.positions:
        dataset.DimensionOrganizationType = "TILED_SPARSE"
    if shape.encoding != "explicit":
        dataset.file_meta.TransferSyntaxUID = UIDS[shape.encoding]
        dataset.PhotometricInterpretation = "RGB"
        dataset.LossyImageCompression = "00"
        del dataset.LossyImageCompressionRatio, dataset.LossyImageCompressionMethod
    return dataset


def _per_frame(shape: OpeningShape, syntax: UID) -> Iterator[bytes]:
    """Yield Per-Frame Functional Groups; texts differ in length from frame to frame."""
    order = "<" if syntax.is_little_endian else ">"
    items = [
        _Template.of(shape, syntax, number).item(shape, number, order)
        for number in range(shape.frames)
    ]
    size = 0xFFFFFFFF if shape.delimited else sum(map(len, items))
    vr = b"" if syntax.is_implicit_VR else b"SQ\0\0"
    yield pack(order + "HH", 0x5200, 0x9230) + vr + pack(order + "I", size)
    yield from items
    if shape.delimited:
        yield pack(order + "HHI", 0xFFFE, 0xE0DD, 0)


class _Template:
    """An encoded item, and where its two numbers stand; kept by its texts' lengths."""

    known: ClassVar[dict[tuple[str, int, int], "_Template"]] = {}

    def __init__(self, shape: OpeningShape, syntax: UID, texts: tuple[str, str]):
        self.texts = texts
        item = item_of(
            FrameContentSequence=[
                item_of(DimensionIndexValues=[0x01020304, 0x5060708])
            ],
            PlanePositionSlideSequence=[
                item_of(
                    XOffsetInSlideCoordinateSystem=texts[0],
                    YOffsetInSlideCoordinateSystem=texts[1],
                    ZOffsetInSlideCoordinateSystem="0",
                    ColumnPositionInTotalImagePixelMatrix=0x11121314,
                    RowPositionInTotalImagePixelMatrix=0x15161718,
                )
            ],
            OpticalPathIdentificationSequence=[item_of(OpticalPathIdentifier="1")],
        )
        if shape.delimited:
            for element in item:
                element.is_undefined_length = True
                for nested in element.value:
                    nested.is_undefined_length_sequence_item = True
        buffer = DicomBytesIO()
        buffer.is_little_endian = syntax.is_little_endian
        buffer.is_implicit_VR = syntax.is_implicit_VR
        write_dataset(buffer, item)
        self.content = buffer.getvalue()
        order = "<" if syntax.is_little_endian else ">"
        self.column = self.content.index(pack(order + "I", 0x11121314))
        self.row = self.content.index(pack(order + "I", 0x15161718))

    @classmethod
    def of(cls, shape: OpeningShape, syntax: UID, number: int) -> "_Template":
        column, row = number % shape.columns, number // shape.columns
        texts = f"{20 - row / 1024:.8g}", f"{40 - column / 1024:.8g}"
        key = (shape.name, len(texts[0]), len(texts[1]))
        if key not in cls.known:
            cls.known[key] = cls(shape, syntax, texts)
        return cls.known[key]

    def item(self, shape: OpeningShape, number: int, order: str) -> bytes:
        content = bytearray(self.content)
        column, row = number % shape.columns, number // shape.columns
        content[self.column : self.column + 4] = pack(
            order + "I", column * shape.tile + 1
        )
        content[self.row : self.row + 4] = pack(order + "I", row * shape.tile + 1)
        if shape.delimited:
            end = pack(order + "HHI", 0xFFFE, 0xE00D, 0)
            return pack(order + "HHI", 0xFFFE, 0xE000, 0xFFFFFFFF) + content + end
        return pack(order + "HHI", 0xFFFE, 0xE000, len(content)) + content


def _write_items(file: Any, shape: OpeningShape) -> None:
    frames = _codestreams(shape)
    padded = [frame + b"\0" * (len(frame) % 2) for frame in frames]
    sizes = np.resize([8 + len(each) for each in padded], shape.frames).astype("<u8")
    lengths = np.resize([len(each) for each in padded], shape.frames).astype("<u8")
    starts = np.cumsum(sizes) - sizes
    if shape.table == "extended":
        for tag, values in ((b"\x01\0", starts), (b"\x02\0", lengths)):
            content = values.astype("<u8").tobytes()
            file.write(b"\xe0\x7f" + tag + b"OV\0\0" + pack("<I", len(content)))
            file.write(content)
    basic = starts.astype("<u4").tobytes() if shape.table == "basic" else b""
    file.write(b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff" + _ITEM)
    file.write(pack("<I", len(basic)) + basic)
    first = file.tell()
    block = b"".join(_ITEM + pack("<I", len(each)) + each for each in padded)
    for _ in range(shape.frames // _POOL):
        file.write(block)
    rest = int(sizes[: shape.frames % _POOL].sum())
    file.write(block[:rest] + _DELIMITER)
    if shape.table == "tiff":
        _write_tiff(file, shape, starts + np.uint64(first + 8), lengths)


def _write_tiff(file: Any, shape: OpeningShape, starts: Any, lengths: Any) -> None:
    """Add a BigTIFF directory in Data Set Trailing Padding, as PixelMed does."""
    at = file.tell() + 12
    entries: list[tuple[int, int, int, int]] = [
        (256, 4, 1, shape.columns * shape.tile),
        (257, 4, 1, shape.frames // shape.columns * shape.tile),
        (259, 3, 1, 7),
        (262, 3, 1, 6),
        (277, 3, 1, 3),
        (322, 4, 1, shape.tile),
        (323, 4, 1, shape.tile),
    ]
    beyond = at + 8 + 20 * (len(entries) + 2) + 8
    entries.append((324, 16, shape.frames, beyond))
    entries.append((325, 16, shape.frames, beyond + 8 * shape.frames))
    content = pack("<Q", len(entries))
    content += b"".join(pack("<HHQQ", *entry) for entry in entries) + bytes(8)
    content += starts.astype("<u8").tobytes() + lengths.astype("<u8").tobytes()
    file.write(b"\xfc\xff\xfc\xffOB\0\0" + pack("<I", len(content)) + content)
    file.seek(0)
    file.write(b"II+\0\x08\0\0\0" + pack("<Q", at))


def _codestreams(shape: OpeningShape) -> list[bytes]:
    source = TileSource(seed=4, edge=256)
    drawn = [source.pixels(0, number) for number in range(_POOL)]
    if shape.small:
        return [jpeg(np.ascontiguousarray(each[:16, :16]), 30) for each in drawn]
    return [jpeg_of_size(each, 60, 8_000, 10_000) for each in drawn]


def _write_hole(file: Any, shape: OpeningShape, syntax: UID) -> None:
    order = "<" if syntax.is_little_endian else ">"
    length = shape.frames * shape.tile * shape.tile * 3
    vr = b"" if syntax.is_implicit_VR else b"OB\0\0"
    file.write(pack(order + "HH", 0x7FE0, 0x0010) + vr + pack(order + "I", length))
    file.truncate(file.tell() + length)
