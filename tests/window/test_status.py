"""What the status line says."""

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from viewer.qt.palettes import contrast, dark, light
from viewer.slide.files import FramePlace
from viewer.slide.geometry import Scale, Size
from viewer.slide.model import Level
from viewer.window.scale import ScaleReport
from viewer.window.status import StatusLine, ViewState
from viewer.window.tints import Tint
from viewer.window.view_progress import ViewProgress

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
        (ViewState(0, LEVEL, 1180.4, None, None), "1,180 %, scale unknown"),
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
    ("progress", "seconds", "text"),
    [
        (ViewProgress(0, 1.0, is_growing=False), 0.0, ""),
        (ViewProgress(1, 0.999, is_growing=False), 0.1, "1 tile waiting"),
        (ViewProgress(1203, 0.0, is_growing=False), 0.1, "1,203 tiles waiting"),
        (ViewProgress(4, 0.0031, is_growing=True), 0.1, "building the overview 0.3 %"),
        (
            ViewProgress(1, 0.99999, is_growing=True),
            0.1,
            "building the overview 99.9 %",
        ),
        (ViewProgress(4, 0.5, is_growing=True), 3.4, "waiting for the file (3 s)"),
        (ViewProgress(0, 1.0, is_growing=False), 9.0, ""),
    ],
)
def test_what_the_view_waits_for_is_told(
    line: StatusLine, progress: ViewProgress, seconds: float, text: str
) -> None:
    line.show_loading(progress, seconds)
    assert line.tiles.text() == text


def test_frame_is_told_with_its_file_and_its_tile(line: StatusLine) -> None:
    line.show_frame(FramePlace(Path("a.dcm"), 1203), "column 3, row 12")
    assert line.frame.text() == "frame 1,203"
    assert "Frame 1,203 of a.dcm: column 3, row 12" in line.frame.toolTip()
    line.show_frame(None)
    assert line.frame.text() == ""


def test_nothing_jumps_while_the_pointer_moves(line: StatusLine, qtbot: QtBot) -> None:
    line.resize(1600, line.height())
    line.set_ground(Size(46_000, 32_914), (0.00025, 0.00025), 31_204)
    line.show_position(QPointF(0, 0))
    line.show_frame(FramePlace(Path("a.dcm"), 1))
    qtbot.wait(1)
    before = line.frame.geometry()
    line.show_position(QPointF(45_999, 32_913))
    line.show_frame(FramePlace(Path("a.dcm"), 31_204))
    qtbot.wait(1)
    assert line.frame.geometry() == before
    assert line.frame.shown_text == "frame 31,204"
    assert line.position.shown_text == "45,999, 32,913 px   11.500, 8.228 mm"


def test_nothing_jumps_while_the_view_zooms(line: StatusLine, qtbot: QtBot) -> None:
    computed = Level(Size(11_500, 8_229), Size(256, 256), Scale(4.0, 4.0), stored=False)
    line.resize(1600, line.height())
    line.set_levels([(0, LEVEL), (None, computed)])
    line.show_chip("ICC: scanner → sRGB", "")
    places = set[tuple[int, ...]]()
    for state in (
        ViewState(0, LEVEL, 100.0, 40.0, 0.25),
        ViewState(0, LEVEL, 91.0, 36.4, 0.275),
        ViewState(None, computed, 25.0, 10.0, 1.0),
        ViewState(None, computed, 24.7, 9.88, 1.01),
    ):
        line.show_view(state)
        qtbot.wait(1)
        assert line.level.shown_text == line.level.text()
        places.add((line.color.x(), line.level.x(), line.scale.x()))
    assert len(places) == 1


@pytest.mark.parametrize("tint", list(Tint))
def test_texts_can_be_read_after_a_change_between_light_and_dark(
    line: StatusLine, tint: Tint
) -> None:
    before = QApplication.palette()
    try:
        for palette in (light(), dark(), light()):
            line.show_scale_report(ScaleReport("Because.", tint, "objective 40x", ""))
            QApplication.setPalette(palette)
            QApplication.processEvents()
            for field in (line.scale, line.failures, line.warnings, line.objective):
                shown = field.palette()
                text = shown.color(field.foregroundRole())
                ground = shown.color(QPalette.ColorRole.Window)
                assert contrast(text, ground) >= 4.5
    finally:
        QApplication.setPalette(before)


@pytest.mark.parametrize("tint", [Tint.AMBER, Tint.RED])
def test_doubtful_scale_has_a_sign_a_color_and_a_reason(
    line: StatusLine, tint: Tint
) -> None:
    line.show_scale_report(ScaleReport("Because.", tint, "objective 40x", "It is not."))
    line.show_view(ViewState(0, LEVEL, 100.0, 20.0, 0.5))
    assert line.scale.text() == "\N{WARNING SIGN} 20x   0.5 µm/px"
    assert "Because." in line.scale.toolTip()
    assert line.objective.text() == "\N{WARNING SIGN} objective 40x"
    assert "It is not." in line.objective.toolTip()
    usual = QPalette().color(QPalette.ColorRole.ButtonText)
    assert line.scale.palette().color(QPalette.ColorRole.ButtonText) != usual
    line.clear_slide()
    line.show_view(ViewState(0, LEVEL, 100.0, 20.0, 0.5))
    assert line.scale.text() == "20x   0.5 µm/px"
    assert line.objective.text() == ""
    assert line.scale.palette().color(QPalette.ColorRole.ButtonText) == usual


def test_adjusted_colors_are_said(line: StatusLine) -> None:
    line.show_adjusted("gamma 1.2", "Home resets it.")
    assert line.adjusted.text() == "\N{WARNING SIGN} gamma 1.2"
    assert "Home resets it." in line.adjusted.toolTip()
    line.show_adjusted("", "")
    assert line.adjusted.text() == ""


@pytest.mark.parametrize("times", [1, 2])
def test_at_1000_pixels_the_important_fields_are_whole(
    line: StatusLine, qtbot: QtBot, times: int
) -> None:
    font = line.font()
    font.setPointSizeF(font.pointSizeF() * times)
    line.setFont(font)
    for button in (line.failures, line.warnings, line.scale):
        button.setFont(font)
    line.resize(1000, line.sizeHint().height())
    line.set_ground(Size(146_000, 132_914), (0.00025, 0.00025), 131_204)
    line.show_position(QPointF(100_000, 100_000))
    line.show_frame(FramePlace(Path("a.dcm"), 99_999))
    line.show_chip("ICC: A name that is rather long \N{RIGHTWARDS ARROW} sRGB", "")
    line.show_adjusted("gamma 1.2", "")
    line.show_view(ViewState(0, LEVEL, 100.0, 20.0, 0.5))
    line.show_counts(failed=1203, warnings=12)
    qtbot.wait(1)
    for button in (line.scale, line.failures, line.warnings):
        assert button.width() >= button.sizeHint().width() > 0
        assert line.row.rect().contains(button.geometry())
    shown = [each for each in line.row.children() if isinstance(each, QWidget)]
    shown = [each for each in shown if each.isVisible() and not each.size().isEmpty()]
    for one, other in combinations(shown, 2):
        assert not one.geometry().intersects(other.geometry())


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
