"""Paths from the clipboard, written in all the ways that are about."""

import os
from pathlib import Path
from shlex import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from viewer.window.drop import Dropped
from viewer.window.main_window import MainWindow
from viewer.window.pasting import pasted, paths_in

pytestmark = pytest.mark.skipif(os.name == "nt", reason="names of POSIX systems")

NAMES = st.text(
    st.characters(
        blacklist_categories=["Cs", "Cc", "Zl", "Zp"], blacklist_characters="/"
    ),
    min_size=1,
    max_size=30,
).filter(lambda name: name.strip() == name and name not in (".", ".."))


def paths(text: str) -> list[str]:
    found = paths_in(text)
    assert isinstance(found, Dropped), found
    assert not found.refused
    return [str(path) for path in found.paths]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/a/b.dcm", ["/a/b.dcm"]),
        ("  /a/b c.dcm \n", ["/a/b c.dcm"]),
        ("/a\n/b\r\n\n/a\n", ["/a", "/b"]),
        ("'/a b/c'", ["/a b/c"]),
        ('"/a b/c"', ["/a b/c"]),
        ("'/a b' '/c d'", ["/a b", "/c d"]),
        (r"/a\ b/c", ["/a b/c"]),
        ("file:///a%20b/%C3%A9", ["/a b/é"]),
        ("file://localhost/a\nfile:///b", ["/a", "/b"]),
        ("/it's here", ["/it's here"]),
    ],
)
def test_paths_are_found_in_text(text: str, expected: list[str]) -> None:
    assert paths(text) == expected


def test_the_tilde_is_the_users_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert paths("~/slides") == [str(tmp_path / "slides")]


@given(st.lists(NAMES, min_size=1, max_size=4, unique=True))
def test_addresses_and_shell_quotes_are_read_back(names: list[str]) -> None:
    wanted = [Path("/slides") / name for name in names]
    assert paths("\n".join(path.as_uri() for path in wanted)) == [*map(str, wanted)]
    line = " ".join(f"'{path}'" for path in wanted)
    if "'" not in "".join(names):
        assert paths(line) == [*map(str, wanted)]
        assert paths(quote(str(wanted[0]))) == [str(wanted[0])]


@given(st.text(max_size=200))
def test_any_text_is_paths_or_a_sentence(text: str) -> None:
    found = paths_in(text)
    if isinstance(found, str):
        assert found.startswith("The clipboard holds ")
        assert found.endswith(".")
        assert len(found) < 200
    else:
        assert found.paths or found.refused
        assert all(path.is_absolute() for path in found.paths)


@pytest.mark.parametrize(
    "text",
    ["slides/a.dcm", "hello", "~nobody-of-this-name/x", "/a\nhello", "/a\0b", "file:x"],
)
def test_what_is_no_full_path_is_said(text: str) -> None:
    assert "no full path" in str(paths_in(text))


def test_an_address_elsewhere_is_told_by_its_scheme() -> None:
    assert paths_in("https://example.org/x.dcm") == Dropped((), ("https",))


def test_a_long_text_is_not_looked_through() -> None:
    assert paths_in("/a\n" * 1_000_000) == (
        "The clipboard holds no path, but a long text."
    )


def test_a_file_managers_clipboard_is_taken_as_a_drop(tmp_path: Path) -> None:
    urls = QMimeData()
    urls.setUrls([QUrl.fromLocalFile(str(tmp_path)), QUrl("ftp://x/y")])
    urls.setText("something else")
    assert pasted(urls) == Dropped((tmp_path,), ("ftp",))
    gnome = QMimeData()
    gnome.setData("x-special/gnome-copied-files", b"copy\nfile:///a%20b\nfile:///c")
    assert pasted(gnome) == Dropped((Path("/a b"), Path("/c")), ())


def test_an_empty_clipboard_and_a_picture_are_said() -> None:
    assert pasted(None) == pasted(QMimeData()) == "The clipboard is empty."
    picture = QMimeData()
    picture.setData("image/png", b"x")
    assert "something else than text" in str(pasted(picture))


def test_ctrl_v_opens_what_was_copied(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    QApplication.clipboard().setText(f'"{slide_folder}"')
    with qtbot.waitSignal(window.session.opened):
        qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert window.view.slide is not None
    with qtbot.waitSignal(window.session.opened):
        qtbot.keyClick(window.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def test_ctrl_v_in_a_text_field_is_the_fields(
    window: MainWindow, qtbot: QtBot, slide_folder: Path
) -> None:
    with qtbot.waitSignal(window.session.opened):
        window.open([slide_folder])
    qtbot.waitUntil(window.is_settled, timeout=10_000)
    shown = window.view.slide
    window.docks["metadata"].show()
    field = next(
        each
        for each in window.docks["metadata"].findChildren(QLineEdit)
        if each.isVisible() and not each.isReadOnly()
    )
    field.setFocus()
    QApplication.clipboard().setText(str(slide_folder))
    qtbot.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == str(slide_folder)
    assert not window.session.is_opening
    assert window.view.slide is shown


def test_pasting_words_is_answered_with_a_sentence(window: MainWindow) -> None:
    QApplication.clipboard().setText("just words")
    window.commands["paste"].trigger()
    assert window.message.isVisible()
    assert window.message.sentence.text() == (
        'The clipboard holds "just words", which is no full path of a file or folder.'
    )
