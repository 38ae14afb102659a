"""From a slide's profile to the look it is shown with."""

from collections.abc import Iterator

import pytest
from PIL import ImageCms
from pytestqt.qtbot import QtBot

from tests.scene.fake_slide import FakeSlide
from tests.window.conftest import fake_slide
from viewer.codecs.icc import TableCorrection
from viewer.slide.look import Look
from viewer.slide.model import OpticalPath
from viewer.window.color import KEPT, ColorPreparation


@pytest.fixture
def color(qtbot: QtBot) -> Iterator[ColorPreparation]:
    preparation = ColorPreparation()
    yield preparation
    preparation.stop()


@pytest.fixture(scope="module")
def profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def slide_with(profile: bytes | None) -> FakeSlide:
    slide = fake_slide()
    slide.optical_paths = [OpticalPath("1", icc_profile=profile)]
    return slide


class Chips:
    def __init__(self, color: ColorPreparation) -> None:
        self.texts: list[str] = []
        self.tips: list[str] = []
        color.chip_changed.connect(self._add)

    def _add(self, text: str, tip: str) -> None:
        self.texts.append(text)
        self.tips.append(tip)


def test_without_a_profile_colors_are_as_stored(color: ColorPreparation) -> None:
    chips = Chips(color)
    assert color.prepare(slide_with(None)) == Look()
    assert chips.texts == ["no ICC profile"]
    assert color.is_ready


def test_a_profile_is_prepared_then_shown_then_reused(
    color: ColorPreparation, profile: bytes, qtbot: QtBot
) -> None:
    chips = Chips(color)
    with qtbot.waitSignal(color.ready) as ready:
        assert color.prepare(slide_with(profile)) == Look()
        assert not color.is_ready
    assert ready.args is not None
    look = ready.args[0]
    assert isinstance(look.correction, TableCorrection)
    assert color.is_ready
    assert chips.texts[0] == "ICC: preparing"
    assert chips.texts[1].startswith("ICC: sRGB")
    assert chips.texts[1].endswith(" \N{RIGHTWARDS ARROW} sRGB")
    assert color.prepare(slide_with(profile)) == look  # another slide, the same bytes
    assert color.is_ready


def test_a_broken_profile_is_said_and_colors_stay(
    color: ColorPreparation, qtbot: QtBot
) -> None:
    chips = Chips(color)
    color.prepare(slide_with(b"no profile at all"))
    qtbot.waitUntil(lambda: color.is_ready)
    assert chips.texts[-1] == "ICC profile broken: colors as stored"
    assert "cannot be read" in chips.tips[-1]


def test_only_the_newest_slide_is_answered(
    color: ColorPreparation, profile: bytes, qtbot: QtBot
) -> None:
    chips = Chips(color)
    with qtbot.assertNotEmitted(color.ready, wait=100):
        color.prepare(slide_with(profile))
        color.prepare(None)
    assert chips.texts == ["ICC: preparing", ""]


def test_few_tables_are_kept(color: ColorPreparation, qtbot: QtBot) -> None:
    for number in range(KEPT + 1):
        profile = slightly_different(number)
        with qtbot.waitSignal(color.ready):
            color.prepare(slide_with(profile))
    assert len(color._built) == KEPT


def slightly_different(number: int) -> bytes:
    """An sRGB profile whose creation date (bytes 24 to 35) is another one's."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    data[24:26] = (2000 + number).to_bytes(2, "big")
    return bytes(data)
