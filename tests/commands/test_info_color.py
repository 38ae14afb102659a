"""`coverslip info` on profiles: of each level, and whether they can be used."""

from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from tests.profiles import SRGB, swapped
from tests.synthetic import write_slide
from viewer.app import main

BROKEN = b"junk" * 40


def slide_of(folder: Path, *profiles: bytes | None) -> Path:
    """Write a slide whose levels, finest first, have these profiles."""
    widths = [1000 >> level for level in range(len(profiles))]

    def give(dataset: Dataset) -> None:
        path = dataset.OpticalPathSequence[0]
        if "ICCProfile" in path:
            del path.ICCProfile
        profile = profiles[widths.index(dataset.TotalPixelMatrixColumns)]
        if profile is not None:
            path.ICCProfile = profile

    write_slide(folder, levels=len(profiles), label=False, overview=False, mutate=give)
    return folder


def test_a_profile_that_cannot_be_used_is_said_to_be_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", str(slide_of(tmp_path, BROKEN, BROKEN))]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert ", ICC profile unreadable profile, not usable: the ICC profile of" in first


def test_profiles_that_differ_are_told_level_by_level(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slide_of(tmp_path, None, SRGB, BROKEN)
    assert main(["info", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("ICC profiles differ between levels")
    assert lines[1].endswith(", no ICC profile")
    assert lines[2].endswith(", ICC profile sRGB built-in")
    assert ", not usable: " in lines[3]


def test_one_profile_of_all_levels_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slide_of(tmp_path, swapped(), swapped())
    assert main(["info", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [n for n, line in enumerate(lines) if "ICC" in line][:1] == [0]
    assert not any("ICC" in line for line in lines if line.startswith("  level"))
