"""The tray: pictures of the open slides, made in the background, visible ones first."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont
from pytestqt.qtbot import QtBot

from tests.scene.fake_slide import FakeSlide, filled, halving_levels
from viewer.panels.slides_panel import SlidesPanel
from viewer.slide.geometry import Size
from viewer.slide.model import AssociatedImage, Level, Samples, TileKey

PATIENCE = 10_000
COLORS = ((200, 30, 30), (30, 200, 30), (30, 30, 200))


class CountingSlide(FakeSlide):
    """A slide of one color that notes which slides were read, in their order."""

    def __init__(self, number: int, order: list[int]) -> None:
        self.number = number
        self.order = order
        levels = halving_levels(Size(2000, 1600), 256, 4)
        super().__init__(levels, self._filled)
        self.name = f"slide {number}"

    def _filled(self, level: Level, key: TileKey) -> Samples:
        if self.number not in self.order:
            self.order.append(self.number)
        return filled(level, key, COLORS[self.number % 3])


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[SlidesPanel]:
    panel = SlidesPanel()
    qtbot.addWidget(panel)
    panel.resize(240, 400)
    panel.show()
    yield panel
    panel.show_slide(None)  # as the window does when it is closed


def slides_of(count: int) -> tuple[list[CountingSlide], list[int]]:
    order: list[int] = []
    return [CountingSlide(number, order) for number in range(count)], order


def finished(panel: SlidesPanel, slides: list[CountingSlide]) -> bool:
    return all(panel.thumbnails.is_over(slide.serial) for slide in slides)


def middle_color(panel: SlidesPanel, row: int) -> QColor:
    size = panel.list.iconSize()
    image = panel.list.item(row).icon().pixmap(size).toImage()
    return image.pixelColor(image.width() // 2, image.height() // 2)


def test_each_slide_gets_a_picture_of_itself(panel: SlidesPanel, qtbot: QtBot) -> None:
    slides, _ = slides_of(3)
    panel.show_slides(slides)
    assert not panel.is_ready()
    qtbot.waitUntil(lambda: finished(panel, slides), timeout=PATIENCE)
    for row, (blue, green, red) in enumerate(COLORS):
        assert middle_color(panel, row).getRgb() == (red, green, blue, 255)
    assert panel.is_ready()


def test_slides_in_view_come_first_among_two_hundred(
    panel: SlidesPanel, qtbot: QtBot
) -> None:
    slides, order = slides_of(200)
    panel.show_slides(slides)
    panel.list.scrollToBottom()
    qtbot.waitUntil(panel.is_ready, timeout=PATIENCE)
    assert min(order[:5]) > 150
    panel.list.scrollToTop()
    qtbot.waitUntil(panel.is_ready, timeout=PATIENCE)
    assert 0 in order


def test_hidden_tray_reads_nothing(panel: SlidesPanel, qtbot: QtBot) -> None:
    panel.hide()
    slides, order = slides_of(2)
    panel.show_slides(slides)
    qtbot.wait(300)
    assert order == []
    assert panel.is_ready()
    panel.show()
    qtbot.waitUntil(lambda: finished(panel, slides), timeout=PATIENCE)


def test_pictures_of_slides_that_stay_are_not_made_again(
    panel: SlidesPanel, qtbot: QtBot
) -> None:
    slides, order = slides_of(3)
    panel.show_slides(slides)
    qtbot.waitUntil(lambda: finished(panel, slides), timeout=PATIENCE)
    order.clear()
    panel.show_slides(slides[1:])
    assert middle_color(panel, 0).getRgb() == (30, 200, 30, 255)
    assert panel.is_ready()
    qtbot.wait(250)
    assert order == []


def test_slide_that_was_closed_gets_no_picture(
    panel: SlidesPanel, qtbot: QtBot
) -> None:
    going, reading = threading.Event(), threading.Event()

    def late() -> Samples:
        reading.set()
        going.wait(5)
        return np.full((80, 100, 4), 255, np.uint8)

    (slow, *others), _ = slides_of(3)
    image = AssociatedImage(Size(100, 80), Path("x"), late)
    slow.associated = {"thumbnail": image}
    panel.show_slides([slow, *others])
    qtbot.waitUntil(reading.is_set, timeout=PATIENCE)
    panel.show_slides(others)
    going.set()
    qtbot.waitUntil(lambda: finished(panel, others), timeout=PATIENCE)
    assert not panel.thumbnails.is_over(slow.serial)
    assert panel.list.count() == 2


def test_slide_that_cannot_be_read_says_so(panel: SlidesPanel, qtbot: QtBot) -> None:
    slides, _ = slides_of(2)
    for level in range(4):
        for column in range(8):
            for row in range(7):
                slides[0].broken[level, column, row] = "x: frame 1 is damaged."
    panel.show_slides(slides)
    qtbot.waitUntil(lambda: finished(panel, slides), timeout=PATIENCE)
    assert "slide 0: no picture of the slide" in panel.list.item(0).toolTip()
    assert "picture" not in panel.list.item(1).toolTip()


def test_slide_that_takes_long_is_finished_after_the_others(
    panel: SlidesPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.panels.thumbnails._SECONDS", (0.1,) * 100)
    slides, order = slides_of(3)
    slides[0].covered[3, 0, 0] = 0.5
    panel.show_slides(slides)
    qtbot.waitUntil(lambda: finished(panel, slides[1:]), timeout=PATIENCE)
    assert panel.thumbnails.picture(slides[0].serial) is not None
    assert not panel.thumbnails.is_over(slides[0].serial)
    assert not panel.is_ready()
    slides[0].covered.clear()
    qtbot.waitUntil(panel.is_ready, timeout=PATIENCE)
    assert order == [0, 1, 2]


def test_slide_that_never_ends_is_given_up_with_what_there_is(
    panel: SlidesPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.panels.thumbnails._SECONDS", (0.05, 0.1))
    slides, _ = slides_of(1)
    slides[0].covered[3, 0, 0] = 0.5
    panel.show_slides(slides)
    qtbot.waitUntil(panel.is_ready, timeout=PATIENCE)
    assert panel.thumbnails.picture(slides[0].serial) is not None


def test_switching_color_management_draws_again_without_reading(
    panel: SlidesPanel, qtbot: QtBot
) -> None:
    from dataclasses import replace

    slides, order = slides_of(1)
    slides[0].optical_paths = [
        replace(slides[0].optical_paths[0], icc_profile=b"x" * 200)
    ]
    panel.show_slides(slides)
    qtbot.waitUntil(lambda: finished(panel, slides), timeout=PATIENCE)
    assert "Colors are shown as stored" in panel.list.item(0).toolTip()
    order.clear()
    panel.set_color_managed(False)
    qtbot.waitUntil(lambda: not panel.thumbnails.is_busy, timeout=PATIENCE)
    assert "stored" not in panel.list.item(0).toolTip()
    assert order == []


def test_switch_while_a_picture_is_read_counts_for_it(
    panel: SlidesPanel, qtbot: QtBot
) -> None:
    from dataclasses import replace

    slides, order = slides_of(2)
    for slide in slides:
        slide.optical_paths = [replace(slide.optical_paths[0], icc_profile=b"x" * 200)]
    panel.show_slides(slides)
    qtbot.waitUntil(lambda: bool(order), timeout=PATIENCE)
    panel.set_color_managed(False)
    qtbot.waitUntil(lambda: finished(panel, slides), timeout=PATIENCE)
    qtbot.waitUntil(lambda: not panel.thumbnails.is_busy, timeout=PATIENCE)
    tips = [panel.list.item(row).toolTip() for row in range(2)]
    assert not any("stored" in tip for tip in tips)


def test_row_tells_name_stain_place_and_size(panel: SlidesPanel) -> None:
    slides, _ = slides_of(3)
    for slide in slides[:2]:
        slide.name = "same"
    slides[0].label_texts = [("Description", "Colon"), ("Stain", "hematoxylin, eosin")]
    slides[1].label_texts = [("Description", "Colon"), ("Description", "Liver")]
    for slide, place in zip(slides, ("/x/a/b.dcm", "/x/c/d.dcm", "/x/e"), strict=True):
        slide.levels = [replace(slide.levels[0], file=Path(place))]
    panel.show_slides(slides)
    texts = [panel.list.item(row).text().split("\n") for row in range(3)]
    assert texts == [
        ["same", "b.dcm", "hematoxylin, eosin"],
        ["same", "d.dcm", "Colon"],
        ["slide 2"],
    ]
    size = "2,000 \N{MULTIPLICATION SIGN} 1,600 pixels"
    assert panel.list.item(0).toolTip() == f"{Path('/x/a/b.dcm')}\n{size}"


def test_long_names_do_not_widen_the_rows(panel: SlidesPanel, qtbot: QtBot) -> None:
    slides, _ = slides_of(1)
    slides[0].name = "n" * 400
    panel.show_slides(slides)
    qtbot.wait(10)
    row = panel.list.visualItemRect(panel.list.item(0))
    assert row.width() <= panel.list.viewport().width()


def test_pictures_and_rows_grow_with_the_text(panel: SlidesPanel, qtbot: QtBot) -> None:
    slides, _ = slides_of(1)
    panel.resize(600, 400)
    panel.show_slides(slides)
    qtbot.waitUntil(lambda: finished(panel, slides), timeout=PATIENCE)
    before = panel.list.iconSize()
    font = QFont(panel.font())
    font.setPointSizeF(2 * font.pointSizeF())
    panel.setFont(font)
    after = panel.list.iconSize()
    assert after.height() > 1.3 * before.height()
    assert panel.list.item(0).sizeHint().height() >= after.height()


def test_pictures_leave_room_for_names_in_a_narrow_list(
    panel: SlidesPanel, qtbot: QtBot
) -> None:
    slides, _ = slides_of(1)
    panel.show_slides(slides)
    panel.resize(100, 400)
    qtbot.waitUntil(
        lambda: panel.list.iconSize().width() < 0.5 * panel.list.viewport().width()
    )
    qtbot.waitUntil(lambda: finished(panel, slides), timeout=PATIENCE)
    icon = panel.list.item(0).icon().actualSize(QSize(500, 500))
    assert icon.width() <= panel.list.iconSize().width()


def test_arrow_keys_go_through_the_slides(panel: SlidesPanel, qtbot: QtBot) -> None:
    slides, _ = slides_of(3)
    panel.show_slides(slides)
    panel.show_slide(slides[0])
    chosen: list[object] = []
    panel.chosen.connect(chosen.append)
    qtbot.keyClick(panel.list, Qt.Key.Key_Down)
    qtbot.keyClick(panel.list, Qt.Key.Key_Down)
    assert chosen == slides[1:]


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (("a/x/one.dcm", "a/x/two.dcm"), ("one.dcm", "two.dcm")),
        (("a/x/DCM_0", "a/y/DCM_0", "b/z/other"), ("x", "y", "z")),
        (("a/x/DCM_0", "b/x/DCM_0"), ("a", "b")),
        (("a/x/1", "a/y/1", "b/x/1"), ("x/1", "y/1", "x/1")),
    ],
)
def test_slides_of_one_name_are_told_apart_by_what_differs(
    panel: SlidesPanel, files: tuple[str, ...], told: tuple[str, ...]
) -> None:
    slides, _ = slides_of(len(files) + 1)
    for slide, file in zip(slides, files, strict=False):
        slide.name = "same"
        slide.levels = [replace(each, file=Path(file)) for each in slide.levels]
    panel.show_slides(slides)
    texts = [panel.list.item(row).text() for row in range(len(slides))]
    assert texts[:-1] == [f"same\n{place}" for place in told]
    assert texts[-1] == f"slide {len(files)}"
