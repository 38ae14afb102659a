"""Every attribute of a file with its values as written, but for those of the frames."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from viewer.formats.dicom.data_set import DataSet, Field
from viewer.formats.dicom.element_headers import PIXEL_DATA
from viewer.formats.dicom.fields import fields_of
from viewer.formats.dicom.lexicon import is_private_creator, keyword_of
from viewer.formats.dicom.part10 import open_dicom_file
from viewer.formats.dicom.values import BINARY
from viewer.formats.dicom.walker import PER_FRAME

LONGEST: Final = 1 << 16
"""Bytes of a value that are read; no text that people write is longer."""

MOST: Final = 20_000
"""Attributes that are looked at; a slide has some hundreds beside its frames."""

_DEEPEST: Final = 16


class WrittenValue(NamedTuple):
    """An attribute where it lies: its path, its VR and the bytes of its value.

    `data` are those without a character set, at most LONGEST of them; `length` is that
    in the file. `encodings` are the Python encodings that the data set declares.
    """

    path: str
    tag: int
    vr: str
    data: bytes
    length: int
    encodings: tuple[str, ...]

    @property
    def is_private(self) -> bool:
        """Whether only its maker knows what it means."""
        return bool(self.tag >> 16 & 1)

    @property
    def is_text(self) -> bool:
        """Whether its bytes may be text: numbers are not."""
        return self.vr not in BINARY or (self.is_private and self.vr == "UN")


def written_values(path: Path) -> Iterator[WrittenValue]:
    """Yield the attributes of a DICOM file, nested ones too; raises SlideError.

    Items of Per-Frame Functional Groups, Pixel Data and what lies behind are left out,
    and so is what is nested in private sequences. Any thread.
    """
    file = open_dicom_file(path)
    for number, each in enumerate(_values(file.data_set, "")):
        if number >= MOST:
            return
        yield each


def _values(data_set: DataSet, above: str) -> Iterator[WrittenValue]:
    for field in fields_of(data_set):
        if field.tag >= PIXEL_DATA & 0xFFFF0000 and not data_set.depth:
            return
        if not field.tag or field.tag == PER_FRAME or is_private_creator(field.tag):
            continue
        name = keyword_of(field.tag)
        own = name or f"({field.tag >> 16:04X},{field.tag & 0xFFFF:04X})"
        path = f"{above}.{own}" if above else own
        if field.vr == "SQ":
            yield from _items(field, path)
        else:
            yield WrittenValue(
                path,
                field.tag,
                field.vr,
                field.read(LONGEST),
                field.length,
                field.within.encodings,
            )


def _items(field: Field, path: str) -> Iterator[WrittenValue]:
    is_private = field.tag >> 16 & 1
    if field.items is None or is_private or field.within.depth >= _DEEPEST:
        return
    for place, item in enumerate(field.items):
        yield from _values(item, f"{path}[{place}]")
