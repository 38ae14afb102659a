"""What goes wrong with a slide on screen: the list, the way there, the report."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.synthetic import write_slide
from tests.window.conftest import fake_slide
from viewer.formats import Ignored, Opened
from viewer.panels.files_panel import FilesPanel
from viewer.panels.problems_panel import Problems, ProblemsPanel
from viewer.window.main_window import MainWindow
from viewer.window.problem_report import problem_report


def opened(window: MainWindow, qtbot: QtBot, *paths: Path) -> None:
    with qtbot.waitSignal(window.session.opened):
        window.open(paths)


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A slide of JPEG frames, of which those of the second row are overwritten."""
    folder = tmp_path / "damaged"
    files = write_slide(folder, name="s", syntax="jpeg", levels=1, offsets="basic")
    data = bytearray(files[0].read_bytes())
    starts = [n for n in range(len(data) - 3) if data[n : n + 3] == b"\xff\xd8\xff"]
    assert len(starts) == 12
    for start in starts[4:8]:
        data[start : start + 4] = b"\0\0\0\0"
    files[0].write_bytes(data)
    shutil.copy(files[0], folder / "twin.dcm")
    return folder


def test_tiles_that_fail_are_listed_as_they_come(
    window: MainWindow, qtbot: QtBot, damaged: Path
) -> None:
    panel = window.docks.panel(ProblemsPanel)
    opened(window, qtbot, damaged)
    window.view.show_native()
    dock = window.docks["problems"]
    qtbot.waitUntil(lambda: "(5)" in dock.windowTitle(), timeout=10_000)
    heading = panel.model.index(0, 0)
    assert panel.model.cells(heading) == ("Tiles that cannot be shown (4)",)
    found = {panel.model.index(row, 0, heading).data() for row in range(4)}
    assert found == {
        f"level 0, column {column}, row 1, frame {5 + column}" for column in range(4)
    }


def test_a_failed_tile_is_gone_to_by_enter(
    window: MainWindow, qtbot: QtBot, damaged: Path
) -> None:
    panel = window.docks.panel(ProblemsPanel)
    opened(window, qtbot, damaged)
    window.view.show_native()
    qtbot.waitUntil(panel.retry.isEnabled, timeout=10_000)
    window.status.failures.click()
    window.view.set_pixel_size(0.1)
    window.view.center_on(0, 0)
    panel.outline.tree.activated.emit(panel.outline.tree.currentIndex())
    tile = panel.outline.current()
    center = window.view.viewport_state().area
    middle = center.x + center.width / 2, center.y + center.height / 2
    level = window.session.slides[0].levels[0]
    area = level.tile_area(tile.column, tile.row)  # type: ignore[attr-defined]
    assert area.x < middle[0] < area.x + area.width
    assert area.y < middle[1] < area.y + area.height
    assert window.view.shown_level() == 0


def test_trying_again_reads_what_is_mended(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    slide = fake_slide()
    slide.broken[0, 1, 1] = "f.dcm: frame 7 is damaged."
    answer = Opened((slide,), ())
    monkeypatch.setattr("viewer.window.slide_opening.open_slides", lambda *_: answer)
    panel = window.docks.panel(ProblemsPanel)
    opened(window, qtbot, Path("folder"))
    window.view.show_native()
    window.view.center_on(384, 384)
    dock = window.docks["problems"]
    qtbot.waitUntil(lambda: dock.windowTitle() == "Problems (1)", timeout=10_000)
    slide.broken.clear()
    panel.retry.click()
    assert dock.windowTitle() == "Problems"
    qtbot.waitUntil(window.view.is_complete, timeout=10_000)
    window.problems.refresh()
    assert dock.windowTitle() == "Problems"


def test_tiles_that_a_computed_level_lacks_are_failed_tiles_too(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "one-level"
    size = (2000, 1400)
    (file,) = write_slide(
        folder, size=size, syntax="jpeg", levels=1, label=False, overview=False
    )
    whole = file.read_bytes()
    data = bytearray(whole)
    starts = [n for n in range(len(data) - 3) if data[n : n + 3] == b"\xff\xd8\xff"]
    assert len(starts) == 48
    for start in starts[8:16]:
        data[start : start + 4] = b"\0\0\0\0"
    file.write_bytes(data)
    opened(window, qtbot, folder)
    window.view.set_pixel_size(4.0)
    slide = window.session.slides[0]
    assert not slide.levels[window.view.shown_level()].stored
    panel = window.docks.panel(ProblemsPanel)
    dock = window.docks["problems"]
    qtbot.waitUntil(lambda: dock.windowTitle() == "Problems (9)", timeout=10_000)
    heading = panel.model.index(0, 0)
    assert panel.model.cells(heading) == ("Tiles that cannot be shown (8)",)
    found = {panel.model.index(row, 0, heading).data() for row in range(8)}
    assert found == {f"level 0, column {n}, row 1, frame {9 + n}" for n in range(8)}
    qtbot.waitUntil(lambda: window.status.failures.text().startswith("8 "))
    middle = window.view.viewport().rect().center()
    window.view.center_on(900, 300)
    reason = window.view.failure_at(middle)
    assert reason is not None
    assert reason.endswith(
        "frame 12: the frame does not start as JPEG does (found 00 00)."
    )
    window.view.center_on(900, 900)
    assert window.view.failure_at(middle) is None
    before = file.stat()
    with file.open("r+b") as mended:
        mended.write(whole)
    # As if the disk had misread before: a file that was written to is not read on.
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    panel.retry.click()
    qtbot.waitUntil(window.view.is_complete, timeout=10_000)
    qtbot.waitUntil(window.status.failures.isHidden, timeout=10_000)
    window.problems.refresh()
    assert window.docks["problems"].windowTitle() == "Problems (1)"  # the warning
    assert not slide.failed


def test_a_warning_shows_its_file(
    window: MainWindow, qtbot: QtBot, damaged: Path
) -> None:
    opened(window, qtbot, damaged)
    qtbot.waitUntil(window.status.warnings.isVisible, timeout=10_000)
    window.status.warnings.click()
    panel = window.docks.panel(ProblemsPanel)
    panel.outline.tree.activated.emit(panel.outline.tree.currentIndex())
    files = window.docks.panel(FilesPanel)
    assert window.docks["files"].isVisible()
    assert files.outline.current() == damaged / "s-level0.dcm"


def test_the_files_panel_lists_what_was_left_out(
    window: MainWindow, qtbot: QtBot, damaged: Path
) -> None:
    opened(window, qtbot, damaged)
    assert window.session.ignored == (
        Ignored(
            damaged / "twin.dcm",
            "a copy of s-level0.dcm",
            frozenset({damaged / "s-level0.dcm"}),
        ),
    )
    model = window.docks.panel(FilesPanel).model
    assert model.cells(model.index(1, 0)) == ("Left out, and about this slide (1)",)


def test_the_report_has_versions_levels_files_and_problems(
    window: MainWindow, qtbot: QtBot, damaged: Path
) -> None:
    opened(window, qtbot, damaged)
    window.view.show_native()
    dock = window.docks["problems"]
    qtbot.waitUntil(lambda: "(5)" in dock.windowTitle(), timeout=10_000)
    panel = window.docks.panel(ProblemsPanel)
    QGuiApplication.clipboard().clear()
    panel.report.click()
    clipboard = QGuiApplication.clipboard()
    qtbot.waitUntil(lambda: bool(clipboard.text()), timeout=10_000)
    assert panel.report.text() == "Report copied"
    lines = clipboard.text().splitlines()
    assert lines[0] == "Slide s (dicom)"
    assert any(line.startswith("  Coverslip ") for line in lines)
    assert any(line.startswith("  pydicom ") for line in lines)
    assert (
        "  level 0: 1000 x 700 pixels, tiles of 256 x 256, 12 frames, JPEG Baseline, "
        "YBR_FULL_422, 0.5 x 0.5 um/px"
    ) in lines
    assert "  s-level0.dcm: level 0 (VOLUME, 1000 x 700 pixels)" in lines
    assert "  twin.dcm: a copy of s-level0.dcm" in lines
    assert (
        "  level 0, column 2, row 1, frame 7: s-level0.dcm: frame 7: the frame does "
        "not start as JPEG does (found 00 00)."
    ) in lines
    assert any(line.startswith("  broken-frame: s-level0.dcm") for line in lines)
    damage = lines.index("Tiles shown in spite of damage")
    assert lines[damage + 1] == "  none"


def test_the_report_makes_up_no_frames_where_only_pixels_are_known() -> None:
    slide = fake_slide()
    slide.levels = [replace(slide.levels[0], photometric="RGB")]
    lines = problem_report(slide, Problems(), ()).splitlines()
    level = next(line for line in lines if line.startswith("  level 0: "))
    assert ", frames unknown, RGB, " in level


def test_another_slide_has_its_own_problems(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = fake_slide(), fake_slide()
    bad.broken[0, 1, 1] = "f.dcm: frame 7 is damaged."
    answer = Opened((bad, good), ())
    monkeypatch.setattr("viewer.window.slide_opening.open_slides", lambda *_: answer)
    opened(window, qtbot, Path("folder"))
    window.view.show_native()
    window.view.center_on(384, 384)
    dock = window.docks["problems"]
    qtbot.waitUntil(lambda: dock.windowTitle() == "Problems (1)", timeout=10_000)
    window.show_slide(good)
    assert dock.windowTitle() == "Problems"
    window.show_slide(bad)
    assert dock.windowTitle() == "Problems (1)"
