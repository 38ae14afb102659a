"""The files of a slide in words, and who chooses among them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from pytestqt.qtbot import QtBot

from tests.scene.fake_slide import FakeSlide, halving_levels
from viewer.panels.instance_chooser import (
    InstanceChooser,
    instances_of,
    level_with_file,
)
from viewer.qt.palettes import dark, light
from viewer.slide.files import FileRole
from viewer.slide.geometry import Size
from viewer.slide.model import AssociatedImage, Samples


def unread() -> Samples:
    raise AssertionError("nothing is read for the words")


def slide_of(*roles: tuple[str, str, str]) -> FakeSlide:
    """Return a slide whose levels 0 and 2 are stored, with files of some roles."""
    levels = halving_levels(Size(46_000, 32_914), 256, 3)
    levels[1] = replace(levels[1], stored=False)
    slide = FakeSlide(levels)
    slide.files = [
        FileRole(Path("/x") / name, role, reason) for name, role, reason in roles
    ]
    slide.associated = {"label": AssociatedImage(Size(400, 300), Path("l"), unread)}
    return slide


def words(slide: FakeSlide) -> Sequence[str]:
    return [each.text for each in instances_of(slide)]


def test_files_are_told_by_role_and_size() -> None:
    slide = slide_of(
        ("a.dcm", "level 0", "VOLUME"),
        ("b.dcm", "level 1", "VOLUME"),
        ("c.dcm", "label", "LABEL"),
        ("d.dcm", "not used", "a copy of a.dcm"),
        ("e.dcm", "overview", ""),
    )
    assert words(slide) == [
        "Level 0: 46,000 \N{MULTIPLICATION SIGN} 32,914",
        "Level 1: 11,500 \N{MULTIPLICATION SIGN} 8,229",
        "Label: 400 \N{MULTIPLICATION SIGN} 300",
        "Not used: a copy of a.dcm",
        "Overview",
    ]
    assert [set(each.levels) for each in instances_of(slide)] == [
        {0},
        {2},
        set(),
        set(),
        set(),
    ]


def test_parts_of_a_level_are_numbered() -> None:
    slide = slide_of(*((f"{n}.dcm", "level 0", "VOLUME") for n in range(3)))
    assert words(slide) == [
        f"Level 0: 46,000 \N{MULTIPLICATION SIGN} 32,914 (part {n} of 3)"
        for n in (1, 2, 3)
    ]


def test_parts_keep_their_numbers_where_one_between_is_missing() -> None:
    slide = slide_of(
        ("a.dcm", "level 0", "VOLUME, 10 x 10 pixels, part 1 of 3"),
        ("c.dcm", "level 0", "VOLUME, 10 x 10 pixels, part 3 of 3"),
    )
    assert words(slide) == [
        f"Level 0: 46,000 \N{MULTIPLICATION SIGN} 32,914 (part {n} of 3)"
        for n in (1, 3)
    ]


def test_files_of_channels_are_no_parts_but_say_which_they_hold() -> None:
    slide = slide_of(
        ("a.dcm", "level 0", "VOLUME, 10 x 10 pixels, optical path DAPI"),
        ("b.dcm", "level 0", "VOLUME, 10 x 10 pixels, part 1 of 2, optical path Cy5"),
    )
    assert words(slide) == [
        f"Level 0: 46,000 \N{MULTIPLICATION SIGN} 32,914 ({held})"
        for held in ("optical path DAPI", "part 1 of 2, optical path Cy5")
    ]


def test_files_that_read_alike_are_told_apart_by_name() -> None:
    slide = slide_of(("a.dcm", "not used", "odd"), ("b.dcm", "not used", "odd"))
    assert words(slide) == ["Not used: odd: a.dcm", "Not used: odd: b.dcm"]


@pytest.mark.parametrize("role", ["level 7", "level x", "level ", "level"])
def test_a_role_that_is_no_level_of_the_slide_is_shown_as_it_is(role: str) -> None:
    (instance,) = instances_of(slide_of(("a.dcm", role, "why")))
    assert not instance.levels
    assert instance.text == f"{role.capitalize()}: why"


def test_a_computed_level_is_that_of_the_finer_file() -> None:
    slide = slide_of()
    assert [level_with_file(slide, level) for level in range(3)] == [0, 0, 2]


@pytest.fixture
def chooser(qtbot: QtBot) -> InstanceChooser:
    chooser = InstanceChooser()
    qtbot.addWidget(chooser)
    chooser.show_instances(
        instances_of(
            slide_of(
                ("a.dcm", "level 0", ""),
                ("a2.dcm", "level 0", ""),
                ("b.dcm", "level 1", ""),
                ("c.dcm", "label", ""),
            )
        )
    )
    chooser.show()
    return chooser


def test_the_view_chooses_without_ending_to_follow(chooser: InstanceChooser) -> None:
    chosen: list[Path] = []
    chooser.chosen.connect(chosen.append)
    chooser.choose_level(0)
    chooser.choose_level(2)
    assert chosen == [Path("/x/a.dcm"), Path("/x/b.dcm")]
    assert chooser.is_following
    assert chooser.list.toolTip() == "/x/b.dcm"


def test_a_part_of_the_level_on_screen_is_kept(chooser: InstanceChooser) -> None:
    chooser.choose(Path("/x/a2.dcm"))
    chooser.choose_level(0)
    assert chooser.current is not None
    assert chooser.current.path == Path("/x/a2.dcm")


def test_choosing_by_keys_ends_following_until_it_is_wanted(
    chooser: InstanceChooser, qtbot: QtBot
) -> None:
    chooser.choose_level(0)
    chosen: list[Path] = []
    wanted: list[bool] = []
    chooser.chosen.connect(chosen.append)
    chooser.follow_wanted.connect(lambda: wanted.append(chooser.is_following))
    qtbot.keyClick(chooser.list, Qt.Key.Key_Down)
    assert chosen == [Path("/x/a2.dcm")]
    assert not chooser.is_following
    qtbot.keyClick(chooser.follow, Qt.Key.Key_Space)
    assert wanted == [True]


@pytest.mark.parametrize("palette", [light, dark])
def test_it_is_seen_whether_the_view_is_followed(
    chooser: InstanceChooser, palette: Callable[[], QPalette]
) -> None:
    chooser.setPalette(palette())
    chooser.follow.clearFocus()
    followed = chooser.follow.grab().toImage()
    chooser.follow.setChecked(False)
    free = chooser.follow.grab().toImage()
    differences = [
        abs(followed.pixelColor(x, y).lightness() - free.pixelColor(x, y).lightness())
        for x in range(free.width())
        for y in range(free.height())
    ]
    assert max(differences) > 80


def test_another_slide_is_followed_again(chooser: InstanceChooser) -> None:
    chooser.follow.setChecked(False)
    chooser.show_instances(instances_of(slide_of(("z.dcm", "level 0", ""))))
    assert chooser.is_following
    assert chooser.current is None
    chooser.show_instances([])
    assert not chooser.isEnabled()


def test_every_row_tells_its_whole_path(chooser: InstanceChooser) -> None:
    tips = [
        chooser.list.itemData(row, Qt.ItemDataRole.ToolTipRole)
        for row in range(chooser.list.count())
    ]
    assert tips == ["/x/a.dcm", "/x/a2.dcm", "/x/b.dcm", "/x/c.dcm"]
