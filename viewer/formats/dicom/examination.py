"""One DICOM file as a check-up looks at it: as much of it as can be read."""

from dataclasses import dataclass
from pathlib import Path

from pydicom.dataset import Dataset

from viewer.formats.dicom.header import Header, read_header
from viewer.formats.dicom.instance import Instance, read_instance
from viewer.formats.dicom.supplements import supplemented
from viewer.formats.files import RandomAccessFile
from viewer.slide.errors import SlideError


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """A file that begins like DICOM.

    `header` holds its attributes as they are written, with nothing supplied from
    elsewhere; see viewer.formats.dicom.facts for how to read them. `instance` is what
    the viewer makes of it, None where it is no slide's; `problem` says then why.
    """

    header: Header
    instance: Instance | None
    problem: str = ""

    @property
    def path(self) -> Path:
        """The file."""
        return self.header.path

    @property
    def dataset(self) -> Dataset:
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
            return Examined(header, None, str(error))
    finally:
        file.close()
