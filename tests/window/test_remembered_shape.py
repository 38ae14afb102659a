"""The window's shape from last time, on a screen that may not be there any more."""

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QDataStream, QIODevice, QRect
from pytestqt.qtbot import QtBot

from viewer.window.main_window import MainWindow
from viewer.window.settings import Settings


def geometry(area: QRect, *, screen: int, screen_width: int) -> QByteArray:
    """What QWidget.saveGeometry packs, version 3.0 (qwidget.cpp)."""
    packed = QByteArray()
    stream = QDataStream(packed, QIODevice.OpenModeFlag.WriteOnly)
    stream.setVersion(QDataStream.Version.Qt_4_0)
    stream.writeUInt32(0x1D9D0CB)
    stream.writeUInt16(3)
    stream.writeUInt16(0)
    _ = stream << area << area  # frame and normal geometry
    stream.writeInt32(screen)
    stream.writeUInt8(0)  # not maximized
    stream.writeUInt8(0)  # not full screen
    stream.writeInt32(screen_width)
    _ = stream << area
    return packed


def window_of(qtbot: QtBot, folder: Path, packed: QByteArray) -> MainWindow:
    settings = Settings(folder / "coverslip.ini")
    settings.remember_window(packed, QByteArray(b"nonsense"))
    settings.save()
    window = MainWindow(Settings(folder / "coverslip.ini"))
    qtbot.addWidget(window)
    window.show()
    return window


def test_the_shape_is_taken_up(qtbot: QtBot, tmp_path: Path) -> None:
    area = QRect(40, 50, 700, 600)
    here = window_of(qtbot, tmp_path, geometry(area, screen=0, screen_width=800))
    assert here.geometry() == area
    here.close()


@pytest.mark.parametrize(
    ("area", "screen", "screen_width"),
    [
        (QRect(2600, 300, 700, 600), 1, 1920),  # a second screen at the right
        (QRect(-1800, -900, 700, 600), 1, 1920),
        (QRect(100, 100, 3600, 2000), 0, 3840),  # a much bigger screen
    ],
)
def test_a_screen_that_is_gone_leaves_the_window_in_sight(
    qtbot: QtBot, tmp_path: Path, area: QRect, screen: int, screen_width: int
) -> None:
    packed = geometry(area, screen=screen, screen_width=screen_width)
    window = window_of(qtbot, tmp_path, packed)
    room = window.screen().availableGeometry()
    seen = window.geometry() & room
    assert seen.width() * seen.height() > 0.5 * room.width() * room.height() * 0.5
    assert room.contains(window.geometry().topLeft())
    window.close()


@pytest.mark.parametrize("damaged", [b"", b"\x01\xd9\xd0\xcb", b"x" * 200])
def test_a_damaged_shape_is_the_first_one(
    qtbot: QtBot, tmp_path: Path, damaged: bytes
) -> None:
    window = window_of(qtbot, tmp_path, QByteArray(damaged))
    assert window.screen().availableGeometry().contains(window.geometry())
    assert not any(window.docks[name].isVisible() for name in window.docks.panels)
    window.close()
