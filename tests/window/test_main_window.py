"""The real window: dropping, opening, switching, closing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from tests.synthetic import write_slide
from tests.window.conftest import HeldReader, fake_slide
from viewer.formats import Ignored, Opened
from viewer.panels.metadata_panel import MetadataPanel
from viewer.panels.problems_panel import ProblemsPanel
from viewer.slide.errors import UnsupportedFile
from viewer.window.main_window import MainWindow
from viewer.window.settings import Settings

ANYTHING = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
CORNER = QPoint(50, 50)


def opened(window: MainWindow, qtbot: QtBot, *paths: Path) -> None:
    with qtbot.waitSignal(window.session.opened):
        window.open(paths)


def settled(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(window.is_settled, timeout=10_000)


def mime(*urls: QUrl) -> QMimeData:
    data = QMimeData()
    data.setUrls(urls)
    return data


def drag(
    target: QObject, data: QMimeData, position: QPoint = CORNER
) -> QDragEnterEvent:
    event = QDragEnterEvent(
        position,
        ANYTHING,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(target, event)
    return event


def drop(target: QObject, data: QMimeData, position: QPoint = CORNER) -> QDropEvent:
    drag(target, data, position)  # without it Qt drops nowhere
    return let_go(target, data, position)


def let_go(target: QObject, data: QMimeData, position: QPoint) -> QDropEvent:
    event = QDropEvent(
        QPointF(position),
        ANYTHING,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(target, event)
    return event


def test_window_begins_with_a_hint_and_without_docks(window: MainWindow) -> None:
    assert window.start_page.isVisible()
    assert not window.view.isVisible()
    assert not any(window.docks[name].isVisible() for name in window.docks.panels)
    assert window.windowTitle() == "Coverslip"
    assert not window.commands["close_slide"].isEnabled()


def test_the_first_window_fits_the_screen(window: MainWindow) -> None:
    room = window.screen().availableSize()
    assert room.width() < 1400  # or this would prove nothing
    assert window.width() < room.width()
    assert window.height() < room.height()


def test_a_slide_is_opened_by_path_and_the_picture_has_the_focus(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    opened(window, qtbot, slide_folder)
    settled(window, qtbot)
    slide = window.session.slides[0]
    assert window.view.slide is slide
    assert window.windowTitle() == f"{slide.name} \N{EN DASH} Coverslip"
    assert window.focusWidget() is window.view
    assert window.docks["images"].isVisible()
    assert not window.docks["slides"].isVisible()
    assert window.status.color.text() == "no ICC profile"
    assert not window.message.isVisible()
    assert not window.status.bar.isVisible()
    assert window.commands["close_slide"].isEnabled()


def test_dragging_shows_how_many_items_would_be_opened(
    window: MainWindow, tmp_path: Path
) -> None:
    files = [QUrl.fromLocalFile(str(tmp_path / name)) for name in ("a", "b")]
    event = drag(window, mime(*files))
    assert event.isAccepted()
    assert window.drop_target.isVisible()
    assert window.drop_target.text == "Open 2 items"
    assert window.drop_target.geometry() == window.rect()
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window.drop_target.isVisible()


def test_a_drop_on_the_picture_and_on_a_text_field_is_the_windows(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    window.open([slide_folder])
    settled(window, qtbot)
    field = window.docks["metadata"].findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    data = mime(QUrl.fromLocalFile(str(slide_folder)))
    for part in (window.view, field):
        middle = part.mapTo(window, part.rect().center())
        # Through the system's window, so that Qt looks for the part under the pointer.
        drag(window.windowHandle(), data, middle)
        assert window.drop_target.isVisible()
        with qtbot.waitSignal(window.session.opened):
            let_go(window.windowHandle(), data, middle)
        assert not window.drop_target.isVisible()
        settled(window, qtbot)


def test_a_drop_that_lost_its_files_leaves_no_target_behind(
    window: MainWindow, slide_folder: Path
) -> None:
    drag(window, mime(QUrl.fromLocalFile(str(slide_folder))))
    assert window.drop_target.isVisible()
    let_go(window, QMimeData(), CORNER)
    assert not window.drop_target.isVisible()


def test_a_dropped_folder_is_opened(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    data = mime(QUrl.fromLocalFile(str(slide_folder)))
    with qtbot.waitSignal(window.session.opened):
        event = drop(window, data)
    assert event.isAccepted()
    assert event.dropAction() is Qt.DropAction.CopyAction
    assert not window.drop_target.isVisible()
    assert window.view.slide is not None


def test_dropped_text_is_left_alone(window: MainWindow) -> None:
    data = QMimeData()
    data.setText("just words")
    assert not drag(window, data).isAccepted()
    assert not window.drop_target.isVisible()


def test_an_address_elsewhere_is_refused_in_a_sentence(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    here = QUrl.fromLocalFile(str(slide_folder))
    with qtbot.waitSignal(window.session.opened):
        drop(window, mime(QUrl("https://example.org/slide.dcm"), here))
    assert window.view.slide is not None
    assert window.message.isVisible()
    assert window.message.sentence.text() == (
        "An address (https) cannot be opened: only files and folders on this computer."
    )


def test_an_address_dropped_among_files_is_said_with_what_became_of_them(
    window: MainWindow, qtbot: QtBot, slide_folder: Path, two_slides_folder: Path
) -> None:
    elsewhere = QUrl("https://example.org/slide.dcm")
    notes = two_slides_folder / "notes.txt"
    with qtbot.waitSignal(window.session.opened):
        drop(window, mime(elsewhere, QUrl.fromLocalFile(str(slide_folder))))
    assert "https" in window.message.sentence.text()
    with qtbot.waitSignal(window.session.opened):
        drop(window, mime(elsewhere, QUrl.fromLocalFile(str(two_slides_folder))))
    assert window.message.sentence.text() == "1 file was left out."
    assert "notes.txt" in window.message.details.toPlainText()
    assert "https" in window.message.details.toPlainText()
    with qtbot.waitSignal(window.session.failed):
        drop(window, mime(elsewhere, QUrl.fromLocalFile(str(notes))))
    assert "notes.txt" in window.message.sentence.text()
    assert "https" in window.message.sentence.text()
    with qtbot.waitSignal(window.session.opened):
        drop(window, mime(QUrl.fromLocalFile(str(slide_folder))))
    assert not window.message.isVisible()


def test_what_cannot_be_opened_is_said_and_the_slide_stays(
    window: MainWindow, qtbot: QtBot, slide_folder: Path, tmp_path: Path
) -> None:
    opened(window, qtbot, slide_folder)
    slide = window.view.slide
    notes = tmp_path / "notes.txt"
    notes.write_text("nothing to see here")
    with qtbot.waitSignal(window.session.failed) as failed:
        window.open([notes])
    assert failed.args is not None
    assert "notes.txt" in failed.args[0]
    assert window.message.sentence.text() == failed.args[0]
    assert window.message.isVisible()
    assert window.view.slide is slide
    assert not window.status.bar.isVisible()
    opened(window, qtbot, slide_folder)
    assert not window.message.isVisible()


def test_long_names_do_not_widen_the_window(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.resize(700, 600)
    text = tmp_path / ("n" * 200)
    text.write_text("nothing to see here")
    (level,) = write_slide(tmp_path, levels=1, label=False, overview=False)
    slide = level.rename(tmp_path / ("s" * 200))
    window.open([text])
    assert "n" * 200 in window.status.busy_text.text()
    qtbot.waitUntil(window.message.isVisible)
    assert window.message.sentence.text().startswith("nnnn")
    assert "n" * 200 in window.message.sentence.toolTip()
    window.open([slide])
    assert "s" * 200 in window.status.busy_text.text()
    settled(window, qtbot)
    window.status.show_position(QPointF(123_456.7, 98_765.4))
    window.status.show_chip("profile " * 30, "")
    qtbot.wait(20)
    assert window.width() == 700


def test_several_slides_are_listed_and_a_click_switches(
    window: MainWindow, qtbot: QtBot, two_slides_folder: Path
) -> None:
    opened(window, qtbot, two_slides_folder)
    first, second = window.session.slides
    listed = window.slides_panel.list
    assert window.docks["slides"].isVisible()
    assert listed.count() == 2
    assert window.view.slide is first
    assert listed.currentRow() == 0
    listed.setCurrentRow(1)
    assert window.view.slide is second
    assert window.windowTitle().startswith(second.name)
    window.commands["previous_slide"].trigger()
    assert window.view.slide is first
    assert listed.currentRow() == 0
    window.commands["previous_slide"].trigger()
    assert window.view.slide is first


def test_going_through_the_list_by_keys_leaves_the_focus_there(
    window: MainWindow, qtbot: QtBot, four_slides_folder: Path
) -> None:
    opened(window, qtbot, four_slides_folder)
    listed = window.slides_panel.list
    listed.setFocus()
    for number in (1, 2):
        qtbot.keyClick(listed, Qt.Key.Key_Down)
        assert window.view.slide is window.session.slides[number]
        assert listed.hasFocus()
    qtbot.keyClick(listed, Qt.Key.Key_Return)
    assert window.view.hasFocus()


def test_a_click_in_the_list_shows_the_slide_and_gives_the_keys_to_the_picture(
    window: MainWindow, qtbot: QtBot, four_slides_folder: Path
) -> None:
    opened(window, qtbot, four_slides_folder)
    listed = window.slides_panel.list
    place = listed.visualItemRect(listed.item(2)).center()
    qtbot.mouseClick(
        listed.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0), place
    )
    assert window.view.slide is window.session.slides[2]
    assert window.view.hasFocus()


def test_closing_a_slide_shows_its_neighbor(
    window: MainWindow, qtbot: QtBot, four_slides_folder: Path
) -> None:
    opened(window, qtbot, four_slides_folder)
    slides = window.session.slides
    window.slides_panel.list.setCurrentRow(2)
    window.commands["close_slide"].trigger()
    assert window.view.slide is slides[3]
    window.commands["close_slide"].trigger()
    assert window.view.slide is slides[1]


def test_files_left_out_are_counted_and_listed_on_request(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_out = (
        Ignored(Path("a/x.txt"), "x.txt is text."),
        Ignored(Path("y"), "Not read."),
    )
    answer = Opened((fake_slide(),), left_out)
    monkeypatch.setattr("viewer.window.slide_opening.open_slides", lambda *_: answer)
    opened(window, qtbot, Path("folder"))
    assert window.message.sentence.text() == "2 files were left out."
    assert not window.message.details.isVisible()
    qtbot.mouseClick(window.message.more, Qt.MouseButton.LeftButton)
    assert window.message.details.isVisible()
    assert window.message.details.toPlainText() == "x.txt is text.\ny: Not read."


def test_opening_shows_progress_and_escape_cancels_it(
    window: MainWindow, qtbot: QtBot, held_reader: HeldReader
) -> None:
    window.open([Path("slow.dcm")])
    assert window.status.bar.isVisible()
    assert window.status.busy_text.text() == "Opening slow.dcm"
    assert window.commands["leave"].isEnabled()
    with qtbot.waitSignal(window.session.cancelled):
        qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.status.bar.isVisible()
    assert not window.message.isVisible()


def test_cancel_button_cancels(
    window: MainWindow, qtbot: QtBot, held_reader: HeldReader
) -> None:
    window.open([Path("slow.dcm")])
    with qtbot.waitSignal(window.session.cancelled):
        qtbot.mouseClick(window.status.cancel, Qt.MouseButton.LeftButton)


def test_newer_open_wins_on_screen(
    window: MainWindow, qtbot: QtBot, stubborn_reader: HeldReader
) -> None:
    window.open([Path("old")])
    window.open([Path("new")])
    assert window.status.busy_text.text() == "Opening new"
    with qtbot.waitSignal(window.session.opened):
        stubborn_reader.going.set()
    assert window.windowTitle().startswith("new")
    qtbot.waitUntil(lambda: not stubborn_reader.slides["old"].is_open)


def test_closing_the_slide_brings_the_next_and_then_the_hint(
    window: MainWindow, qtbot: QtBot, two_slides_folder: Path
) -> None:
    opened(window, qtbot, two_slides_folder)
    second = window.session.slides[1]
    qtbot.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert window.view.slide is second
    assert window.session.slides == (second,)
    assert window.slides_panel.list.count() == 1
    qtbot.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert window.view.slide is None
    assert window.start_page.isVisible()
    assert not window.docks["images"].isVisible()
    assert window.windowTitle() == "Coverslip"


def test_letters_toggle_docks_only_from_the_picture(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    opened(window, qtbot, slide_folder)
    settled(window, qtbot)
    qtbot.keyClick(window.view, Qt.Key.Key_L)
    assert not window.docks["images"].isVisible()
    qtbot.keyClick(window.view, Qt.Key.Key_L)
    assert window.docks["images"].isVisible()
    box = window.docks.panel(MetadataPanel).finder.bar.field
    box.setFocus()
    qtbot.keyClicks(box, "li")
    assert box.text() == "li"
    assert window.docks["images"].isVisible()
    assert window.docks["metadata"].isVisible()


def test_f6_goes_round_the_regions(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    opened(window, qtbot, slide_folder)
    settled(window, qtbot)
    stops: list[str] = []
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_F6)
        focused = window.focusWidget()
        inside = (
            n for n in window.docks.panels if window.docks[n].isAncestorOf(focused)
        )
        stops.append(next(inside, "picture"))
    assert stops == ["images", "metadata", "picture"]
    qtbot.keyClick(window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert window.docks["metadata"].isAncestorOf(window.focusWidget())


def test_full_screen_and_back_by_keys(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    opened(window, qtbot, slide_folder)
    settled(window, qtbot)
    qtbot.keyClick(window.view, Qt.Key.Key_F)
    assert window.isFullScreen()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert not window.isFullScreen()


def test_a_maximized_window_is_maximized_after_full_screen(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.showMaximized()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert window.isMaximized()


def test_magnification_is_set_from_the_menu_and_shown(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    opened(window, qtbot, slide_folder)  # 0.5 um a pixel: native is 20x
    window.commands["magnify_40"].trigger()
    settled(window, qtbot)
    assert window.view.viewport_state().pixel_size == pytest.approx(0.5)
    qtbot.waitUntil(lambda: window.status.scale.text() == "40x   0.25 µm/px")
    assert window.status.level.text() == "level 0: 1,000 \N{MULTIPLICATION SIGN} 700"


def test_warnings_are_counted_and_told_on_click(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from viewer.slide.warnings import SlideWarning

    slide = fake_slide()
    slide.warnings = [SlideWarning("no-spacing", "f.dcm: Pixel Spacing is missing.")]
    answer = Opened((slide,), ())
    monkeypatch.setattr("viewer.window.slide_opening.open_slides", lambda *_: answer)
    opened(window, qtbot, Path("folder"))
    qtbot.waitUntil(window.status.warnings.isVisible)
    assert window.status.warnings.text() == "1 warning"
    qtbot.mouseClick(window.status.warnings, Qt.MouseButton.LeftButton)
    assert window.docks["problems"].isVisible()
    assert window.docks["problems"].windowTitle() == "Problems (1)"
    told = window.docks.panel(ProblemsPanel).outline.text.toPlainText()
    assert told == "f.dcm: Pixel Spacing is missing."


def test_failed_tiles_are_counted_and_told_on_click(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    slide = fake_slide()
    slide.broken[1, 0, 0] = "f.dcm: frame 7 is damaged."
    answer = Opened((slide,), ())
    monkeypatch.setattr("viewer.window.slide_opening.open_slides", lambda *_: answer)
    opened(window, qtbot, Path("folder"))
    window.view.set_pixel_size(2.0)
    assert window.view.shown_level() == 1
    qtbot.waitUntil(window.status.failures.isVisible, timeout=5000)
    assert window.status.failures.text() == "1 tile failed"
    qtbot.mouseClick(window.status.failures, Qt.MouseButton.LeftButton)
    told = window.docks.panel(ProblemsPanel).outline.text.toPlainText()
    assert told == "level 1, column 0, row 0\nf.dcm: frame 7 is damaged."


def test_pointer_is_told_in_pixels_and_millimeters(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    opened(window, qtbot, slide_folder)
    window.view.pointer_moved.emit(QPointF(400.9, 200.2))
    assert window.status.position.text() == "400, 200 px   0.200, 0.100 mm"
    window.view.pointer_moved.emit(None)
    assert window.status.position.text() == ""


def test_the_menu_ticks_the_channels_that_are_shown(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "grey"
    write_slide(folder, levels=1, photometric="MONOCHROME2", bits=16, optical_paths=2)
    opened(window, qtbot, folder)
    actions = [window.commands[f"channel_{number}"] for number in (1, 2)]
    assert [each.isChecked() for each in actions] == [True, True]
    actions[0].trigger()
    assert [each.isChecked() for each in actions] == [False, True]
    actions[1].trigger()  # the last one, which stays
    assert [each.isChecked() for each in actions] == [False, True]
    window.commands["all_channels"].trigger()
    assert [each.isChecked() for each in actions] == [True, True]


def test_the_frame_under_the_pointer_follows_the_focal_plane(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    write_slide(tmp_path / "planes", levels=1, focal_planes=3)
    opened(window, qtbot, tmp_path / "planes")
    settled(window, qtbot)
    window.view.show_native()
    window.view.pointer_moved.emit(QPointF(300, 300))
    tiles, place = 4 * 3, 1 * 4 + 1  # of 256 pixels, on 1,000 x 700; row 1, column 1
    for plane in (1, 2, 0):
        window.view.set_focal_plane(plane)
        due = f"frame {plane * tiles + place + 1}"
        qtbot.waitUntil(lambda due=due: window.status.frame.text() == due)


def test_file_dialog_remembers_the_folder(
    window: MainWindow, qtbot: QtBot, slide_folder: Path, tmp_path: Path
) -> None:
    window.commands["open_folder"].trigger()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(window.session.opened):
        dialog.filesSelected.emit([str(slide_folder)])
    dialog.close()
    window.close()
    again = Settings(tmp_path / "settings" / "coverslip.ini")
    assert again.folder == str(slide_folder.parent)


def test_docks_come_back_as_they_were_left(
    window: MainWindow, qtbot: QtBot, slide_folder: Path, tmp_path: Path
) -> None:
    opened(window, qtbot, slide_folder)
    settled(window, qtbot)
    qtbot.keyClick(window.view, Qt.Key.Key_I)
    window.close()
    again = MainWindow(Settings(tmp_path / "settings" / "coverslip.ini"))
    qtbot.addWidget(again)
    again.show()
    assert not again.docks["images"].isVisible()  # none before there is a slide
    opened(again, qtbot, slide_folder)
    assert again.docks["images"].isVisible()
    assert not again.docks["metadata"].isVisible()


def _opening(window: MainWindow, _qtbot: QtBot, folder: Path) -> None:
    window.open([folder])


def _decoding(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    opened(window, qtbot, folder)


def _at_rest(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    opened(window, qtbot, folder)
    settled(window, qtbot)


@pytest.mark.parametrize("moment", [_opening, _decoding, _at_rest])
@pytest.mark.parametrize("attempt", range(3))
def test_closing_at_any_moment_leaves_nothing_behind(
    qtbot: QtBot,
    tmp_path: Path,
    slide_folder: Path,
    moment: Callable[[MainWindow, QtBot, Path], None],
    attempt: int,
) -> None:
    window = MainWindow(Settings(tmp_path / "coverslip.ini"))
    qtbot.addWidget(window)
    window.show()
    moment(window, qtbot, slide_folder)
    slides = window.session.slides
    window.close()
    assert window.session.slides == ()
    for slide in slides:
        qtbot.waitUntil(lambda each=slide: _is_closed(each))


def _is_closed(slide: object) -> bool:
    from viewer.slide.errors import SlideError
    from viewer.slide.model import TileKey

    try:
        slide.read_samples(TileKey(slide.serial, 0, 0, 0))  # type: ignore[attr-defined]
    except SlideError:
        return True
    return False


def test_a_refused_file_at_the_start_leaves_the_hint(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Opened:
        raise UnsupportedFile("x: is no slide.")

    monkeypatch.setattr("viewer.window.slide_opening.open_slides", refuse)
    with qtbot.waitSignal(window.session.failed):
        window.open([Path("x")])
    assert window.start_page.isVisible()
    assert window.message.sentence.text() == "x: is no slide."
