"""The files of a slide and the frames in them, as values."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from viewer.slide.geometry import Size


@dataclass(frozen=True, slots=True)
class FileRole:
    """Which part of a slide a file is ("level 0", "label", "not used"), and why.

    `size` is the whole picture in pixels, `transfer_syntax` a UID; both may be unknown.
    """

    path: Path
    role: str
    reason: str
    size: Size | None = None
    transfer_syntax: str = ""


class EncodedFrame(NamedTuple):
    """A frame as it lies in its file: `frame` counts from 1, `offset` is in bytes.

    `tables` is what an abbreviated JPEG codestream is decoded with: a TIFF file keeps
    it once for all frames (tag 347).
    """

    data: bytes
    file: Path
    frame: int
    offset: int
    transfer_syntax: str
    photometric: str
    tables: bytes = b""


class FramePlace(NamedTuple):
    """Which frame of which file a stored tile is; `frame` counts from 1."""

    file: Path
    frame: int
