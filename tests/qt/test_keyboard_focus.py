"""A focus that came by a key can be seen; one that came by a click is no matter."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QImage, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.qt.picture_view import PictureView


def corner(view: PictureView) -> int:
    return view.grab().toImage().pixel(1, 1)


@pytest.mark.parametrize("with_image", [True, False])
def test_a_frame_is_painted_while_the_focus_came_by_a_key(
    qtbot: QtBot, with_image: bool
) -> None:
    view = PictureView()
    qtbot.addWidget(view)
    view.resize(120, 90)
    if with_image:
        image = QImage(40, 30, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        view.show_image(image)
    plain = corner(view)
    highlight = view.palette().color(QPalette.ColorRole.Highlight).rgb()
    for reason, seen in (
        (Qt.FocusReason.TabFocusReason, True),
        (Qt.FocusReason.MouseFocusReason, False),
        (Qt.FocusReason.ShortcutFocusReason, True),
    ):
        QApplication.sendEvent(view, QFocusEvent(QFocusEvent.Type.FocusIn, reason))
        assert corner(view) == (highlight if seen else plain)
        QApplication.sendEvent(view, QFocusEvent(QFocusEvent.Type.FocusOut, reason))
        assert corner(view) == plain
