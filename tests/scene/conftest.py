"""The stage on which the tests of the view play."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.scene.stage import Stage


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[Callable[..., Stage]]:
    """A function that makes stages; they are taken down after the test."""
    stages: list[Stage] = []

    def make(*arguments: object, **options: object) -> Stage:
        made = Stage(*arguments, **options)  # pyright: ignore[reportArgumentType]
        stages.append(made)
        return made

    yield make
    for made in stages:
        made.close()
