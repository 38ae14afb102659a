"""What is remembered, and what is not."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from viewer.window.settings import Settings, settings_path


def test_folder_and_shape_survive(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "coverslip.ini"
    settings = Settings(path)
    assert settings.folder == ""
    assert settings.geometry is None
    settings.folder = "/slides/of the day"
    settings.remember_window(QByteArray(b"\x00shape"), QByteArray(b"docks"))
    settings.save()
    again = Settings(path)
    assert again.folder == "/slides/of the day"
    assert again.geometry == QByteArray(b"\x00shape")
    assert again.docks == QByteArray(b"docks")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_file_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "coverslip.ini"
    settings = Settings(path)
    for folder in ("/a", "/b"):
        settings.folder = folder
        settings.save()
        assert path.stat().st_mode & 0o777 == 0o600


def test_damaged_file_is_a_fresh_start(tmp_path: Path) -> None:
    path = tmp_path / "coverslip.ini"
    path.write_bytes(b"\xff\x00[[[ = window/geometry\n[window]\ngeometry=17\n")
    settings = Settings(path)
    assert settings.geometry is None
    assert settings.docks is None


def test_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = Settings(tmp_path / "file" / "coverslip.ini")
    settings.folder = "/a"
    settings.save()
    assert (tmp_path / "file").read_text() == "in the way"


def test_settings_are_in_the_users_configuration() -> None:
    assert settings_path().name == "coverslip.ini"
    assert settings_path().is_absolute()


def test_switches_and_numbers_are_kept(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "coverslip.ini")
    settings.set_flag("view/minimap", value=False)
    settings.set_number("images/turn", 270)
    settings.save()
    again = Settings(tmp_path / "coverslip.ini")
    assert not again.flag("view/minimap", default=True)
    assert again.flag("view/other", default=True)
    assert again.number("images/turn", 0) == 270


def test_a_damaged_number_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "coverslip.ini").write_text("[images]\nturn=a quarter\n")
    assert Settings(tmp_path / "coverslip.ini").number("images/turn", 90) == 90
