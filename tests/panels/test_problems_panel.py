"""The problems panel: what it lists, live, and where a choice leads."""

from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.scene.fake_slide import FakeSlide, halving_levels
from viewer.panels.outline_model import OutlineModel
from viewer.panels.problems_panel import BATCH, Problems, ProblemsPanel, TileProblem
from viewer.slide.files import FramePlace
from viewer.slide.geometry import Size
from viewer.slide.model import TileKey
from viewer.slide.warnings import SlideWarning

NO_SPACING = SlideWarning("no-spacing", "a.dcm: no scale.", Path("a.dcm"))
RATIO = SlideWarning("spacing-ratio", "b.dcm: is 1, expected 2.", Path("b.dcm"))


class NumberedSlide(FakeSlide):
    """A slide whose frames are numbered in the order of its tiles."""

    def frame_at(self, key: TileKey) -> FramePlace | None:
        if key.level:
            return None
        columns = self.levels[0].columns
        return FramePlace(Path("a.dcm"), key.row * columns + key.column + 1)


@pytest.fixture
def slide() -> NumberedSlide:
    return NumberedSlide(halving_levels(Size(256_000, 25_600), 256, 2))


@pytest.fixture
def panel(qtbot: QtBot, slide: NumberedSlide) -> ProblemsPanel:
    panel = ProblemsPanel()
    qtbot.addWidget(panel)
    panel.resize(900, 300)
    panel.show()
    panel.show_slide(slide)
    return panel


def failed(slide: FakeSlide, count: int, first: int = 0) -> list[TileProblem]:
    return [
        TileProblem(
            TileKey(slide.serial, 0, number % 1000, number // 1000),
            f"a.dcm: frame {number + 1} is damaged.",
        )
        for number in range(first, first + count)
    ]


def texts(model: OutlineModel, parent: QModelIndex | None = None) -> list[object]:
    """Return the rows with those below them, as nested lists of cells."""
    above = QModelIndex() if parent is None else parent
    rows: list[object] = []
    for row in range(model.rowCount(above)):
        index = model.index(row, 0, above)
        rows.append((model.cells(index), texts(model, index)))
    return rows


def test_nothing_wrong_is_said_in_a_sentence(panel: ProblemsPanel) -> None:
    assert panel.sentence.isVisible()
    assert panel.sentence.text() == (
        "Nothing is wrong with this slide, as far as it has been read."
    )
    panel.show_slide(None)
    assert panel.sentence.text() == "No slide is open."


def test_problems_are_grouped_in_words(
    panel: ProblemsPanel, slide: NumberedSlide
) -> None:
    damaged = TileProblem(TileKey(slide.serial, 1, 2, 3), "a.dcm: frame 5: odd.")
    panel.show_problems(
        Problems(failed(slide, 1, first=1202), [damaged], [NO_SPACING, RATIO])
    )
    assert texts(panel.model) == [
        (
            ("Tiles that cannot be shown (1)",),
            [
                (
                    (
                        "level 0, column 202, row 1, frame 1,203",
                        "a.dcm: frame 1203 is damaged.",
                    ),
                    [],
                )
            ],
        ),
        (
            ("Tiles shown in spite of damage (1)",),
            [(("level 1, column 2, row 3", "a.dcm: frame 5: odd."), [])],
        ),
        (
            ("No Pixel Spacing: the scale is unknown (1)",),
            [(("a.dcm", "a.dcm: no scale."), [])],
        ),
        (
            ("Pixel Spacing of a level does not follow from its size (1)",),
            [(("b.dcm", "b.dcm: is 1, expected 2."), [])],
        ),
    ]


def test_new_failures_leave_the_current_row_where_it_is(
    panel: ProblemsPanel, slide: NumberedSlide
) -> None:
    panel.show_problems(Problems(failed(slide, 3), (), [RATIO]))
    panel.reveal(failed=True)
    chosen = panel.outline.tree.currentIndex()
    resets: list[None] = []
    panel.model.modelReset.connect(lambda: resets.append(None))
    many = Problems(failed(slide, 20_000), (), [RATIO])
    assert not panel.show_problems(many)  # not all at once
    calls = 1
    while not panel.show_problems(many):
        calls += 1
        assert calls < 20_000 // BATCH
    assert resets == []
    heading = panel.model.index(0, 0)
    assert panel.model.rowCount(heading) == 20_000
    assert panel.model.cells(heading) == ("Tiles that cannot be shown (20,000)",)
    assert panel.outline.tree.currentIndex() == chosen
    assert panel.outline.current() == failed(slide, 1)[0].tile
    last = panel.model.index(19_999, 1, heading)
    assert last.data() == "a.dcm: frame 20000 is damaged."


def test_after_a_new_attempt_only_what_failed_again_is_listed(
    panel: ProblemsPanel, slide: NumberedSlide
) -> None:
    panel.show_problems(Problems(failed(slide, 3)))
    assert panel.retry.isEnabled()
    panel.show_problems(Problems(failed(slide, 1, first=2)))
    rows = texts(panel.model)
    assert len(rows) == 1
    assert panel.model.rowCount(panel.model.index(0, 0)) == 1
    panel.show_problems(Problems())
    assert panel.sentence.isVisible()
    assert not panel.retry.isEnabled()


def test_a_click_and_enter_on_a_tile_lead_there(
    panel: ProblemsPanel, slide: NumberedSlide, qtbot: QtBot
) -> None:
    tiles = failed(slide, 2)
    panel.show_problems(Problems(tiles))
    tree = panel.outline.tree
    second = panel.model.index(1, 0, panel.model.index(0, 0))
    with qtbot.waitSignal(panel.tile_chosen) as clicked:
        place = tree.visualRect(second).center()
        qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert clicked.args == [tiles[1].tile]
    panel.reveal(failed=True)
    with qtbot.waitSignal(panel.tile_chosen) as entered:
        qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert entered.args == [tiles[0].tile]


def test_a_warning_leads_to_its_file_and_shows_its_whole_text(
    panel: ProblemsPanel, slide: NumberedSlide, qtbot: QtBot
) -> None:
    panel.show_problems(Problems(failed(slide, 1), (), [RATIO]))
    panel.reveal(failed=False)
    assert panel.outline.text.toPlainText() == "b.dcm: is 1, expected 2."
    with qtbot.waitSignal(panel.file_chosen) as chosen:
        qtbot.keyClick(panel.outline.tree, Qt.Key.Key_Return)
    assert chosen.args == [Path("b.dcm")]


def test_a_row_is_copied_by_its_key(
    panel: ProblemsPanel, slide: NumberedSlide, qtbot: QtBot
) -> None:
    panel.show_problems(Problems((), (), [RATIO]))
    panel.reveal(failed=False)
    qtbot.keyClick(
        panel.outline.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier
    )
    assert QGuiApplication.clipboard().text() == "b.dcm\tb.dcm: is 1, expected 2."


def test_another_slide_begins_without_problems(
    panel: ProblemsPanel, slide: NumberedSlide
) -> None:
    panel.show_problems(Problems(failed(slide, 2)))
    panel.show_slide(FakeSlide(slide.levels))
    assert texts(panel.model) == []
    assert panel.sentence.isVisible()
