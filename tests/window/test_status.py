"""What the status line says."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from viewer.slide.geometry import Scale, Size
from viewer.slide.model import Level
from viewer.window.status import StatusLine, ViewState

LEVEL = Level(Size(46_000, 32_914), Size(256, 256), Scale(1.0, 1.0))


@pytest.fixture
def line(qtbot: QtBot) -> StatusLine:
    line = StatusLine()
    qtbot.addWidget(line)
    line.show()
    return line


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (ViewState(0, LEVEL, 100.0, 20.0, 0.5), "20x   0.5 µm/px"),
        (ViewState(0, LEVEL, 50.0, 1.25, 8.0), "1.25x   8 µm/px"),
        (ViewState(0, LEVEL, 62.5, None, None), "62.5 %, scale unknown"),
    ],
)
def test_scale_is_told_and_never_invented(
    line: StatusLine, state: ViewState, text: str
) -> None:
    line.show_view(state)
    assert line.scale.text() == text


def test_computed_level_is_called_so(line: StatusLine) -> None:
    computed = Level(Size(500, 400), Size(256, 256), Scale(92.0, 82.0), stored=False)
    line.show_view(ViewState(None, computed, 1.0, None, None))
    assert line.level.text() == "computed level: 500 \N{MULTIPLICATION SIGN} 400"


@pytest.mark.parametrize(
    ("sharp", "seconds", "text"),
    [
        (1.0, 0.0, ""),
        (0.999, 0.1, "loading 99 %"),
        (0.0, 0.1, "loading 0 %"),
        (0.5, 3.4, "waiting for the file (3 s)"),
        (1.0, 9.0, ""),
    ],
)
def test_loading_is_never_whole_before_it_is(
    line: StatusLine, sharp: float, seconds: float, text: str
) -> None:
    line.show_loading(sharp, seconds)
    assert line.tiles.text() == text


def test_counts_are_seen_only_where_there_are_any(line: StatusLine) -> None:
    line.show_counts(failed=0, warnings=0)
    assert not line.failures.isVisible()
    assert not line.warnings.isVisible()
    line.show_counts(failed=1203, warnings=1)
    assert line.failures.text() == "1,203 tiles failed"
    assert line.warnings.text() == "1 warning"
    assert line.failures.isVisible()


def test_pixel_left_of_the_slide_is_negative(line: StatusLine) -> None:
    line.show_position(QPointF(-0.5, 3.9))
    assert line.position.text() == "-1, 3 px"


def test_signals_come_from_the_buttons(line: StatusLine, qtbot: QtBot) -> None:
    presses: list[tuple[object, Callable[[], None]]] = [
        (line.cancel_wanted, line.cancel.click),
        (line.failures_wanted, line.failures.click),
        (line.warnings_wanted, line.warnings.click),
    ]
    for signal, press in presses:
        with qtbot.waitSignal(signal):
            press()
