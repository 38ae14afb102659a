"""The engine against what was done to a slide: each damage is named by its cause."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import copytree
from typing import NamedTuple

import pytest

from tests.profiles import SRGB, of_class
from tests.qa import damage
from tests.qa.damage import Damage
from tests.qa.tissue import tissue
from tests.synthetic import write_slide
from viewer.formats import open_slide
from viewer.qa.compare import Comparison, compare
from viewer.qa.comparing import CompareOptions, Pixels, Sameness, Tolerance
from viewer.qa.finding import Finding, Severity
from viewer.qa.run import Run

SVS = Path("source/CMU-1-Small-Region.svs")
EVERY = CompareOptions(pixels=Pixels.ALL)


class Case(NamedTuple):
    """A damage, the rule whose error names it, and what its sentence must say.

    That error is the first reason of the verdict, before all that follows from it.
    """

    damage: Damage
    rule: str
    words: tuple[str, ...] = ()
    level: int | None = None
    tile: tuple[int, int] | None = None


CASES = {
    "one bit of one tile": Case(damage.one_bit, "QA3", (), 0, damage.TILE),
    "swapped tiles": Case(damage.swapped_tiles, "QA9", ("swapped",), 0),
    "a lost frame": Case(damage.lost_frame, "QA9", (), 0),
    "a blackened tile": Case(damage.filled_tile, "QA7", ("black",), 0, damage.TILE),
    "a shift of 3 pixels": Case(damage.shifted(0, 3, 0), "QA13", ("3",), 0),
    "a shift of 2 and -5 pixels": Case(damage.shifted(0, 2, -5), "QA13", ("2", "5"), 0),
    "a level shifted by 8 pixels": Case(damage.shifted(2, 8, 0), "QA13", ("8",), 2),
    "swapped channels": Case(damage.swapped_channels, "QA4", ("red", "blue")),
    "a marker of another color": Case(damage.called_rgb, "QA4", ("the same bits",)),
    "a mirrored slide": Case(damage.mirrored, "QA16", ("mirror",)),
    "another quality": Case(
        damage.recoded(60), "QA3", ("encoded anew", "of quality 60")
    ),
    "no ICC profile": Case(damage.without_icc, "CO3"),
    "a scale ten times too large": Case(damage.with_spacing(10), "QA14", ("10",)),
    "a scale a thousand times too large": Case(
        damage.with_spacing(1000), "QA14", ("micrometers",)
    ),
    "a missing level": Case(damage.without_level(1), "QA12"),
    "a missing label": Case(damage.without_image("LABEL"), "ID5", ("label",)),
    "a missing overview": Case(damage.without_image("OVERVIEW"), "ID5", ("overview",)),
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three levels of 1300 x 900 pixels with label, overview and ICC profile."""
    folder = tmp_path_factory.mktemp("truth") / "source"
    write_slide(
        folder,
        size=(1300, 900),
        syntax="jpeg",
        quality=90,
        texture=tissue,
        icc_profile=of_class("scnr", SRGB),
    )
    return folder


@pytest.fixture
def result(source: Path, tmp_path: Path) -> Path:
    return copytree(source, tmp_path / "result")


def compared(a: Path, b: Path, options: CompareOptions = EVERY) -> Comparison:
    with ExitStack() as stack:
        source, result = open_slide(a), open_slide(b)
        stack.callback(source.close)
        stack.callback(result.close)
        return compare(source, result, options, Run())


def errors(comparison: Comparison) -> Iterator[Finding]:
    for section in comparison.sections:
        for finding in section.findings:
            if finding.severity is Severity.ERROR:
                yield finding


def told(comparison: Comparison) -> str:
    return "\n".join(f"{each.rule.id}: {each.message}" for each in errors(comparison))


def check_named(case: Case, comparison: Comparison) -> None:
    assert comparison.verdict is Sameness.DIFFERENT
    fitting = [
        each
        for each in errors(comparison)
        if each.rule.id == case.rule
        and all(word in each.message for word in case.words)
        and case.level in (None, each.level)
        and case.tile in (None, each.tile)
    ]
    assert fitting, told(comparison)
    assert comparison.reason in [each.message for each in fitting], told(comparison)


def test_a_level_is_compared_with_the_others_of_the_result_too(
    source: Path, result: Path
) -> None:
    damage.shifted(2, 8, 0)(result)
    found = [each for each in errors(compared(source, result)) if each.rule.id == "PY4"]
    assert [each.level for each in found] == [2]
    assert "8 px" in found[0].message


def test_a_copy_has_the_same_bits(source: Path, result: Path) -> None:
    comparison = compared(source, result)
    assert not list(errors(comparison)), told(comparison)
    assert comparison.verdict is Sameness.BITS
    assert "32 of 32 frames" in comparison.reason  # 6 x 4 + 3 x 2 + 2 x 1 tiles


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_damage_is_named_by_its_cause(case: Case, source: Path, result: Path) -> None:
    case.damage(result)
    check_named(case, compared(source, result))


def test_a_slide_turned_by_a_quarter_is_told_so(source: Path, result: Path) -> None:
    damage.turned(result)
    comparison = compared(source, result)
    assert comparison.verdict is Sameness.DIFFERENT
    assert "turned by a quarter" in comparison.reason
    (way,) = (each for each in errors(comparison) if each.rule.id == "QA16")
    assert way.found == "turned by 90 degrees to the right"


def test_bits_that_are_called_another_color_are_not_the_same(
    source: Path, result: Path
) -> None:
    damage.called_rgb(result)
    comparison = compared(source, result, CompareOptions(pixels=Pixels.NONE))
    assert comparison.verdict is Sameness.DIFFERENT
    assert "RGB" in comparison.reason
    assert "YCbCr" in comparison.reason


def test_what_only_the_result_has_is_no_error(source: Path, result: Path) -> None:
    for damaged in (damage.without_level(2), damage.without_icc):
        damaged(result)
    damage.without_image("OVERVIEW")(result)
    comparison = compared(result, source)
    assert not list(errors(comparison)), told(comparison)
    assert comparison.verdict is Sameness.BITS


def test_a_level_below_the_smallest_of_the_result_is_none_lost(
    source: Path, result: Path
) -> None:
    damage.without_level(2)(result)
    comparison = compared(source, result)
    assert not list(errors(comparison)), told(comparison)


@pytest.mark.parametrize("largest", [255, 0])
def test_another_quality_is_within_a_tolerance_or_not(
    source: Path, result: Path, largest: int
) -> None:
    damage.recoded(80)(result)
    tolerance = Tolerance(largest=largest)
    comparison = compared(source, result, CompareOptions(Pixels.ALL, tolerance))
    expected = Sameness.TOLERATED if largest else Sameness.DIFFERENT
    assert comparison.verdict is expected, told(comparison)


@pytest.mark.slides
@pytest.mark.parametrize(
    "folder",
    [
        "cmu-wsidicomizer-passthrough",
        "dual/pixelmed-svs-jpeg-rgb-classic",
    ],
)
def test_conversions_that_keep_the_bits_are_proven_to(
    slides_folder: Path, folder: str
) -> None:
    comparison = compared(slides_folder / SVS, slides_folder / folder)
    assert not list(errors(comparison)), told(comparison)
    assert comparison.verdict is Sameness.BITS
    assert "130 of 130 frames" in comparison.reason


REAL = {
    name: CASES[name]
    for name in (
        "one bit of one tile",
        "swapped tiles",
        "a lost frame",
        "a blackened tile",
        "a shift of 3 pixels",
        "swapped channels",
        "a mirrored slide",
        "another quality",
        "a scale ten times too large",
        "a missing label",
        "a missing overview",
    )
}


@pytest.mark.slides
@pytest.mark.parametrize("case", REAL.values(), ids=REAL)
def test_damage_to_a_real_conversion_is_named_by_its_cause(
    case: Case, slides_folder: Path, tmp_path: Path
) -> None:
    converted = slides_folder / "dual/pixelmed-svs-jpeg-rgb-classic"
    result = copytree(converted, tmp_path / "result", copy_function=_copied)
    result.chmod(0o755)
    case.damage(result)
    check_named(case, compared(slides_folder / SVS, result))


def _copied(source: str, target: str) -> str:
    """Copy bytes only: the slides may be write-protected."""
    Path(target).write_bytes(Path(source).read_bytes())
    return target
