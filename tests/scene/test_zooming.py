"""While the scale moves tiles are painted fast, at rest as finely as can be."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viewer.scene.zooming import Zooming


def test_one_change_is_no_movement(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    zooming = Zooming(holder)
    zooming.follow(4.0)
    zooming.follow(4.0)
    assert not zooming.is_under_way
    zooming.stop()


def test_changes_in_quick_succession_are_a_movement_that_ends(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    zooming = Zooming(holder)
    zooming.follow(4.0)
    zooming.follow(3.9)
    assert zooming.is_under_way
    with qtbot.waitSignal(zooming.ended, timeout=5000):
        zooming.follow(3.8)
    assert not zooming.is_under_way


def test_stopping_ends_a_movement_without_a_word(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    zooming = Zooming(holder)
    zooming.follow(4.0)
    zooming.follow(3.9)
    with qtbot.assertNotEmitted(zooming.ended, wait=300):
        zooming.stop()
    assert not zooming.is_under_way


def test_held_it_is_under_way_from_before_the_first_change(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    zooming = Zooming(holder)
    zooming.follow(4.0)
    with qtbot.assertNotEmitted(zooming.ended, wait=300):
        zooming.hold()
        assert zooming.is_under_way
        zooming.follow(3.9)
    assert zooming.is_under_way
    with qtbot.waitSignal(zooming.ended, timeout=5000):
        zooming.let_go()
    assert not zooming.is_under_way


def test_letting_go_of_what_was_not_held_is_nothing(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    zooming = Zooming(holder)
    zooming.let_go()
    zooming.follow(4.0)
    assert not zooming.is_under_way
    zooming.stop()
