"""One DICOM file as a check-up looks at it: as much of it as can be read."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pydicom.dataset import Dataset

from viewer.formats.dicom.header import Header, is_dicom, read_header
from viewer.formats.dicom.instance import Instance, read_instance
from viewer.formats.dicom.strangers import Stranger
from viewer.formats.dicom.supplements import supplemented
from viewer.formats.files import RandomAccessFile
from viewer.slide.errors import SlideError

Attributes: TypeAlias = Dataset
"""The attributes of a file or an item, for viewer.formats.dicom.facts."""


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """A file that begins like DICOM.

    `header` holds its attributes as they are written, with nothing supplied from
    elsewhere; see viewer.formats.dicom.facts for how to read them. `instance` is what
    the viewer makes of it, None where it is no slide's; `problem` says then why, and
    `is_stranger` that it is something else than a slide, such as a segmentation.
    """

    header: Header
    instance: Instance | None
    problem: str = ""
    is_stranger: bool = False

    @property
    def path(self) -> Path:
        """The file."""
        return self.header.path

    @property
    def dataset(self) -> Attributes:
        """The attributes before Per-Frame Functional Groups."""
        return self.header.dataset


def examine(path: Path) -> Examined:
    """Read the attributes of a DICOM file, no frame; any thread. Raises SlideError."""
    file = RandomAccessFile(path)
    try:
        header = read_header(file)
        try:
            return Examined(header, read_instance(supplemented(header, file)))
        except SlideError as error:
            return Examined(header, None, str(error), isinstance(error, Stranger))
    finally:
        file.close()


def is_dicom_file(path: Path) -> bool:
    """Whether a file begins like DICOM; False where it cannot be read. Any thread."""
    try:
        file = RandomAccessFile(path)
    except SlideError:
        return False
    try:
        return is_dicom(file.read_some(0, 132))
    except SlideError:
        return False
    finally:
        file.close()
