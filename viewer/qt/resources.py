"""The icon of the program, as Qt has icons."""

from typing import TYPE_CHECKING

from viewer.shipped import resource

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon


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
