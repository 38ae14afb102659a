"""The metadata panel with slides in memory: what it shows, follows, finds, copies."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QPlainTextEdit
from pytestqt.qtbot import QtBot

from tests.panels.attribute_trees import LongSequence, plain, sequence
from tests.scene.fake_slide import FakeSlide, halving_levels
from viewer.panels.attribute_model import AttributeModel
from viewer.panels.metadata_panel import MetadataPanel
from viewer.slide.errors import SlideError
from viewer.slide.files import FileRole, FramePlace
from viewer.slide.geometry import Size
from viewer.slide.metadata import Attribute
from viewer.slide.model import TileKey

PATIENCE = 10_000
BASE, PART, TOP = Path("base.dcm"), Path("part.dcm"), Path("top.dcm")
ROOT = QModelIndex()


class ThreeFileSlide(FakeSlide):
    """Level 0 is in two files, level 1 is computed, level 2 in a file of its own.

    `held` are files that are read only when their event is set.
    """

    def __init__(self) -> None:
        levels = halving_levels(Size(1000, 800), 256, 3)
        levels[0] = replace(levels[0], file=BASE)
        levels[1] = replace(levels[1], stored=False)
        levels[2] = replace(levels[2], file=TOP)
        super().__init__(levels)
        self.files: Sequence[FileRole] = [
            FileRole(BASE, "level 0", ""),
            FileRole(PART, "level 0", ""),
            FileRole(TOP, "level 1", ""),
        ]
        self.read: list[str] = []
        self.held: dict[Path, threading.Event] = {}
        self.frames: dict[Path, LongSequence] = {}
        self.places: dict[tuple[int, int], FramePlace] = {}

    def metadata(self, file: Path) -> Attribute:
        self.read.append(file.name)
        if file in self.held:
            self.held[file].wait(10)
        made = [
            plain("ImageType", file.name),
            sequence("Seq", [plain("StudyDate", "20250131")], [plain("Other")]),
        ]
        if file in self.frames:
            made.append(self.frames[file].attribute)
        return Attribute("", "", "file", "", 0, "", lambda: made)

    def frame_at(self, key: TileKey) -> FramePlace | None:
        return self.places.get((key.column, key.row)) if key.level != 1 else None


@pytest.fixture
def slide() -> Iterator[ThreeFileSlide]:
    slide = ThreeFileSlide()
    yield slide
    for event in slide.held.values():
        event.set()


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[MetadataPanel]:
    panel = MetadataPanel()
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    yield panel
    panel.show_slide(None)


def ready(panel: MetadataPanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(panel.is_ready, timeout=PATIENCE)


def names(model: AttributeModel, parent: QModelIndex = ROOT) -> list[object]:
    return [
        model.data(model.index(row, 0, parent)) for row in range(model.rowCount(parent))
    ]


def shown_file(panel: MetadataPanel) -> object:
    """Return the file that the tree on screen is from, by its own words."""
    return panel.model.data(panel.model.index(0, 1))


def search(panel: MetadataPanel, text: str, qtbot: QtBot) -> None:
    panel.start_finding()
    field = panel.finder.bar.field
    field.clear()
    qtbot.keyClicks(field, text)
    ready(panel, qtbot)


def test_tree_shows_the_file_of_the_finest_level(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    panel.show_slide(slide)
    assert not panel.is_ready()
    ready(panel, qtbot)
    assert panel.chooser.list.currentText().startswith("Level 0")
    assert panel.file.text() == "base.dcm"
    assert names(panel.model) == ["ImageType", "Seq"]


def test_tree_follows_the_level_and_computed_ones_show_the_finer_file(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    panel.show_slide(slide)
    ready(panel, qtbot)
    for level in (1, 2):
        panel.show_level(level)
        ready(panel, qtbot)
    assert shown_file(panel) == "top.dcm"
    assert slide.read == ["base.dcm", "top.dcm"]


def test_passing_through_a_level_reads_nothing(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    panel.show_slide(slide)
    ready(panel, qtbot)
    panel.show_level(2)
    panel.show_level(0)
    ready(panel, qtbot)
    assert slide.read == ["base.dcm"]


def test_a_file_chosen_stays_until_following_is_wanted_again(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    panel.show_slide(slide)
    ready(panel, qtbot)
    qtbot.keyClick(panel.chooser.list, Qt.Key.Key_Down)
    ready(panel, qtbot)
    assert shown_file(panel) == "part.dcm"
    panel.show_level(2)
    ready(panel, qtbot)
    assert shown_file(panel) == "part.dcm"
    qtbot.mouseClick(panel.chooser.follow, Qt.MouseButton.LeftButton)
    ready(panel, qtbot)
    assert shown_file(panel) == "top.dcm"


def test_nothing_is_read_while_the_panel_is_hidden(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    panel.hide()
    panel.show_slide(slide)
    panel.show_level(2)
    panel.show_tile(TileKey(1, 0, 0, 0))
    ready(panel, qtbot)
    assert slide.read == []
    panel.show()
    ready(panel, qtbot)
    assert slide.read == ["top.dcm"]


def test_a_slow_file_is_never_shown_in_place_of_a_newer_one(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    slide.held[BASE] = threading.Event()
    panel.show_slide(slide)
    panel.chooser.choose(TOP)
    ready(panel, qtbot)
    assert shown_file(panel) == "top.dcm"
    slide.held[BASE].set()
    qtbot.wait(50)
    assert shown_file(panel) == "top.dcm"


def test_nothing_is_shown_while_another_file_is_read(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    slide.held[TOP] = threading.Event()
    panel.show_slide(slide)
    ready(panel, qtbot)
    search(panel, "base", qtbot)
    panel.chooser.choose(TOP)
    assert names(panel.model) == names(panel.finder.found) == []
    assert panel.value.value.toPlainText() == ""
    slide.held[TOP].set()
    ready(panel, qtbot)
    assert shown_file(panel) == "top.dcm"
    assert panel.finder.bar.count.text() == "0 matches"


def test_a_slow_file_of_a_slide_that_went_is_not_shown(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    slide.held[BASE] = threading.Event()
    panel.show_slide(slide)
    panel.show_slide(None)
    slide.held[BASE].set()
    qtbot.wait(50)
    assert names(panel.model) == []
    assert panel.sentence.text() == "No slide is open."
    assert panel.is_ready()


def test_a_file_that_cannot_be_read_is_a_sentence_and_the_others_go_on(
    panel: MetadataPanel,
    slide: ThreeFileSlide,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = slide.metadata

    def broken(file: Path) -> Attribute:
        if file == BASE:
            raise SlideError(f"{file.name}: has gone.")
        return whole(file)

    monkeypatch.setattr(slide, "metadata", broken)
    panel.show_slide(slide)
    ready(panel, qtbot)
    assert panel.sentence.text() == "base.dcm: has gone."
    assert panel.sentence.isVisible()
    assert names(panel.model) == []
    panel.chooser.choose(TOP)
    ready(panel, qtbot)
    assert not panel.sentence.isVisible()
    assert shown_file(panel) == "top.dcm"


def test_the_attribute_chosen_is_chosen_in_the_next_file_too(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    panel.show_slide(slide)
    ready(panel, qtbot)
    panel.tree.reveal("Seq[0].StudyDate")
    ready(panel, qtbot)
    panel.show_level(2)
    ready(panel, qtbot)
    assert shown_file(panel) == "top.dcm"
    current = panel.tree.current()
    assert current is not None
    assert current.path == "Seq[0].StudyDate"


def test_a_clicked_tile_shows_its_frame_among_100_000(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    slide.frames[BASE] = LongSequence(100_000, "PerFrameFunctionalGroupsSequence")
    slide.places[3, 4] = FramePlace(BASE, 73_512)
    panel.show_slide(slide)
    ready(panel, qtbot)
    panel.chooser.list.setFocus()
    panel.show_tile(TileKey(1, 0, 3, 4))
    ready(panel, qtbot)
    current = panel.tree.current()
    assert current is not None
    assert current.path == "PerFrameFunctionalGroupsSequence[73511]"
    assert panel.tree.isExpanded(panel.tree.currentIndex())
    assert panel.tree.visualRect(panel.tree.currentIndex()).isValid()
    assert panel.note.text() == "Frame 73,512 of base.dcm"
    assert panel.chooser.list.hasFocus()
    assert len(slide.frames[BASE].made) == 1000


def test_a_clicked_tile_leads_to_the_part_that_holds_it(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    slide.frames[PART] = LongSequence(5, "PerFrameFunctionalGroupsSequence")
    slide.places[1, 1] = FramePlace(PART, 2)
    panel.show_slide(slide)
    ready(panel, qtbot)
    panel.show_tile(TileKey(1, 0, 1, 1))
    panel.show_level(1)  # computed from level 0: the part stays
    ready(panel, qtbot)
    assert shown_file(panel) == "part.dcm"
    current = panel.tree.current()
    assert current is not None
    assert current.path == "PerFrameFunctionalGroupsSequence[1]"


def test_a_frame_without_attributes_or_of_another_file_is_a_note(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    slide.places[0, 0] = FramePlace(BASE, 1203)
    slide.places[1, 1] = FramePlace(PART, 2)
    panel.show_slide(slide)
    ready(panel, qtbot)
    panel.show_tile(TileKey(1, 0, 0, 0))
    ready(panel, qtbot)
    assert panel.note.text() == "Frame 1,203 of base.dcm"
    assert panel.tree.current() is None
    qtbot.keyClick(panel.chooser.list, Qt.Key.Key_Down)
    qtbot.keyClick(panel.chooser.list, Qt.Key.Key_Down)  # the user wants top.dcm
    panel.show_tile(TileKey(1, 0, 1, 1))
    ready(panel, qtbot)
    assert panel.note.text() == "Frame 2 of part.dcm"
    assert shown_file(panel) == "top.dcm"
    panel.show_tile(TileKey(1, 0, 7, 7))
    assert panel.note.text() == "No frame is stored for the place clicked."
    panel.show_tile(TileKey(1, 1, 0, 0))
    assert panel.note.text().startswith("Computed from many frames")


def test_typing_finds_what_nobody_opened_and_counts_it(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    panel.show_slide(slide)
    ready(panel, qtbot)
    search(panel, "2025", qtbot)
    results, found = panel.finder.results, panel.finder.found
    assert results.isVisible()
    assert not panel.tree.isVisible()
    assert panel.finder.bar.count.text() == "1 match"
    seq = found.index(0, 0)
    first = found.index(0, 0, seq)
    assert names(found) == ["Seq"]
    assert names(found, seq) == ["Item 1"]
    assert names(found, first) == ["StudyDate"]
    assert results.isExpanded(seq)
    assert results.isExpanded(first)
    assert panel.value.value.toPlainText() == "20250131"
    assert panel.finder.bar.field.hasFocus()


def test_enter_and_its_shift_go_round_the_matches(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    panel.show_slide(slide)
    ready(panel, qtbot)
    search(panel, "t", qtbot)
    field = panel.finder.bar.field
    told = [panel.finder.bar.count.text()]
    for _ in range(3):
        qtbot.keyClick(field, Qt.Key.Key_Return)
        told.append(panel.finder.bar.count.text())
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    told.append(panel.finder.bar.count.text())
    panel.find_next(1)
    told.append(panel.finder.bar.count.text())
    numbers = [each.split(" of ")[0] for each in told]
    assert {each.split(" of ")[1] for each in told} == {"3 matches"}
    assert numbers == ["1", "2", "3", "1", "3", "1"]


def test_escape_ends_the_search_and_shows_the_match_in_the_whole_tree(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    panel.show_slide(slide)
    ready(panel, qtbot)
    search(panel, "2025", qtbot)
    with qtbot.waitSignal(panel.left):
        qtbot.keyClick(panel.finder.bar.field, Qt.Key.Key_Escape)
    ready(panel, qtbot)
    assert panel.finder.bar.field.text() == ""
    assert not panel.finder.bar.count.isVisible()
    assert panel.tree.isVisible()
    current = panel.tree.current()
    assert current is not None
    assert current.path == "Seq[0].StudyDate"
    assert names(panel.model) == ["ImageType", "Seq"]
    assert panel.value.value.toPlainText() == "20250131"


def test_the_search_goes_on_in_the_next_file(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    panel.show_slide(slide)
    ready(panel, qtbot)
    search(panel, "top.dcm", qtbot)
    assert panel.finder.bar.count.text() == "0 matches"
    panel.show_level(2)
    ready(panel, qtbot)
    assert panel.finder.bar.count.text() == "1 match"


def test_long_sequences_are_searched_on_request(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    slide.frames[BASE] = LongSequence(1500)
    panel.show_slide(slide)
    ready(panel, qtbot)
    search(panel, "column 7", qtbot)
    bar = panel.finder.bar
    assert bar.count.text() == "0 matches"
    assert bar.more.isVisible()
    assert bar.more.text() == "Also Search 1,500 Items"
    assert slide.frames[BASE].made == []
    qtbot.keyClick(bar.more, Qt.Key.Key_Space)
    ready(panel, qtbot)
    expected = [number for number in range(1500) if "7" in str(number)]
    assert bar.count.text() == f"1 of {len(expected)} matches"
    assert [node.attribute for node in panel.finder.found.matches if node.attribute]
    values = [
        node.attribute.value
        for node in panel.finder.found.matches
        if node.attribute is not None
    ]
    assert values == [f"column {number}" for number in expected]
    assert not bar.more.isVisible()


def test_a_long_search_can_be_stopped(
    panel: MetadataPanel,
    slide: ThreeFileSlide,
    qtbot: QtBot,
) -> None:
    frames = slide.frames[BASE] = LongSequence(10**9)
    panel.show_slide(slide)
    ready(panel, qtbot)
    search(panel, "column", qtbot)
    bar = panel.finder.bar
    bar.more.click()
    qtbot.waitUntil(lambda: bar.told.text().startswith("Searching item 2"))
    assert bar.more.text() == "Stop Searching"
    bar.more.click()
    ready(panel, qtbot)
    made = len(frames.made)
    qtbot.wait(100)
    assert len(frames.made) <= made + 1
    assert not bar.told.isVisible()
    assert len(panel.finder.found.matches) > 0


def test_the_whole_value_is_shown_below(
    panel: MetadataPanel,
    slide: ThreeFileSlide,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    long = Attribute("", "Text", "", "UT", 1, "be...", None, "Text", lambda: "x" * 9000)
    huge = Attribute("", "Huge", "", "UT", 1, "y...", None, "Huge", lambda: "y" * 10**6)

    def metadata(_file: Path) -> Attribute:
        return Attribute("", "", "file", "", 0, "", lambda: [long, huge])

    monkeypatch.setattr(slide, "metadata", metadata)
    panel.show_slide(slide)
    ready(panel, qtbot)
    panel.tree.reveal("Text")
    qtbot.waitUntil(lambda: panel.value.value.toPlainText() == "x" * 9000)
    assert panel.value.path.text() == "Text"
    panel.tree.reveal("Huge")
    qtbot.waitUntil(
        lambda: "980,000 characters more" in panel.value.value.toPlainText()
    )


@pytest.fixture
def chosen(panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot) -> MetadataPanel:
    """The panel with a row chosen that has value and path."""
    panel.show_slide(slide)
    ready(panel, qtbot)
    panel.tree.reveal("Seq[0].StudyDate")
    ready(panel, qtbot)
    panel.tree.setFocus()
    return panel


def copied(panel: MetadataPanel, do: Callable[[], object], qtbot: QtBot) -> str:
    QGuiApplication.clipboard().setText("before")
    do()
    qtbot.waitUntil(lambda: not panel.clipboard.is_busy, timeout=PATIENCE)
    return QGuiApplication.clipboard().text()


def test_keys_copy_value_and_path(chosen: MetadataPanel, qtbot: QtBot) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    shift = Qt.KeyboardModifier.ShiftModifier
    tree = chosen.tree
    value = copied(chosen, lambda: qtbot.keyClick(tree, Qt.Key.Key_C, control), qtbot)
    assert value == "20250131"
    assert chosen.note.text() == "Copied the value: 8 characters."
    path = copied(
        chosen, lambda: qtbot.keyClick(tree, Qt.Key.Key_C, control | shift), qtbot
    )
    assert path == "Seq[0].StudyDate"


def test_the_menu_key_offers_every_way_of_copying(
    chosen: MetadataPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    places: list[QPoint] = []
    monkeypatch.setattr(QMenu, "popup", lambda _menu, place: places.append(place))
    reason = QContextMenuEvent.Reason.Keyboard
    event = QContextMenuEvent(reason, QPoint(1, 1), QPoint(1, 1))
    QApplication.sendEvent(chosen.tree.viewport(), event)
    (menu,) = chosen.tree.findChildren(QMenu)
    row_area = chosen.tree.visualRect(chosen.tree.currentIndex())
    assert places == [chosen.tree.viewport().mapToGlobal(row_area.bottomLeft())]
    texts = [action.text().replace("&", "") for action in menu.actions()]
    assert texts == [
        "Copy Value\tCtrl+C",
        "Copy Path\tCtrl+Shift+C",
        "Copy Row",
        "Copy as JSON",
    ]
    row = copied(chosen, menu.actions()[2].trigger, qtbot)
    assert row == "StudyDate\t20250131\t(0008,0001)\tLO\t1"


def test_columns_have_one_width_in_both_trees(panel: MetadataPanel) -> None:
    panel.tree.header().resizeSection(1, 333)
    assert panel.finder.results.header().sectionSize(1) == 333
    panel.finder.results.header().resizeSection(0, 222)
    assert panel.tree.header().sectionSize(0) == 222


def test_a_page_that_is_folded_is_forgotten(
    panel: MetadataPanel, slide: ThreeFileSlide, qtbot: QtBot
) -> None:
    slide.frames[BASE] = LongSequence(3000)
    panel.show_slide(slide)
    ready(panel, qtbot)
    panel.tree.reveal("PerFrame[1500]")
    ready(panel, qtbot)
    page = panel.model.parent(panel.tree.currentIndex())
    assert panel.model.rowCount(page) == 1000
    panel.tree.collapse(page)
    qtbot.waitUntil(lambda: panel.model.rowCount(page) == 0)
    panel.tree.expand(page)
    qtbot.waitUntil(lambda: panel.model.rowCount(page) == 1000, timeout=PATIENCE)


def test_the_only_item_of_a_sequence_opens_with_it(
    panel: MetadataPanel,
    slide: ThreeFileSlide,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = [sequence("One", [plain("A")]), sequence("Two", [plain("A")], [plain("B")])]

    def metadata(_file: Path) -> Attribute:
        return Attribute("", "", "file", "", 0, "", lambda: made)

    monkeypatch.setattr(slide, "metadata", metadata)
    panel.show_slide(slide)
    ready(panel, qtbot)
    one, two = panel.model.index(0, 0), panel.model.index(1, 0)
    panel.tree.expand(one)
    panel.tree.expand(two)
    ready(panel, qtbot)
    assert names(panel.model, panel.model.index(0, 0, one)) == ["A"]
    assert panel.tree.isExpanded(panel.model.index(0, 0, one))
    assert names(panel.model, two) == ["Item 1", "Item 2"]
    assert names(panel.model, panel.model.index(0, 0, two)) == []


def test_names_of_any_length_never_make_the_panel_wider(
    panel: MetadataPanel,
    slide: ThreeFileSlide,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    narrow = panel.minimumSizeHint().width()
    name = Path("1.2.826.0.1." * 30 + "dcm")

    def broken(_file: Path) -> Attribute:
        raise SlideError(f"{name}: has gone.")

    monkeypatch.setattr(slide, "metadata", broken)
    slide.files = [FileRole(name, "level 0", "")]
    slide.places[0, 0] = FramePlace(name, 7)
    panel.show_slide(slide)
    ready(panel, qtbot)
    panel.show_tile(TileKey(1, 0, 0, 0))
    assert panel.note.isVisible()
    assert panel.sentence.isVisible()
    assert panel.minimumSizeHint().width() == narrow


def test_a_hex_dump_keeps_its_columns_and_text_is_wrapped(
    panel: MetadataPanel, qtbot: QtBot
) -> None:
    modes = QPlainTextEdit.LineWrapMode
    value = panel.value.value
    for vr, mode in (("OB", modes.NoWrap), ("UT", modes.WidgetWidth)):
        panel.value.show_attribute(Attribute("(0009,1001)", "", "A", vr, 1, "00"))
        assert value.lineWrapMode() == mode


def test_names_and_values_fill_the_width_until_the_user_makes_columns_his_own(
    panel: MetadataPanel, qtbot: QtBot
) -> None:
    header, results = panel.tree.header(), panel.finder.results.header()

    def widths() -> tuple[int, int]:
        return header.sectionSize(0), header.sectionSize(1)

    for width in (300, 440):
        panel.resize(width, 500)
        room = panel.tree.viewport().width
        qtbot.waitUntil(lambda room=room: sum(widths()) == room())
        assert (results.sectionSize(0), results.sectionSize(1)) == widths()
    results.resizeSection(0, 111)
    own = widths()
    panel.resize(600, 500)
    qtbot.wait(20)
    assert own[0] == 111
    assert widths() == own
