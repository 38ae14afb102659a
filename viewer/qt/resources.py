"""The one way to icons and other files that come with the program."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon

_PACKAGE = Path(__file__).resolve().parent.parent


def resource(name: str) -> Path:
    """Return the path of a file of resources/.

    An installed program has them in viewer/resources, a checkout beside viewer/. Raises
    FileNotFoundError where neither has it: the installation is not whole.
    """
    for folder in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        path = folder / name
        if path.is_file():
            return path
    raise FileNotFoundError(f"{name}: not among the resources of the program")


def application_icon() -> "QIcon":
    """Return the icon of the program and its windows. GUI thread."""
    from PySide6.QtGui import QIcon

    return QIcon(str(resource("coverslip.svg")))


def drawn_icon(size: int) -> bytes:
    """Return the icon of the program as a PNG file of `size` pixels. Any thread.

    It needs neither a display nor a QApplication.
    """
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(resource("coverslip.svg"))).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # pyright: ignore[reportCallIssue, reportArgumentType] - stubs: the format is text
    return bytes(buffer.data().data())
