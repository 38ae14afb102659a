"""Rules about profiles and lossy compression."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom import Dataset

from tests.profiles import LAB, SRGB, of_class, swapped
from tests.qa.checkup.clean import BASE, LEVEL_1, PROFILE, at, setting
from tests.qa.checkup.looking import faults, found
from viewer.qa.finding import Severity


def profiled(icc: bytes) -> Callable[[Dataset], None]:
    def change(dataset: Dataset) -> None:
        dataset.OpticalPathSequence[0].ICCProfile = icc + b"\0" * (len(icc) % 2)

    return change


def test_a_level_of_another_profile_is_told_with_both_names(tmp_path: Path) -> None:
    other = profiled(of_class("scnr", swapped()))
    (finding,) = faults("CO1", tmp_path, mutate=at(LEVEL_1, other))
    assert finding.level == 1
    assert "bytes" in finding.found
    assert "bytes" in finding.expected


def test_grey_images_need_no_profile(tmp_path: Path) -> None:
    grey = {"texture": None, "photometric": "MONOCHROME2", "icc_profile": None}
    assert found("CO1", tmp_path, **grey) == []


@pytest.mark.parametrize(
    ("icc", "said"),
    [
        (SRGB, "class display device (mntr)"),
        (of_class("scnr", LAB), "expected RGB"),
        (PROFILE[:8] + b"\x07" + PROFILE[9:], "version 7"),
        (PROFILE + bytes(100), "bytes, but has"),
        (b"no profile at all", "no header of a profile"),
    ],
)
def test_what_is_odd_about_a_profile_is_told_once_for_all_files(
    icc: bytes, said: str, tmp_path: Path
) -> None:
    found = faults("CO2", tmp_path, icc_profile=icc)
    assert any(said in each.message for each in found)
    assert len({each.message for each in found}) == len(found)


def test_a_color_space_that_the_profile_is_not_is_told(tmp_path: Path) -> None:
    def named(dataset: Dataset) -> None:
        dataset.OpticalPathSequence[0].ColorSpace = "ADOBERGB"

    (finding,) = faults("CO2", tmp_path, mutate=named)
    assert "Color Space is ADOBERGB" in finding.message


@pytest.mark.parametrize(("factor", "count"), [(1.05, 0), (0.95, 0), (1.3, 1), (3, 1)])
def test_the_ratio_is_that_of_the_frames(
    factor: float, count: int, tmp_path: Path
) -> None:
    def change(dataset: Dataset) -> None:
        ratio = float(dataset.LossyImageCompressionRatio) * factor
        dataset.LossyImageCompressionRatio = f"{ratio:.6g}"

    found = faults("LO1", tmp_path, syntax="jpeg", mutate=at(BASE, change))
    assert len(found) == count


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"LossyImageCompression": "00"}, "Lossy Image Compression is 00, expected 01"),
        ({"LossyImageCompressionMethod": "ISO_15444_1"}, "expected ISO_10918_1"),
        ({"LossyImageCompressionRatio": [20, 30]}, "2 ratios and 1 method"),
    ],
)
def test_what_is_said_of_the_loss_is_compared_with_the_frames(
    attributes: dict[str, object], said: str, tmp_path: Path
) -> None:
    change = at(BASE, setting(**attributes))
    (finding,) = faults("LO1", tmp_path, syntax="jpeg", mutate=change)
    assert said in finding.message
    assert finding.severity is Severity.WARNING


def test_what_was_lossy_once_may_be_stored_without_loss_now(tmp_path: Path) -> None:
    once = setting(
        LossyImageCompression="01",
        LossyImageCompressionMethod="ISO_10918_1",
        LossyImageCompressionRatio=15,
    )
    assert faults("LO1", tmp_path, mutate=once) == []


def test_a_second_loss_is_judged_by_the_last(tmp_path: Path) -> None:
    def twice(dataset: Dataset) -> None:
        last = float(dataset.LossyImageCompressionRatio)
        dataset.LossyImageCompressionRatio = [15, f"{last:.6g}"]
        dataset.LossyImageCompressionMethod = ["ISO_15444_1", "ISO_10918_1"]

    assert faults("LO1", tmp_path, syntax="jpeg", mutate=twice) == []


def test_the_lossy_wavelet_of_jpeg_2000_is_told_where_loss_is_denied(
    tmp_path: Path,
) -> None:
    denied = at(BASE, setting(LossyImageCompression="00"))
    (finding,) = faults("LO1", tmp_path / "lossy", syntax="jpeg2000", mutate=denied)
    assert (finding.tag, finding.found, finding.expected) == (
        "LossyImageCompression",
        "00",
        "01",
    )
    assert "lossy wavelet 9/7" in finding.message
    assert faults("LO1", tmp_path / "kept", syntax="jpeg2000-lossless") == []


def test_a_level_made_from_lossy_pixels_is_lossy_itself(tmp_path: Path) -> None:
    def change(dataset: Dataset) -> None:
        if dataset.ImageType[2] not in ("VOLUME", "THUMBNAIL"):
            return
        is_base = dataset.TotalPixelMatrixColumns == BASE[0]
        dataset.LossyImageCompression = "01" if is_base else "00"
        if is_base:
            dataset.LossyImageCompressionRatio = 10
            dataset.LossyImageCompressionMethod = "ISO_10918_1"

    findings = faults("LO1", tmp_path, mutate=change)
    assert {each.found for each in findings} == {"00"}
    assert all("made from" in each.message for each in findings)
    assert 1 in {each.level for each in findings}
