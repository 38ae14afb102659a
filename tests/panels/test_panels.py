"""The panels with slides in memory: what they show, and when they read."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.scene.fake_slide import FakeSlide, halving_levels
from viewer.panels.images_panel import ImagesPanel
from viewer.panels.slides_panel import SlidesPanel
from viewer.slide.errors import BrokenFrame
from viewer.slide.files import FileRole
from viewer.slide.geometry import Size
from viewer.slide.model import AssociatedImage, Samples

PATIENCE = 5000


def blue(width: int, height: int) -> Samples:
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[..., 1:3] = 0
    return pixels


def image(read: object, width: int = 60, height: int = 30) -> AssociatedImage:
    return AssociatedImage(Size(width, height), Path("x.dcm"), read)  # type: ignore[arg-type]


class TwoFileSlide(FakeSlide):
    """Levels 0 and 2 are in files of their own, level 1 is computed."""

    def __init__(self) -> None:
        levels = halving_levels(Size(1000, 800), 256, 3)
        levels[0] = replace(levels[0], file=Path("base.dcm"))
        levels[1] = replace(levels[1], stored=False)
        levels[2] = replace(levels[2], file=Path("top.dcm"))
        super().__init__(levels)
        self.files: Sequence[FileRole] = [
            FileRole(Path("base.dcm"), "level 0", ""),
            FileRole(Path("top.dcm"), "level 1", ""),
        ]


@pytest.fixture
def images(qtbot: QtBot) -> ImagesPanel:
    panel = ImagesPanel()
    qtbot.addWidget(panel)
    panel.show()
    return panel


def test_images_are_read_and_absent_ones_are_said(
    images: ImagesPanel, qtbot: QtBot
) -> None:
    slide = TwoFileSlide()
    slide.associated = {"overview": image(lambda: blue(60, 30))}
    images.show_slide(slide)
    assert not images.is_ready()
    qtbot.waitUntil(images.is_ready, timeout=PATIENCE)
    overview, label = images.pictures["overview"], images.pictures["label"]
    assert overview.view.isVisible()
    seen = overview.view.grab().toImage()
    assert seen.pixelColor(seen.width() // 2, seen.height() // 2).name() == "#0000ff"
    assert not label.view.isVisible()
    assert label.sentence.text() == "This slide has no label image."


def test_grey_label_is_shown_grey(images: ImagesPanel, qtbot: QtBot) -> None:
    slide = TwoFileSlide()
    slide.associated = {"label": image(lambda: np.full((30, 60), 128, np.uint8))}
    images.show_slide(slide)
    qtbot.waitUntil(images.is_ready, timeout=PATIENCE)
    seen = images.pictures["label"].view.grab().toImage()
    assert seen.pixelColor(seen.width() // 2, seen.height() // 2).name() == "#808080"


def test_broken_image_is_a_sentence(images: ImagesPanel, qtbot: QtBot) -> None:
    def broken() -> Samples:
        raise BrokenFrame("x.dcm: frame 1 is damaged.", 1)

    slide = TwoFileSlide()
    slide.associated = {"label": image(broken)}
    images.show_slide(slide)
    qtbot.waitUntil(images.is_ready, timeout=PATIENCE)
    assert images.pictures["label"].sentence.text() == "x.dcm: frame 1 is damaged."


def test_image_of_a_slide_that_went_is_not_shown(
    images: ImagesPanel, qtbot: QtBot
) -> None:
    going, read = threading.Event(), threading.Event()

    def late() -> Samples:
        going.wait(5)
        read.set()
        return blue(60, 30)

    slide = TwoFileSlide()
    slide.associated = {"label": image(late)}
    images.show_slide(slide)
    images.show_slide(None)
    going.set()
    assert read.wait(5)
    qtbot.wait(30)
    assert not images.pictures["label"].isVisible()
    assert images.is_ready()


def test_rotate_button_turns_by_quarters(images: ImagesPanel, qtbot: QtBot) -> None:
    slide = TwoFileSlide()
    slide.associated = {"label": image(lambda: blue(60, 30))}
    images.show_slide(slide)
    qtbot.waitUntil(images.is_ready, timeout=PATIENCE)
    pane = images.pictures["label"]
    turned: list[int] = []
    for _ in range(4):
        qtbot.mouseClick(pane.turn, Qt.MouseButton.LeftButton)
        turned.append(pane.view.rotation)
    assert turned == [90, 180, 270, 0]


def test_list_of_slides_tells_a_choice_but_not_its_own_filling(qtbot: QtBot) -> None:
    panel = SlidesPanel()
    qtbot.addWidget(panel)
    slides = [TwoFileSlide(), TwoFileSlide()]
    chosen: list[object] = []
    panel.chosen.connect(chosen.append)
    panel.show_slides(slides)
    panel.show_slide(slides[0])
    assert chosen == []
    panel.list.setCurrentRow(1)
    assert chosen == [slides[1]]
    panel.show_slide(None)
    assert panel.list.currentRow() == -1


def test_slides_of_one_name_are_told_apart_by_their_files(qtbot: QtBot) -> None:
    panel = SlidesPanel()
    qtbot.addWidget(panel)
    slides = [TwoFileSlide(), TwoFileSlide(), TwoFileSlide()]
    for slide, place in zip(slides, ("/x/a/base.dcm", "b/base.dcm", "c"), strict=True):
        slide.name = "same"
        slide.levels = [replace(slide.levels[0], file=Path(place))]
    slides[2].name = "alone"
    panel.show_slides(slides)
    texts = [panel.list.item(row).text() for row in range(3)]
    assert texts == ["same\na", "same\nb", "alone"]
