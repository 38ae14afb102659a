"""A line that gives way: in the middle, when there is no room."""

from pytestqt.qtbot import QtBot

from viewer.window.elided_label import ElidedLabel


def test_text_that_fits_is_shown_whole(qtbot: QtBot) -> None:
    label = ElidedLabel(20)
    qtbot.addWidget(label)
    label.setText("level 0")
    label.resize(label.sizeHint())
    assert label.shown_text == "level 0"


def test_text_without_room_loses_its_middle(qtbot: QtBot) -> None:
    label = ElidedLabel(20)
    qtbot.addWidget(label)
    label.setText("a" * 100 + "b" * 100)
    label.resize(label.sizeHint())
    assert label.width() <= 20 * label.fontMetrics().horizontalAdvance("0")
    assert label.shown_text.startswith("a")
    assert label.shown_text.endswith("b")
    assert "\N{HORIZONTAL ELLIPSIS}" in label.shown_text
    assert label.minimumSizeHint().width() == 0
    label.show()
    pixels = label.grab().toImage()
    colors = {
        pixels.pixel(x, y)
        for x in range(pixels.width())
        for y in range(pixels.height())
    }
    assert len(colors) > 1  # the letters were painted
