"""Which slide a DICOM file is of, for whoever opens the other side of such files."""

from pathlib import Path

from viewer.formats.dicom.header import read_header
from viewer.formats.dicom.instance import read_instance
from viewer.formats.files import RandomAccessFile
from viewer.formats.opening import Kin
from viewer.slide.errors import SlideError


def kin_of(path: Path) -> Kin | None:
    """Return the slide and the role of a file; None where it is no slide's. Any thread.

    Files of one series with one Container Identifier are of one slide.
    """
    try:
        file = RandomAccessFile(path)
        try:
            instance = read_instance(read_header(file))
        finally:
            file.close()
    except SlideError:
        return None
    series = instance.series or str(path.parent)
    return Kin((instance.study, series, instance.container), instance.role)
