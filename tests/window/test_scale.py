"""Where the scale comes from, and what speaks against it."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.scene.fake_slide import FakeSlide, halving_levels
from viewer.slide.geometry import Size, Spacing
from viewer.slide.warnings import SlideWarning
from viewer.window.scale import scale_report
from viewer.window.tints import Tint


def slide(
    x: float, y: float | None = None, objective: float | None = None
) -> FakeSlide:
    """A slide of these micrometers, on two levels of one file each."""
    levels = halving_levels(Size(1000, 800), 256, 2)
    spacing = Spacing(x / 1000, (x if y is None else y) / 1000)
    levels[0] = replace(levels[0], spacing=spacing, file=Path("base.dcm"))
    double = Spacing(spacing.x * 2, spacing.y * 2)
    levels[1] = replace(levels[1], spacing=double, file=Path("half.dcm"))
    made = FakeSlide(levels)
    made.objective_power = objective
    return made


def test_origin_is_named() -> None:
    report = scale_report(slide(0.25, objective=40))
    assert report.tint is Tint.NONE
    assert report.objective == ""
    assert report.tip == (
        "From Pixel Spacing of base.dcm: 0.25 x 0.25 µm for a pixel of level 0. "
        "40x is 0.25 µm/px."
    )


@pytest.mark.parametrize(
    ("x", "y", "tint", "words"),
    [
        (0.25, 0.252, Tint.NONE, ""),
        (0.25, 0.26, Tint.AMBER, "x and y differ by 3.8%, expected at most 1%."),
        (0.04, 0.04, Tint.AMBER, "A scan has 0.05 to 20 µm: this is an overview"),
        (64.0, 64.0, Tint.AMBER, "A scan has 0.05 to 20 µm: this is an overview"),
        (20.0, 20.0, Tint.NONE, ""),
    ],
)
def test_an_unusual_scale_is_told(x: float, y: float, tint: Tint, words: str) -> None:
    report = scale_report(slide(x, y))
    assert report.tint is tint
    assert words in report.tip


def test_a_level_that_disagrees_is_named() -> None:
    odd = slide(0.25)
    levels = list(odd.levels)
    levels[1] = replace(levels[1], spacing=Spacing(0.00052, 0.00052))
    odd.levels = levels
    report = scale_report(odd)
    assert report.tint is Tint.AMBER
    assert report.tip.endswith(
        "Pixel Spacing of level 1 (half.dcm) is 0.52 µm, expected 0.5 µm from its size."
    )


@pytest.mark.parametrize(
    ("micrometers", "objective", "told"),
    [
        (0.5, 20, ""),
        (0.4, 20, ""),
        (0.5, 40, "objective 40x"),
        (0.25, 20, "objective 20x"),
        (0.25, None, ""),
    ],
)
def test_the_objective_is_told_only_where_it_contradicts(
    micrometers: float, objective: float | None, told: str
) -> None:
    report = scale_report(slide(micrometers, objective=objective))
    assert report.objective == told
    assert bool(report.objective_tip) == bool(told)


def test_both_facts_about_the_objective_are_told() -> None:
    assert scale_report(slide(0.5, objective=40)).objective_tip == (
        "The objective is given as 40x, which is about 0.25 µm/px, but Pixel Spacing "
        "is 0.5 µm/px; Pixel Spacing is followed."
    )


def test_an_unknown_scale_says_why() -> None:
    none = slide(0.25, objective=40)
    none.levels = [replace(level, spacing=None) for level in none.levels]
    assert scale_report(none).tip == "base.dcm has no Pixel Spacing."
    sentence = "base.dcm: Pixel Spacing is 250 x 250 mm, expected less."
    none.warnings = [SlideWarning("spacing-range", sentence)]
    report = scale_report(none)
    assert (report.tip, report.tint, report.objective) == (sentence, Tint.AMBER, "")


def test_a_scale_that_no_microscope_has_is_not_believed() -> None:
    report = scale_report(slide(250.0))
    assert report.tint is Tint.AMBER
    assert report.tip == (
        "Pixel Spacing of base.dcm is 250 x 250 µm, which no microscope has: the scale "
        "is taken as unknown."
    )


@pytest.mark.parametrize("code", ["spacing-axes", "spacing-stand-in"])
def test_every_reason_for_an_unknown_scale_is_told(code: str) -> None:
    none = slide(0.25)
    none.levels = [replace(level, spacing=None) for level in none.levels]
    none.warnings = [SlideWarning(code, "base.dcm: the scale is made up.")]
    assert scale_report(none).tip == "base.dcm: the scale is made up."


def test_an_imaged_volume_that_contradicts_is_told() -> None:
    doubted = slide(0.25)
    sentence = "base.dcm: the imaged volume is 1 x 1 mm; Pixel Spacing is followed."
    doubted.warnings = [SlideWarning("imaged-volume", sentence)]
    report = scale_report(doubted)
    assert report.tint is Tint.AMBER
    assert report.tip.endswith(f"40x is 0.25 µm/px. {sentence}")


def test_a_repeated_spacing_is_told_once() -> None:
    repeated = slide(0.25)
    base = repeated.levels[0].spacing
    repeated.levels = [replace(level, spacing=base) for level in repeated.levels]
    sentence = "base.dcm: all 2 levels have the Pixel Spacing of the finest."
    repeated.warnings = [SlideWarning("spacing-repeated", sentence)]
    tip = scale_report(repeated).tip
    assert sentence in tip
    assert "Pixel Spacing of level 1" not in tip
