"""Oddities of color and channels: one small slide each, and what must come of it."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset

from tests.profiles import LAB, SRGB, of_class, swapped
from tests.synthetic import expected_level, write_slide
from tests.synthetic_headers import code, item_of
from tests.synthetic_slide import SyntheticSlide
from viewer import open_slide
from viewer.commands import region
from viewer.slide.channel_set import ChannelSet
from viewer.slide.model import OpticalPath, Slide

GREY: dict[str, Any] = {
    "size": (300, 200),
    "tile": (128, 128),
    "levels": 1,
    "photometric": "MONOCHROME2",
    "bits": 16,
    "label": False,
    "overview": False,
}
RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def opened(folder: Path, mutate: Callable[[Dataset], None], **facts: Any) -> Slide:
    write_slide(folder, mutate=mutate, **{**GREY, **facts})
    return open_slide(folder)


def path_of(
    folder: Path, mutate: Callable[[Dataset], None], **facts: Any
) -> OpticalPath:
    slide = opened(folder, mutate, **facts)
    slide.close()
    return slide.optical_paths[0]


def written(folder: Path, out: Path, *options: str) -> np.ndarray:
    parser = ArgumentParser()
    region.add_arguments(parser)
    words = f"--level 0 --x 0 --y 0 --width 300 --height 200 -o {out}".split()
    assert region.run(parser.parse_args([str(folder), *words, *options])) == 0
    with Image.open(out) as picture:
        return np.array(picture)


def drawn(samples: np.ndarray, low: float, high: float) -> np.ndarray:
    share = np.clip((samples.astype(float) - low) / (high - low), 0, 1)
    return np.floor(share * 255 + 0.5)


# -- 38: more than 8 bits --


@pytest.mark.gotcha(38)
def test_the_window_of_the_file_draws_16_bits(tmp_path: Path) -> None:
    def mutate(dataset: Dataset) -> None:
        dataset.WindowCenter, dataset.WindowWidth = 300, 400

    facts = SyntheticSlide(**GREY)
    opened(tmp_path / "slide", mutate).close()
    found = written(tmp_path / "slide", tmp_path / "out.png")
    expected = drawn(expected_level(facts, 0), 100, 499)
    for lane in range(3):
        np.testing.assert_array_equal(found[..., lane], expected)


@pytest.mark.gotcha(38)
@pytest.mark.parametrize(
    ("facts", "window"),
    [
        ({}, (100.0, 499.0)),
        ({"VOILUTFunction": "LINEAR_EXACT"}, (100.0, 500.0)),
        ({"RescaleSlope": 2, "RescaleIntercept": -100}, (100.0, 299.5)),
        ({"PixelRepresentation": 1, "BitsStored": 12, "HighBit": 11}, (2148.0, 2547.0)),
        ({"PhotometricInterpretation": "MONOCHROME1"}, (65036.0, 65435.0)),
        ({"WindowWidth": 0}, None),
        ({"WindowCenter": None}, None),
    ],
)
def test_windows_are_those_of_the_samples_as_stored(
    tmp_path: Path, facts: dict[str, Any], window: tuple[float, float] | None
) -> None:
    def mutate(dataset: Dataset) -> None:
        dataset.WindowCenter, dataset.WindowWidth = 300, 400
        for keyword, value in facts.items():
            setattr(dataset, keyword, value)

    assert path_of(tmp_path, mutate).window == window


@pytest.mark.gotcha(38)
def test_a_window_that_all_frames_share_counts(tmp_path: Path) -> None:
    def mutate(dataset: Dataset) -> None:
        shared = dataset.SharedFunctionalGroupsSequence[0]
        shared.FrameVOILUTSequence = [item_of(WindowCenter=300, WindowWidth=400)]

    assert path_of(tmp_path, mutate).window == (100.0, 499.0)


@pytest.mark.gotcha(38)
def test_without_a_window_the_picture_decides_and_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(tmp_path / "slide", lambda _dataset: None).close()
    found = written(tmp_path / "slide", tmp_path / "out.png")
    samples = expected_level(SyntheticSlide(**GREY), 0)
    low, high = float(samples[samples > 0].min()), float(samples.max())
    high = low + (high - low) * 1.1
    np.testing.assert_array_equal(found[..., 0], drawn(samples, low, high))
    said = capsys.readouterr().err
    assert said == (
        "synthetic: optical path 0, path 0 is drawn from "
        f"{low:.0f} (black) to {high:.0f}, found in the picture.\n"
    )


@pytest.mark.gotcha(38)
def test_raw_color_writes_the_16_bits_of_a_grey_path(tmp_path: Path) -> None:
    opened(tmp_path / "slide", lambda _dataset: None).close()
    found = written(tmp_path / "slide", tmp_path / "out.png", "--raw-color")
    np.testing.assert_array_equal(found, expected_level(SyntheticSlide(**GREY), 0))
    assert found.dtype == np.uint16


# -- 39: channels --


@pytest.mark.gotcha(39)
def test_optical_paths_are_blended_unless_some_are_asked_for(tmp_path: Path) -> None:
    def mutate(dataset: Dataset) -> None:
        dataset.WindowCenter, dataset.WindowWidth = 128, 256

    facts = {**GREY, "bits": 8, "optical_paths": 3}
    folder, out = tmp_path / "slide", tmp_path / "out.png"
    opened(folder, mutate, bits=8, optical_paths=3).close()
    lanes = [
        drawn(expected_level(SyntheticSlide(**facts), 0, 0, path), 0, 255)
        for path in range(3)
    ]
    np.testing.assert_array_equal(written(folder, out), np.stack(lanes, axis=-1))
    nothing = np.zeros_like(lanes[0])
    for options, expected in (
        (["--optical-path", "1"], [nothing, lanes[1], nothing]),
        (["--optical-path", "0,2"], [lanes[0], nothing, lanes[2]]),
        (["--optical-path", "2", "--optical-path", "1"], [nothing, *lanes[1:]]),
    ):
        found = written(folder, out, *options)
        np.testing.assert_array_equal(found, np.stack(expected, axis=-1))


def lut(values: list[int], bits: int) -> tuple[list[int], bytes]:
    words = np.array(values, "<u2" if bits == 16 else np.uint8)
    return [len(values), 0, bits], words.tobytes()


def palette(bits: int, *lanes: list[int]) -> Dataset:
    item = Dataset()
    for name, values in zip(("Red", "Green", "Blue"), lanes, strict=True):
        descriptor, data = lut(values, bits)
        item.add_new(f"{name}PaletteColorLookupTableDescriptor", "US", descriptor)
        item.add_new(f"{name}PaletteColorLookupTableData", "OW", data)
    return item


@pytest.mark.gotcha(39)
@pytest.mark.parametrize(
    ("facts", "color"),
    [
        ({}, None),
        (
            {
                "PaletteColorLookupTableSequence": [
                    palette(16, [0, 0x8000], [0, 0xFFFF], [0, 0x10FF])
                ]
            },
            (0x80, 0xFF, 0x10),
        ),
        (
            {"PaletteColorLookupTableSequence": [palette(8, [0, 9], [0, 200], [0, 1])]},
            (9, 200, 1),
        ),
        ({"RecommendedDisplayCIELabValue": [65535, 32896, 32896]}, (255, 255, 255)),
        ({"IlluminationColorCodeSequence": [code("371240000", "SCT", "Red")]}, RED),
        ({"IlluminationColorCodeSequence": [code("G-A11E", "SRT", "Green")]}, GREEN),
        (
            {
                "IlluminationColorCodeSequence": [code("371240000", "SCT", "Red")],
                "ChannelDescriptionCodeSequence": [code("405738005", "SCT", "Blue")],
            },
            BLUE,
        ),
        ({"ImagePathFilterPassThroughWavelength": 520}, GREEN),
        ({"IlluminationWaveLength": 405.0}, None),
    ],
)
def test_the_color_of_a_path_is_what_the_file_says(
    tmp_path: Path, facts: dict[str, Any], color: tuple[int, int, int] | None
) -> None:
    def mutate(dataset: Dataset) -> None:
        for keyword, value in facts.items():
            item = dataset.OpticalPathSequence[0]
            vr = "US" if keyword.startswith("Recommended") else None
            if vr is None:
                setattr(item, keyword, value)
            else:
                item.add_new(keyword, vr, value)

    assert path_of(tmp_path, mutate).color == color


def rainbow(count: int, first: int) -> Dataset:
    lanes = [[(step * place) % 256 for place in range(count)] for step in (3, 5, 250)]
    item = palette(8, *lanes)
    for name in ("Red", "Green", "Blue"):
        descriptor = f"{name}PaletteColorLookupTableDescriptor"
        item[descriptor].value = [count, first & 0xFFFF, 8]
    return item


@pytest.mark.gotcha(39)
@pytest.mark.parametrize(
    ("facts", "first", "count"),
    [
        ({}, 0, 256),
        ({}, 30, 100),
        ({"PixelRepresentation": 1}, -40, 90),
        ({"PhotometricInterpretation": "MONOCHROME1"}, 30, 100),
    ],
)
def test_the_palette_of_a_path_draws_its_samples(
    tmp_path: Path, facts: dict[str, Any], first: int, count: int
) -> None:
    item = rainbow(count, first)

    def mutate(dataset: Dataset) -> None:
        dataset.OpticalPathSequence[0].PaletteColorLookupTableSequence = [item]
        for keyword, value in facts.items():
            setattr(dataset, keyword, value)

    opened(tmp_path / "slide", mutate, bits=8).close()
    samples = expected_level(SyntheticSlide(**{**GREY, "bits": 8}), 0)
    if "PixelRepresentation" in facts:
        samples = samples.view(np.int8)
    places = np.clip(samples.astype(int) - first, 0, count - 1)
    expected = np.stack([places * 3, places * 5, places * 250], axis=-1) % 256
    found = written(tmp_path / "slide", tmp_path / "out.png")
    np.testing.assert_array_equal(found, expected)


@pytest.mark.gotcha(39)
def test_a_damaged_palette_of_a_path_is_told_and_left_aside(tmp_path: Path) -> None:
    item = rainbow(100, 0)
    item.GreenPaletteColorLookupTableData = b"ab"

    def mutate(dataset: Dataset) -> None:
        dataset.OpticalPathSequence[0].PaletteColorLookupTableSequence = [item]

    slide = opened(tmp_path, mutate, bits=8)
    slide.close()
    assert slide.optical_paths[0].palette is None
    assert [each.message for each in slide.warnings] == [
        "synthetic-level0.dcm: optical path 0: the green palette has 1 entries,"
        " expected 100."
    ]


@pytest.mark.gotcha(39)
def test_illumination_decides_where_nothing_else_is_said(tmp_path: Path) -> None:
    def mutate(dataset: Dataset) -> None:
        waves = (365.0, 520.0, 1e9)
        for item, wave in zip(dataset.OpticalPathSequence, waves, strict=True):
            item.IlluminationWaveLength = wave

    slide = opened(tmp_path, mutate, optical_paths=3)
    slide.close()
    assert [path.wavelength for path in slide.optical_paths] == [365.0, 520.0, None]
    states = ChannelSet.of(slide.optical_paths).states
    assert [state.channel.color for state in states] == [BLUE, GREEN, RED]


# -- 44 to 46 and 96: profiles --


def with_profile(icc: bytes | None) -> Callable[[Dataset], None]:
    def mutate(dataset: Dataset) -> None:
        if icc is not None:
            dataset.OpticalPathSequence[0].ICCProfile = icc

    return mutate


COLOR: dict[str, Any] = {"photometric": "RGB", "bits": 8, "levels": 2}


@pytest.mark.gotcha(45)
@pytest.mark.parametrize(
    ("icc", "codes", "words"),
    [
        (of_class("scnr"), [], ""),
        (of_class("scnr") + b"\0\0", [], ""),  # padded
        (SRGB, ["icc-class"], "of class display device (mntr), expected input device"),
        (
            (9000).to_bytes(4, "big") + of_class("scnr")[4:],
            ["icc-broken"],
            f"the ICC profile says that it has 9000 bytes, but has {len(SRGB)}",
        ),
        (of_class("scnr", LAB), ["icc-broken"], "is for Lab colors, expected RGB"),
        (b"junk" * 40, ["icc-broken"], "160 bytes has no header of a profile"),
        (b"ju", ["icc-broken"], "2 bytes has no header of a profile"),
    ],
)
def test_a_profile_that_is_odd_is_told_once(
    tmp_path: Path, icc: bytes, codes: list[str], words: str
) -> None:
    slide = opened(tmp_path, with_profile(icc), **COLOR)
    slide.close()
    assert [each.code for each in slide.warnings] == codes
    if codes:
        assert words in slide.warnings[0].message
        assert slide.warnings[0].message.startswith("synthetic-level0.dcm: the ICC ")


@pytest.mark.gotcha(45)
def test_a_broken_profile_leaves_colors_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "slide"
    opened(folder, with_profile(b"junk" * 40), **COLOR).close()
    expected = expected_level(SyntheticSlide(**{**GREY, **COLOR}), 0)
    np.testing.assert_array_equal(written(folder, tmp_path / "o.png"), expected)
    assert capsys.readouterr().err.endswith("Colors are as stored.\n")


@pytest.mark.gotcha(44, 96)
def test_without_a_profile_colors_are_as_stored(tmp_path: Path) -> None:
    folder = tmp_path / "slide"
    slide = opened(folder, with_profile(None), **COLOR)
    assert slide.icc_profile(0, 0) is None
    slide.close()
    expected = expected_level(SyntheticSlide(**{**GREY, **COLOR}), 0)
    np.testing.assert_array_equal(written(folder, tmp_path / "o.png"), expected)


@pytest.mark.gotcha(46)
def test_each_level_and_optical_path_has_its_own_profile(tmp_path: Path) -> None:
    first, second = of_class("scnr"), of_class("scnr", swapped())

    def mutate(dataset: Dataset) -> None:
        base = dataset.TotalPixelMatrixColumns == 300
        profiles = (first, second) if base else (second, first)
        for item, icc in zip(dataset.OpticalPathSequence, profiles, strict=True):
            item.ICCProfile = icc

    slide = opened(tmp_path, mutate, **COLOR, optical_paths=2)
    found = [
        slide.icc_profile(n, path)
        for n, level in enumerate(slide.levels)
        if level.stored
        for path in (0, 1)
    ]
    slide.close()
    assert found == [first, second, second, first]


# -- 26 and 29: which of two statements --


@pytest.mark.gotcha(29)
def test_a_region_is_read_as_declared_where_that_is_asked_for(tmp_path: Path) -> None:
    def lie(dataset: Dataset) -> None:
        dataset.PhotometricInterpretation = "RGB"

    folder, out = tmp_path / "slide", tmp_path / "out.png"
    facts = {"syntax": "jpeg", "photometric": "YBR_FULL_422", "bits": 8, "quality": 98}
    opened(folder, lie, **facts).close()
    inside = np.s_[:120, :120]  # what lies beyond the slide's edge blurs into it
    encoded = written(folder, out)[inside]
    whole = expected_level(SyntheticSlide(**{**GREY, **facts}), 0)
    expected = whole[inside].astype(int)
    assert np.abs(encoded - expected).max() <= 6
    declared = written(folder, out, "--as-declared")[inside].astype(int)
    red, green, blue = (expected[..., lane] for lane in range(3))
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    assert np.abs(declared[..., 0] - luma).max() <= 6
    assert np.abs(declared[..., 1] - (128 + (blue - luma) / 1.772)).max() <= 6
