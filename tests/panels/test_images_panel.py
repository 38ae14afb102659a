"""Overview and thumbnail marked, clicked and turned; the label's words; colors."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.scene.fake_slide import FakeSlide, halving_levels
from viewer.panels.images_panel import DAMAGED, ImagesPanel
from viewer.qt.scan_check import EMPTY_GLASS
from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Rect, Size
from viewer.slide.model import AssociatedImage, Samples
from viewer.slide.placement import Placement
from viewer.slide.warnings import SlideWarning

PATIENCE = 5000
LEFT = Qt.MouseButton.LeftButton


class RotationBook:
    """Rotations kept in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], int] = {}

    def rotation(self, scanner: str, role: str) -> int:
        return self.kept.get((scanner, role), 0)

    def remember(self, scanner: str, role: str, degrees: int) -> None:
        self.kept[scanner, role] = degrees


class CountedImage:
    """A grey picture that counts how often it is read."""

    def __init__(self, width: int, height: int) -> None:
        self.size = Size(width, height)
        self.reads = 0

    def read(self) -> Samples:
        self.reads += 1
        pixels = np.full((self.size.height, self.size.width, 4), 128, np.uint8)
        pixels[..., 3] = 255
        return pixels

    def image(self, **facts: object) -> AssociatedImage:
        return AssociatedImage(self.size, Path("x.dcm"), self.read, **facts)  # type: ignore[arg-type]


def slide_with(**images: AssociatedImage) -> FakeSlide:
    """Return a slide of 10,000 x 8,000 pixels at 0.001 mm, 10 mm from the corner."""
    slide = FakeSlide(halving_levels(Size(10_000, 8_000), 256, 6))
    slide.associated = images
    slide.scanner = "Maker Model"
    slide.placement = Placement((10.0, 10.0), (0.001, 0.0), (0.0, 0.001))
    return slide


def overview(**facts: object) -> AssociatedImage:
    """Return a picture of 50 x 25 mm at 0.1 mm, upright."""
    placement = Placement((0.0, 0.0), (0.1, 0.0), (0.0, 0.1))
    return CountedImage(500, 250).image(placement=placement, **facts)


@pytest.fixture
def panel(qtbot: QtBot) -> ImagesPanel:
    panel = ImagesPanel()
    panel.rotations = RotationBook()
    qtbot.addWidget(panel)
    panel.resize(520, 700)
    panel.show()
    return panel


def shown(panel: ImagesPanel, qtbot: QtBot, slide: FakeSlide) -> None:
    panel.show_slide(slide)
    qtbot.waitUntil(panel.is_ready, timeout=PATIENCE)
    qtbot.wait(10)  # the layout


def fractions(panel: ImagesPanel, key: str) -> list[float]:
    """Return left, top, right and bottom of the field of view on a picture."""
    view = panel.pictures[key].view
    box = view.field.boundingRect()
    corners = (box.topLeft(), box.bottomRight())
    return [value for corner in corners for value in view.to_image(corner)]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_click_on_the_overview_asks_for_the_level_0_place(
    panel: ImagesPanel, qtbot: QtBot, rotation: int
) -> None:
    shown(panel, qtbot, slide_with(overview=overview()))
    view = panel.pictures["overview"].view
    view.set_rotation(rotation)
    # 13 mm, 12 mm on the glass: 3,000 and 2,000 pixels of the scan.
    target = view.to_widget(130 / 500, 120 / 250).toPoint()
    with qtbot.waitSignal(panel.place_chosen) as asked:
        qtbot.mouseClick(view, LEFT, pos=target)
    assert asked.args == pytest.approx([3000, 2000], abs=250)  # a pixel of the panel


def test_field_of_view_is_where_the_area_lies_on_the_glass(
    panel: ImagesPanel, qtbot: QtBot
) -> None:
    shown(panel, qtbot, slide_with(overview=overview()))
    panel.show_area(Rect(1000, 2000, 4000, 3000))
    # From 11, 12 mm to 15, 15 mm of 50 x 25.
    assert fractions(panel, "overview") == pytest.approx(
        [11 / 50, 12 / 25, 15 / 50, 15 / 25], abs=1e-6
    )


def test_field_of_view_that_came_before_the_picture_is_there_with_it(
    panel: ImagesPanel, qtbot: QtBot
) -> None:
    panel.show_slide(slide_with(overview=overview()))
    panel.show_area(Rect(1000, 2000, 4000, 3000))
    qtbot.waitUntil(panel.is_ready, timeout=PATIENCE)
    assert fractions(panel, "overview")[0] == pytest.approx(11 / 50)


def test_thumbnail_needs_no_geometry(panel: ImagesPanel, qtbot: QtBot) -> None:
    slide = slide_with(thumbnail=CountedImage(500, 400).image())
    slide.placement = None
    shown(panel, qtbot, slide)
    panel.show_area(Rect(2500, 2000, 5000, 4000))
    assert fractions(panel, "thumbnail") == pytest.approx([0.25, 0.25, 0.75, 0.75])
    view = panel.pictures["thumbnail"].view
    with qtbot.waitSignal(panel.place_chosen) as asked:
        qtbot.mouseClick(view, LEFT, pos=view.to_widget(0.5, 0.5).toPoint())
    assert asked.args == pytest.approx([5000, 4000], abs=50)


def test_overview_without_a_place_says_so_and_is_not_clicked(
    panel: ImagesPanel, qtbot: QtBot
) -> None:
    sentence = "The overview says nothing, so the scanned area is not drawn."
    image = CountedImage(500, 250).image(placement_problem=sentence)
    shown(panel, qtbot, slide_with(overview=image))
    pane = panel.pictures["overview"]
    assert pane.note.isVisible()
    assert pane.note.text() == sentence
    with qtbot.assertNotEmitted(panel.place_chosen):
        qtbot.mouseClick(pane.view, LEFT, pos=pane.view.rect().center())
    panel.show_slide(slide_with(overview=overview()))
    qtbot.waitUntil(panel.is_ready, timeout=PATIENCE)
    assert not pane.note.isVisible()


def test_rotation_is_remembered_for_the_scanner_and_the_role(
    panel: ImagesPanel, qtbot: QtBot
) -> None:
    image = CountedImage(100, 50).image()
    shown(panel, qtbot, slide_with(label=image, overview=overview()))
    qtbot.mouseClick(panel.pictures["label"].turn, LEFT)
    qtbot.keyClick(panel.pictures["label"].view, Qt.Key.Key_R)
    shown(panel, qtbot, slide_with(label=image, overview=overview()))
    assert panel.pictures["label"].view.rotation == 180
    assert panel.pictures["overview"].view.rotation == 0
    other = slide_with(label=image)
    other.scanner = "Another"
    shown(panel, qtbot, other)
    assert panel.pictures["label"].view.rotation == 0


def test_switching_color_management_reads_nothing_again_and_keeps_the_view(
    panel: ImagesPanel, qtbot: QtBot
) -> None:
    source = CountedImage(100, 50)
    broken = source.image(icc_profile=b"x" * 200)
    shown(panel, qtbot, slide_with(label=broken))
    view = panel.pictures["label"].view
    assert "Colors are shown as stored" in view.toolTip()
    view.zoom_by(3)
    view.set_rotation(90)
    view.zoom_by(3)
    place = view.to_widget(0.2, 0.2)
    panel.set_color_managed(False)
    qtbot.waitUntil(panel.is_ready, timeout=PATIENCE)
    assert "stored" not in view.toolTip()
    assert source.reads == 1
    assert view.to_widget(0.2, 0.2) == place
    assert view.rotation == 90


def test_switch_while_reading_counts_for_what_comes(
    panel: ImagesPanel, qtbot: QtBot
) -> None:
    source = CountedImage(100, 50)
    panel.show_slide(slide_with(label=source.image(icc_profile=b"x" * 200)))
    panel.set_color_managed(False)
    qtbot.waitUntil(panel.is_ready, timeout=PATIENCE)
    assert "stored" not in panel.pictures["label"].view.toolTip()
    assert source.reads == 1


def test_label_words_stand_beside_it_and_can_be_copied(
    panel: ImagesPanel, qtbot: QtBot
) -> None:
    slide = slide_with()
    slide.label_texts = [("Barcode", "S26-1 <A&B>"), ("Label text", "HE\nsecond line")]
    shown(panel, qtbot, slide)
    assert panel.words.isVisible()
    panel.words.setFocus()
    panel.words.selectAll()
    panel.words.copy()
    copied = QGuiApplication.clipboard().text()
    for part in ("Barcode:", "S26-1 <A&B>", "HE", "second line"):
        assert part in copied
    panel.show_slide(slide_with())
    assert not panel.words.isVisible()


def test_long_words_wrap_and_do_not_widen_the_panel(
    panel: ImagesPanel, qtbot: QtBot
) -> None:
    slide = slide_with()
    slide.label_texts = [("Barcode", "0123456789" * 40)]
    shown(panel, qtbot, slide)
    assert panel.width() == 520
    assert panel.words.horizontalScrollBar().maximum() == 0
    assert panel.words.document().size().height() > 3 * panel.fontMetrics().height()


def test_pictures_take_the_focus_by_keyboard_and_have_names(
    panel: ImagesPanel, qtbot: QtBot
) -> None:
    shown(panel, qtbot, slide_with(label=CountedImage(90, 90).image()))
    view = panel.pictures["label"].view
    assert view.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert view.accessibleName() == "Label"
    assert panel.pictures["label"].turn.toolTip() == "Rotate the label by 90° (R)"
    assert view.mapTo(panel, QPoint(0, 0)).x() >= 0


def test_a_rectangle_on_empty_glass_is_not_drawn(
    panel: ImagesPanel, qtbot: QtBot
) -> None:
    striped = np.full((240, 300, 4), 255, np.uint8)
    striped[:120, :, :3] = 90  # the overview is grey all over
    thumbnail = AssociatedImage(Size(300, 240), Path("t.dcm"), lambda: striped)
    shown(panel, qtbot, slide_with(overview=overview(), thumbnail=thumbnail))
    pane = panel.pictures["overview"]
    assert pane.note.text() == EMPTY_GLASS
    assert pane.note.isVisible()
    panel.show_area(Rect(1000, 2000, 4000, 3000))
    assert not pane.view.is_located
    assert pane.view.field.isEmpty()
    assert panel.pictures["thumbnail"].view.is_located


def test_a_damaged_image_is_shown_with_a_word(panel: ImagesPanel, qtbot: QtBot) -> None:
    slide = slide_with(overview=overview(placement_problem="It is nowhere."))
    slide.warnings = [SlideWarning("damaged-frame", "x.dcm: bad.", Path("x.dcm"))]
    shown(panel, qtbot, slide)
    assert panel.pictures["overview"].note.text() == f"It is nowhere. {DAMAGED}"
    slide.warnings = [SlideWarning("damaged-frame", "y.dcm: bad.", Path("y.dcm"))]
    shown(panel, qtbot, slide)
    assert panel.pictures["overview"].note.text() == "It is nowhere."


@pytest.mark.parametrize("width", [300, 520])
def test_a_long_sentence_in_the_place_of_a_label_is_not_cut_off(
    panel: ImagesPanel, qtbot: QtBot, width: int
) -> None:
    def fail() -> Samples:
        raise BrokenFrame("label.dcm: frame 1 is missing: " + "the file ends " * 20)

    label = AssociatedImage(Size(300, 200), Path("label.dcm"), fail)
    slide = slide_with(label=label, overview=overview())
    slide.label_texts = [("Barcode", "S26-1")]
    panel.resize(width, 700)
    shown(panel, qtbot, slide)
    pane = panel.pictures["label"]
    sentence = pane.sentence
    assert sentence.height() >= sentence.heightForWidth(sentence.width())
    assert pane.rect().contains(sentence.geometry())
    assert panel.words.isVisible()


def test_images_that_are_absent_leave_no_holes(
    panel: ImagesPanel, qtbot: QtBot
) -> None:
    slide = slide_with()
    slide.label_texts = [("Barcode", "S26-1")]
    shown(panel, qtbot, slide)
    heights = [pane.height() for pane in panel.pictures.values()]
    lines = panel.fontMetrics().lineSpacing()
    assert max(heights) < 5 * lines
    assert panel.pictures["thumbnail"].geometry().bottom() < 15 * lines
