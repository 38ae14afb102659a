"""Recent files: what is kept, what is shown of it, what is not."""

import os
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from tests.window.conftest import HeldReader
from viewer.window.main_window import MainWindow
from viewer.window.recent import Recent, labels, missing
from viewer.window.recent_menu import RecentMenu
from viewer.window.settings import Settings


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    return tmp_path / "config" / "coverslip.ini"


def recent(ini: Path) -> Recent:
    return Recent(Settings(ini))


def test_the_newest_is_first_and_the_same_is_not_there_twice(ini: Path) -> None:
    kept = recent(ini)
    for name in ("a", "b", "a"):
        kept.add([Path("/slides") / name])
    assert kept.entries == ((Path("/slides/a"),), (Path("/slides/b"),))
    assert recent(ini).entries == kept.entries


def test_ten_are_kept(ini: Path) -> None:
    kept = recent(ini)
    for number in range(12):
        kept.add([Path(f"/slides/{number}")])
    assert [entry[0].name for entry in recent(ini).entries] == [
        str(number) for number in range(11, 1, -1)
    ]


def test_what_was_opened_together_is_one_entry(ini: Path) -> None:
    kept = recent(ini)
    kept.add([Path("/s/one.dcm"), Path("/s/two.dcm"), Path("/s/one.dcm")])
    assert kept.entries == ((Path("/s/one.dcm"), Path("/s/two.dcm")),)
    assert labels(kept.entries) == ["one.dcm and 1 more"]


def test_relative_paths_are_kept_as_full_ones(
    ini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    kept = recent(ini)
    kept.add([Path("slide.dcm")])
    assert kept.entries == ((tmp_path / "slide.dcm",),)


def test_a_thousand_files_at_once_are_not_remembered(ini: Path) -> None:
    kept = recent(ini)
    kept.add(Path(f"/s/{number}") for number in range(1000))
    kept.add([])
    assert kept.entries == ()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@settings(max_examples=40)
@given(
    st.lists(
        st.binary(min_size=1).filter(lambda name: not set(name) & {0, 47}), max_size=14
    )
)
@example([bytes([number]) for number in range(128, 142)])
def test_names_of_any_bytes_come_back(
    tmp_path_factory: pytest.TempPathFactory, names: list[bytes]
) -> None:
    ini = tmp_path_factory.mktemp("any") / "coverslip.ini"
    kept = recent(ini)
    for name in names:
        kept.add([Path(os.fsdecode(b"/slides/x" + name))])
    assert recent(ini).entries == kept.entries
    assert len(kept.entries) == min(10, len(set(names)))
    for label in labels(kept.entries):
        label.encode("utf-8")  # no half characters: Qt would cut the text there
        assert label.isprintable()


@pytest.mark.parametrize(
    "damaged",
    [
        "[",
        "{}",
        "[1, [2], [[]], null]",
        '[["slide.dcm"], ["http://x/y"], ["file:///a%00b"]]',
        "[" * 100_000,
    ],
)
def test_a_damaged_list_is_an_empty_one(ini: Path, damaged: str) -> None:
    settings = Settings(ini)
    settings.set_text("recent/paths", damaged)
    assert Recent(settings).entries == ()


def test_names_that_are_alike_show_their_folders() -> None:
    paths = ["/a/x/1.dcm", "/b/x/1.dcm", "/c/y/1.dcm", "/c/y/2.dcm", "/"]
    assert labels([(Path(path),) for path in paths]) == [
        "/a/x/1.dcm",
        "/b/x/1.dcm",
        "y/1.dcm",
        "2.dcm",
        "/",
    ]


def test_switched_off_nothing_is_kept_in_memory_or_in_the_file(ini: Path) -> None:
    kept = recent(ini)
    kept.add([Path("/slides/secret.dcm")])
    assert "secret" in ini.read_text()
    kept.set_remembers(remembers=False)
    assert kept.entries == ()
    assert "secret" not in ini.read_text()
    kept.add([Path("/slides/secret.dcm")])
    again = recent(ini)
    assert not again.remembers
    assert again.entries == ()
    assert "secret" not in ini.read_text()
    again.set_remembers(remembers=True)
    again.add([Path("/slides/other.dcm")])
    assert recent(ini).entries == ((Path("/slides/other.dcm"),),)


def test_what_is_gone_is_found_out(tmp_path: Path) -> None:
    there, gone = tmp_path / "there", tmp_path / "gone"
    there.touch()
    entries = [(there,), (gone,), (there, gone), (Path("/a\0b"),)]
    assert missing(entries) == set(entries[1:])


def menu_of(window: MainWindow) -> RecentMenu:
    menu = window.findChild(RecentMenu)
    assert isinstance(menu, RecentMenu)
    return menu


def texts(menu: RecentMenu) -> list[str]:
    return [each.text() for each in menu.actions() if not each.isSeparator()]


def test_what_was_opened_is_in_the_menu_and_opens_again(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    menu = menu_of(window)
    assert texts(menu) == ["Nothing yet", "&Clear", "Remember Recent &Files"]
    with qtbot.waitSignal(window.session.opened):
        window.open([slide_folder])
    entry = menu.actions()[0]
    assert entry.text() == f"&1  {slide_folder.name}"
    assert entry.toolTip() == str(slide_folder)
    window.commands["close_slide"].trigger()
    assert window.start_page.isVisible()
    with qtbot.waitSignal(window.session.opened):
        entry.trigger()
    assert window.view.slide is not None


def test_neither_the_demo_nor_what_failed_nor_what_was_cancelled_is_remembered(
    window: MainWindow, qtbot: QtBot, held_reader: HeldReader, tmp_path: Path
) -> None:
    window.open([tmp_path / "cancelled"])
    window.commands["leave"].trigger()
    window.open([tmp_path / "replaced"])
    window.open([tmp_path / "wanted"])
    held_reader.going.set()
    with qtbot.waitSignal(window.session.opened):
        pass
    held = window.opening.recent
    assert held.entries == ((tmp_path / "wanted",),)
    with qtbot.waitSignal(window.session.opened, timeout=60_000):
        window.session._begin(
            "the demo slide", lambda _options, _preview: [tmp_path / "demo"]
        )
    assert held.entries == ((tmp_path / "wanted",),)


def test_files_that_are_gone_are_gray_in_menu_and_start_page(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "there & then.dcm").touch()
    window.opening.recent.add([tmp_path / "gone.dcm"])
    window.opening.recent.add([tmp_path / "there & then.dcm"])
    menu = menu_of(window)
    menu.aboutToShow.emit()
    there, gone = menu.actions()[:2]
    assert there.text() == "&1  there && then.dcm"
    qtbot.waitUntil(lambda: not gone.isEnabled())
    assert "not there" in gone.toolTip()
    assert there.isEnabled()
    listed = window.start_page.recent.list
    qtbot.waitUntil(lambda: "not there" in listed.item(1).toolTip())
    assert listed.item(0).text() == "there & then.dcm"


def test_the_list_on_the_start_page_opens_by_mouse_and_by_key(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    from PySide6.QtCore import Qt

    page = window.start_page.recent
    assert not page.isVisible()
    window.opening.recent.add([slide_folder])
    assert page.isVisible()
    spot = page.list.visualItemRect(page.list.item(0)).center()
    with qtbot.waitSignal(window.session.opened):
        qtbot.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    window.commands["close_slide"].trigger()
    page.list.setFocus()
    page.list.setCurrentRow(0)
    with qtbot.waitSignal(window.session.opened):
        qtbot.keyClick(page.list, Qt.Key.Key_Return)


def test_clear_and_the_switch_empty_menu_and_page(
    window: MainWindow, tmp_path: Path
) -> None:
    menu, page = menu_of(window), window.start_page.recent
    window.opening.recent.add([tmp_path])
    assert menu.clear_entries.isEnabled()
    menu.clear_entries.trigger()
    assert texts(menu)[0] == "Nothing yet"
    assert not menu.clear_entries.isEnabled()
    window.opening.recent.add([tmp_path])
    menu.remember.setChecked(False)
    assert texts(menu)[0] == "Off"
    assert not page.isVisible()
    assert page.list.count() == 0


def test_recent_belongs_to_its_parent(ini: Path) -> None:
    parent = QObject()
    assert Recent(Settings(ini), parent).parent() is parent
