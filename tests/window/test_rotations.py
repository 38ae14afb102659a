"""Rotations are kept for each scanner and role, and nothing else is."""

from pathlib import Path

import pytest

from viewer.window.rotations import RememberedRotations
from viewer.window.settings import Settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "coverslip.ini"


def test_rotation_comes_back_after_the_program_was_closed(path: Path) -> None:
    settings = Settings(path)
    RememberedRotations(settings).remember("Maker Mödel/7", "label", 270)
    settings.save()
    again = RememberedRotations(Settings(path))
    assert again.rotation("Maker Mödel/7", "label") == 270
    assert again.rotation("Maker Mödel/7", "overview") == 0
    assert again.rotation("Maker Model", "label") == 0


def test_scanner_is_not_named_in_the_file(path: Path) -> None:
    settings = Settings(path)
    RememberedRotations(settings).remember("Maker Model", "label", 90)
    settings.save()
    assert "Maker" not in path.read_text()


@pytest.mark.parametrize(("stored", "expected"), [(45, 0), (450, 90), (-90, 270)])
def test_damaged_number_is_no_rotation(path: Path, stored: int, expected: int) -> None:
    settings = Settings(path)
    rotations = RememberedRotations(settings)
    rotations.remember("x", "label", stored)
    assert rotations.rotation("x", "label") == expected
