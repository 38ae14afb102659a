"""The files panel: what each file is, what was left out, and why."""

from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from pytestqt.qtbot import QtBot

from tests.scene.fake_slide import FakeSlide, halving_levels
from viewer.formats import Ignored
from viewer.panels.files_panel import FilesPanel
from viewer.slide.files import FileRole
from viewer.slide.geometry import Size
from viewer.slide.warnings import SlideWarning

FOLDER = Path("/data/slides")
BASE, TOP, LABEL = (FOLDER / name for name in ("base.dcm", "top.dcm", "label.dcm"))
COPY, NOTES = FOLDER / "copy.dcm", FOLDER / "notes.txt"
JPEG = "1.2.840.10008.1.2.4.50"


@pytest.fixture
def slide() -> FakeSlide:
    slide = FakeSlide(halving_levels(Size(1000, 700), 256, 1))
    slide.files = [
        FileRole(
            BASE, "level 0", "VOLUME, 46000 x 32914 pixels", Size(46000, 32914), JPEG
        ),
        FileRole(TOP, "not used", "the tiling is odd", Size(500, 350), "1.2.3"),
        FileRole(LABEL, "label", "LABEL, 5 x 4 pixels"),
    ]
    slide.warnings = [
        SlideWarning("no-spacing", "base.dcm: no scale.", BASE),
        SlideWarning("level-refused", "top.dcm is not used: odd.", TOP),
        SlideWarning("broken-frame", "base.dcm: frame 3: odd.", BASE),
    ]
    return slide


@pytest.fixture
def panel(qtbot: QtBot, slide: FakeSlide) -> FilesPanel:
    panel = FilesPanel()
    qtbot.addWidget(panel)
    panel.resize(900, 300)
    panel.show()
    panel.show_left_out(
        [
            Ignored(NOTES, "notes.txt is not a DICOM file."),
            Ignored(COPY, "a copy of base.dcm", frozenset({BASE})),
        ]
    )
    panel.show_slide(slide)
    return panel


def rows(panel: FilesPanel, *path: int) -> list[tuple[str, ...]]:
    """Return the cells of what is below a row."""
    above = QModelIndex()
    for row in path:
        above = panel.model.index(row, 0, above)
    count = panel.model.rowCount(above)
    return [panel.model.cells(panel.model.index(row, 0, above)) for row in range(count)]


def test_files_have_role_picture_storage_and_reason(panel: FilesPanel) -> None:
    assert rows(panel) == [
        ("Files of this slide (3)",),
        ("Left out, and about this slide (1)",),
        ("Left out (1)",),
    ]
    assert rows(panel, 0) == [
        (
            "base.dcm",
            "level 0",
            "\N{WARNING SIGN} 2",
            "46,000 x 32,914 pixels",
            "JPEG Baseline",
            "VOLUME, 46000 x 32914 pixels",
        ),
        (
            "top.dcm",
            "not used",
            "\N{WARNING SIGN} 1",
            "500 x 350 pixels",
            "1.2.3",
            "the tiling is odd",
        ),
        ("label.dcm", "label", "", "", "", "LABEL, 5 x 4 pixels"),
    ]


def test_warnings_stand_below_their_file(panel: FilesPanel) -> None:
    assert rows(panel, 0, 0) == [
        ("\N{WARNING SIGN} base.dcm: no scale.",),
        ("\N{WARNING SIGN} base.dcm: frame 3: odd.",),
    ]
    assert rows(panel, 0, 1) == [("\N{WARNING SIGN} top.dcm is not used: odd.",)]
    assert rows(panel, 0, 2) == []


def test_what_concerns_this_slide_is_left_out_first(panel: FilesPanel) -> None:
    assert rows(panel, 1) == [
        ("copy.dcm", "left out", "", "", "", "a copy of base.dcm")
    ]
    assert rows(panel, 2) == [
        ("notes.txt", "left out", "", "", "", "notes.txt is not a DICOM file.")
    ]


def test_a_file_asked_for_is_current_and_open(panel: FilesPanel) -> None:
    panel.show_file(TOP)
    assert panel.outline.current() == TOP
    index = panel.outline.tree.currentIndex()
    assert panel.outline.tree.isExpanded(index)
    assert panel.model.cells(index)[0] == "top.dcm"


def test_a_warning_of_reading_comes_in_and_the_row_stays(
    panel: FilesPanel, slide: FakeSlide
) -> None:
    panel.show_file(LABEL)
    told = SlideWarning("image-refused", "label.dcm: no.", LABEL)
    slide.warnings = [*slide.warnings, told]
    panel.show_warnings()
    assert panel.outline.current() == LABEL
    assert rows(panel, 0, 2) == [("\N{WARNING SIGN} label.dcm: no.",)]


def test_the_folder_of_a_file_is_shown_and_a_row_is_copied(
    panel: FilesPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", asked.append)
    assert not panel.folder.isEnabled()
    panel.show_file(COPY)
    panel.folder.click()
    assert asked == [QUrl.fromLocalFile(str(FOLDER))]
    panel.copy.click()
    copied = QGuiApplication.clipboard().text().split("\t")
    assert copied[0] == "copy.dcm"
    assert copied[-1] == "a copy of base.dcm"


def test_without_a_slide_nothing_is_listed(panel: FilesPanel) -> None:
    panel.show_slide(None)
    assert rows(panel) == []
    assert not panel.folder.isEnabled()
    assert not panel.copy.isEnabled()


def test_an_unpacked_file_is_named_by_its_archive_and_has_no_folder_to_show(
    panel: FilesPanel,
) -> None:
    inside = Path("/cache/coverslip-unpacked-a1b2/scans.zip/case 1/notes.txt")
    panel.show_left_out([Ignored(inside, "notes.txt is not a DICOM file.")])
    panel.show_file(inside)
    assert not panel.folder.isEnabled()
    tip = panel.outline.tree.currentIndex().data(Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith("scans.zip/case 1/notes.txt\n")
    assert "coverslip-unpacked" not in tip
