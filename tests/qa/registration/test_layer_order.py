"""Optical paths and focal planes that show what others should are told of by name."""

from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from tests.qa import damage
from tests.qa.two_slides import comparing, told
from tests.synthetic import write_slide
from viewer.formats import open_slide
from viewer.qa.compare import compare
from viewer.qa.comparing import CompareOptions, Pixels
from viewer.qa.finding import Finding
from viewer.qa.registration.layer_order import misplaced_layers
from viewer.qa.registration.patches import Layer
from viewer.qa.registration.small_picture import small_luma
from viewer.qa.run import Run

LAYERS = {
    "paths": {"optical_paths": 3},
    "planes": {"focal_planes": 3},
    "grey paths": {"optical_paths": 3, "photometric": "MONOCHROME2", "bits": 16},
    "encoded paths": {"optical_paths": 3, "syntax": "jpeg"},
}


def pair_of(tmp_path: Path, **description: Any) -> tuple[Path, Path]:
    plain = {"levels": 1, "label": False, "overview": False}
    write_slide(tmp_path / "a", **plain, **description)
    return tmp_path / "a", copytree(tmp_path / "a", tmp_path / "b")


def found_between(a: Path, b: Path) -> list[Finding]:
    with comparing(a, b) as both:
        picture = small_luma(both.a, Layer(), both.run)
        return list(misplaced_layers(both, picture))


@pytest.mark.parametrize("layers", LAYERS.values(), ids=LAYERS)
def test_layers_in_their_order_are_no_finding(
    layers: dict[str, Any], tmp_path: Path
) -> None:
    assert not found_between(*pair_of(tmp_path, **layers))


@pytest.mark.parametrize("layers", LAYERS.values(), ids=LAYERS)
def test_two_that_are_swapped_are_named_once(
    layers: dict[str, Any], tmp_path: Path
) -> None:
    a, b = pair_of(tmp_path, **layers)
    damage.swapped_layers(3)(b)
    found = found_between(a, b)
    rule, noun = ("FP2", "focal") if "focal_planes" in layers else ("CH1", "optical")
    assert told(found) == [(rule, "error", None)]
    assert noun in found[0].message
    assert "0 (" in found[0].message
    assert "1 (" in found[0].message
    assert "swapped" in found[0].message


def test_another_encoding_swaps_nothing(tmp_path: Path) -> None:
    a, b = pair_of(tmp_path, optical_paths=2, syntax="jpeg", quality=90)
    damage.recoded(40)(b)
    assert not found_between(a, b)


@pytest.mark.parametrize("pixels", [Pixels.SAMPLE, Pixels.NONE])
def test_the_verdict_names_what_is_swapped(pixels: Pixels, tmp_path: Path) -> None:
    a, b = pair_of(tmp_path, optical_paths=2)
    damage.swapped_layers(2)(b)
    one, other = open_slide(a), open_slide(b)
    try:
        comparison = compare(one, other, CompareOptions(pixels), Run())
    finally:
        one.close()
        other.close()
    assert "swapped" in comparison.reason
    assert "optical path" in comparison.reason
