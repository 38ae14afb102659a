"""Rules about the scale: what they say, of DICOM and of other formats."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from tests.qa.checkup.clean import (
    LEVEL_1,
    at,
    deleting,
    measures,
    scaled_spacing,
    write_clean,
)
from tests.qa.checkup.looking import faults, findings_in, found
from viewer.qa.checkup.runner import check_up_paths
from viewer.qa.finding import Severity
from viewer.qa.run import Run


def write_tiff(path: Path, micrometers: float, power: int = 20) -> None:
    """Write a picture with an Aperio text that names scale and objective."""
    picture = np.full((512, 512, 3), 200, np.uint8)
    tifffile.imwrite(
        path,
        picture,
        tile=(256, 256),
        photometric="rgb",
        description=f"Aperio Image|AppMag = {power}|MPP = {micrometers}",
        metadata=None,
    )


def test_a_slip_of_units_is_an_error_that_names_it(tmp_path: Path) -> None:
    (finding,) = faults("SC2", tmp_path, mutate=scaled_spacing(1000))
    assert finding.severity is Severity.ERROR
    assert "1,000 times too large" in finding.message
    assert finding.found == "0.5\\0.5"
    assert finding.tag.endswith("PixelMeasuresSequence[0].PixelSpacing")


def test_a_base_without_scale_is_one_finding(tmp_path: Path) -> None:
    def without(dataset: object) -> None:
        del measures(dataset).PixelSpacing  # pyright: ignore[reportArgumentType]

    assert len(faults("SC1", tmp_path / "a", mutate=at((1000, 700), without))) == 1
    level = faults("SC1", tmp_path / "b", mutate=at(LEVEL_1, without))
    assert [(each.level, each.found) for each in level] == [(1, "")]


def test_a_level_without_scale_is_no_second_finding(tmp_path: Path) -> None:
    def without(dataset: object) -> None:
        del measures(dataset).PixelSpacing  # pyright: ignore[reportArgumentType]

    write_clean(tmp_path, mutate=at(LEVEL_1, without))
    (checkup,) = check_up_paths([tmp_path], Run())
    assert {each.rule.id for each in checkup.findings} == {"SC1"}


@pytest.mark.parametrize(
    ("y", "severity"), [(0.00052, Severity.WARNING), (0.0007, Severity.ERROR)]
)
def test_how_lopsided_pixels_are_makes_the_severity(
    y: float, severity: Severity, tmp_path: Path
) -> None:
    (finding,) = found("SC3", tmp_path, spacing=(y, 0.0005))
    assert finding.severity is severity


def test_an_objective_that_is_not_named_is_a_note(tmp_path: Path) -> None:
    (finding,) = found("SC4", tmp_path, objective_power=None)
    assert (finding.severity, finding.level) == (Severity.NOTE, 0)


def test_what_is_no_dicom_has_a_scale_too(tmp_path: Path) -> None:
    write_tiff(tmp_path / "right.svs", 0.5)
    write_tiff(tmp_path / "far.svs", 500)
    write_tiff(tmp_path / "lens.svs", 0.5, power=60)
    assert findings_in(tmp_path / "right.svs", "SC2") == []
    assert findings_in(tmp_path / "right.svs", "SC4") == []
    (range_,) = findings_in(tmp_path / "far.svs", "SC2")
    assert "500 x 500 um" in range_.message
    (lens,) = findings_in(tmp_path / "lens.svs", "SC4")
    assert (lens.found, lens.expected) == ("60x", "about 20x")


def test_all_levels_with_one_spacing_are_an_error(tmp_path: Path) -> None:
    def same(dataset: object) -> None:
        item = measures(dataset)  # pyright: ignore[reportArgumentType]
        item.PixelSpacing = [0.0005, 0.0005]

    found = faults("SC5", tmp_path, mutate=same)
    assert "all 3 levels have the Pixel Spacing of the finest" in found[0].message


def test_nothing_is_missing_from_a_clean_slide(tmp_path: Path) -> None:
    assert faults("ID4", tmp_path / "clean") == []
    lost = deleting("FocusMethod", "VolumetricProperties")
    missing = faults("ID4", tmp_path / "lost", mutate=lost)
    assert {each.tag for each in missing} == {"FocusMethod", "VolumetricProperties"}
    assert "and 5 other files" in missing[0].message
