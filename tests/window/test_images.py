"""Label, overview and tray in the real window: places, turns, and the next slide."""

from pathlib import Path

import pytest
from pydicom import Dataset
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.synthetic import write_slide
from viewer.window.main_window import MainWindow
from viewer.window.settings import Settings

LEFT = Qt.MouseButton.LeftButton


def _placed(dataset: Dataset) -> None:
    """Put a scan of 20 x 14 mm, at 0.02 mm, 10 mm from the corner of the overview."""
    item = dataset.TotalPixelMatrixOriginSequence[0]
    overview = dataset.ImageType[2] == "OVERVIEW"  # 60 x 22 mm
    x, y, step = (24.9, 59.9, 0.2) if overview else (22.99, 49.99, 0.02)
    item.XOffsetInSlideCoordinateSystem = str(x)
    item.YOffsetInSlideCoordinateSystem = str(y)
    shared = dataset.SharedFunctionalGroupsSequence[0]
    shared.PixelMeasuresSequence[0].PixelSpacing = [str(step), str(step)]


@pytest.fixture(scope="module")
def placed_slide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("placed")
    write_slide(folder, name="placed", levels=1, mutate=_placed)
    return folder


def settled(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    with qtbot.waitSignal(window.session.opened):
        window.open([folder])
    qtbot.waitUntil(window.is_settled, timeout=10_000)


def test_click_on_the_overview_brings_the_place_to_the_middle(
    window: MainWindow, qtbot: QtBot, placed_slide: Path
) -> None:
    settled(window, qtbot, placed_slide)
    window.view.show_native()
    view = window.images_panel.pictures["overview"].view
    # 600, 400 px of the scan: 12 and 8 mm from its corner, which is 10 and 2 mm from
    # that of the overview of 300 x 110 pixels.
    target = view.to_widget((10 + 12) / 60, (2 + 8) / 22).toPoint()
    qtbot.mouseClick(view, LEFT, pos=target)
    area = window.view.viewport_state().area
    middle = (area.x + area.width / 2, area.y + area.height / 2)
    pixel = 1000 / view.scan.boundingRect().width()  # of the panel
    assert middle == pytest.approx((600, 400), abs=2 * pixel)
    there = pytest.approx((22 / 60, 10 / 22), abs=0.03)
    qtbot.waitUntil(lambda: view.to_image(view.field.boundingRect().center()) == there)


def test_a_turned_label_is_turned_in_the_next_run(
    window: MainWindow, qtbot: QtBot, placed_slide: Path, tmp_path: Path
) -> None:
    settled(window, qtbot, placed_slide)
    qtbot.mouseClick(window.images_panel.pictures["label"].turn, LEFT)
    window.close()
    again = MainWindow(Settings(tmp_path / "settings" / "coverslip.ini"))
    qtbot.addWidget(again)
    again.show()
    settled(again, qtbot, placed_slide)
    assert again.images_panel.pictures["label"].view.rotation == 90
    assert again.images_panel.pictures["overview"].view.rotation == 0
    again.close()


def test_the_tray_has_pictures_of_both_slides(
    window: MainWindow, qtbot: QtBot, two_slides_folder: Path
) -> None:
    settled(window, qtbot, two_slides_folder)
    thumbnails = window.slides_panel.thumbnails
    for slide in window.session.slides:
        assert thumbnails.picture(slide.serial) is not None
