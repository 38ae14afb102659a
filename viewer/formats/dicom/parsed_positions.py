"""Positions of frames the slow way, where their items are of no usual form."""

import math
from io import BytesIO
from typing import Any, Final

import numpy as np

from viewer.formats.dicom.frame_positions import NO_POSITION, Positions
from viewer.formats.dicom.header import Header
from viewer.formats.files import ReadableFile
from viewer.slide.errors import BrokenFile


def parsed_positions(
    file: ReadableFile, header: Header, frames: int, end: int
) -> Positions:
    """Read Per-Frame Functional Groups, which end at `end`, with pydicom.

    Frames it finds nothing for have no position. Raises BrokenFile. A hundred thousand
    frames take twelve seconds and 600 MB.
    """
    from pydicom.filereader import read_dataset

    start = header.per_frame.start if header.per_frame else end
    data = BytesIO(file.read(start, end - start))
    try:
        dataset = read_dataset(data, header.implicit, not header.big_endian)
        groups: list[Any] = list(dataset[0x52009230].value)[:frames]
    except Exception as error:  # pydicom raises what the bytes made it meet
        raise BrokenFile(
            f"{file.path.name}: Per-Frame Functional Groups cannot be read."
        ) from error
    if frames > _SPARSEST * (len(groups) + 1):  # before anything is allocated
        raise BrokenFile(
            f"{file.path.name}: Per-Frame Functional Groups has {len(groups)} items,"
            f" expected {frames}."
        )
    missing = frames - len(groups)
    found = [_of_item(group) for group in groups] + [_NOTHING] * missing
    if all(each[0] == NO_POSITION for each in found):
        raise BrokenFile(
            f"{file.path.name}: Per-Frame Functional Groups has positions that cannot"
            " be read."
        )
    z = np.array([each[2] for each in found])
    paths = [each[3] for each in found]
    return Positions(
        np.array([each[0] for each in found], np.int32),
        np.array([each[1] for each in found], np.int32),
        None if np.isnan(z).all() else z,
        paths if any(paths) else None,
    )


_SPARSEST: Final = 1000  # frames for one item of a sequence that was cut off
_NOTHING: Final = (NO_POSITION, NO_POSITION, math.nan, "")


def _of_item(group: Any) -> tuple[int, int, float, str]:
    """Return column, row, height and optical path of one item; see `_NOTHING`."""
    position = _first(group, 0x0048021A)
    column, row = (_value(position, tag) for tag in (0x0048021E, 0x0048021F))
    if not (_is_int32(column) and _is_int32(row)):
        column = row = NO_POSITION
    z = _value(position, 0x0040074A)
    path = _value(_first(group, 0x00480207), 0x00480106)
    return (
        int(column),
        int(row),
        float(z) if isinstance(z, float | int) else math.nan,
        "" if path is None else str(path).strip(),
    )


def _is_int32(value: Any) -> bool:
    return isinstance(value, int) and NO_POSITION <= value < -NO_POSITION


def _first(group: Any, tag: int) -> Any:
    items = _value(group, tag)
    return items[0] if items else None


def _value(item: Any, tag: int) -> Any:
    try:
        return item[tag].value
    except Exception:  # noqa: BLE001  missing, or bytes that mean nothing
        return None
