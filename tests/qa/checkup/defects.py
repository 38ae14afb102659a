"""One slide a rule about attributes that has just the fault which the rule is for."""

from collections.abc import Mapping
from pathlib import Path

import pydicom
from pydicom import Dataset
from pydicom.uid import SegmentationStorage

from tests.profiles import SRGB
from tests.qa.checkup.clean import (
    BASE,
    LEVEL_1,
    Change,
    Maker,
    add_changed,
    at,
    deleting,
    file_of,
    measures,
    replace_bytes,
    scaled_spacing,
    setting,
    write_clean,
)


def changed(change: Change, **description: object) -> Maker:
    """Return the maker of a clean slide with one change to its data sets."""
    return lambda folder: write_clean(folder, mutate=change, **description)


def with_stranger(folder: Path) -> None:
    files = write_clean(folder)
    stranger = setting(SOPClassUID=SegmentationStorage, Modality="SEG")
    add_changed(file_of(files, "level2"), folder / "segmentation.dcm", stranger)


def wrong_group_length(folder: Path) -> None:
    path = file_of(write_clean(folder), "level1")
    start = path.read_bytes()[132:144]
    length = int.from_bytes(start[8:], "little") + 2
    replace_bytes(path, start, start[:8] + length.to_bytes(4, "little"))


def impossible_date(folder: Path) -> None:
    path = file_of(write_clean(folder), "level1")
    replace_bytes(path, b"DA\x08\x0020240102", b"DA\x08\x002024-1-2")


def twice_one_level(folder: Path) -> None:
    level = file_of(write_clean(folder), "level1")
    add_changed(level, folder / "again.dcm")


def another_shape(folder: Path) -> None:
    write_clean(folder)
    aside = write_clean(folder / "aside", size=(500, 200), levels=1, label=False)
    level = file_of(aside, "level0")
    add_changed(level, folder / "shape.dcm", _resampled)
    for path in aside:
        path.unlink()


def _resampled(dataset: Dataset) -> None:
    _set_type(dataset, "DERIVED", "PRIMARY", "VOLUME", "RESAMPLED")


def part_lost(folder: Path) -> None:
    files = write_clean(folder, parts=3)
    file_of(files, "part2").unlink()


def almost_white_channels(folder: Path) -> None:
    files = write_clean(
        folder,
        size=(300, 200),
        levels=1,
        texture=None,
        photometric="MONOCHROME2",
        optical_paths=3,
        objective_power=20,
    )
    path = file_of(files, "level0")
    dataset = pydicom.dcmread(path)
    # Unlike tiles, so that nothing else is odd about them.
    size = len(dataset.PixelData)
    dataset.PixelData = bytes(245 + number * 10 // size for number in range(size))
    dataset.save_as(path)


def _sampled_along(dataset: Dataset) -> None:
    dataset.ImageOrientationSlide = [0, -1, 0, -0.5, 0, 0]


def _false_type(dataset: Dataset) -> None:
    _set_type(dataset, "ORIGINAL", "PRIMARY", "VOLUME", "RESAMPLED")


def _set_type(dataset: Dataset, *values: str) -> None:
    dataset.ImageType = list(values)
    groups = dataset.SharedFunctionalGroupsSequence[0]
    groups.WholeSlideMicroscopyImageFrameTypeSequence[0].FrameType = list(values)


def _another_path(dataset: Dataset) -> None:
    groups = dataset.SharedFunctionalGroupsSequence[0]
    groups.OpticalPathIdentificationSequence[0].OpticalPathIdentifier = "7"


def _moved(dataset: Dataset) -> None:
    origin = dataset.TotalPixelMatrixOriginSequence[0]
    origin.XOffsetInSlideCoordinateSystem = 20.5


def _without_profile(dataset: Dataset) -> None:
    del dataset.OpticalPathSequence[0].ICCProfile


def _wider(dataset: Dataset) -> None:
    dataset.ImagedVolumeWidth = dataset.ImagedVolumeWidth * 1.012


def _unknown_step(dataset: Dataset) -> None:
    if "SpacingBetweenSlices" in measures(dataset):
        del measures(dataset).SpacingBetweenSlices


def _without_spacing(dataset: Dataset) -> None:
    del measures(dataset).PixelSpacing


_ANONYMOUS = setting(PatientIdentityRemoved="YES", DeidentificationMethod="tests")
_SCANNER_TEXT = "Scanner |AppMag = 20|User = somebody|Filename = S26-1"

DEFECTS: Mapping[str, Maker] = {
    "OP1": changed(at(LEVEL_1, setting(TotalPixelMatrixColumns=0))),
    "OP2": with_stranger,
    "FP1": changed(_unknown_step, focal_planes=3),
    "ID1": changed(at(LEVEL_1, _false_type)),
    "ID2": changed(at(LEVEL_1, _another_path)),
    "ID3": changed(at(LEVEL_1, setting(FrameOfReferenceUID="1.2.3"))),
    "ID4": changed(at(LEVEL_1, deleting("AcquisitionDateTime"))),
    "ID5": lambda folder: write_clean(folder, label=False, overview=False),
    "ID6": changed(at("LABEL", deleting("LabelText"))),
    "ID7": changed(setting(Manufacturer="Unknown")),
    "ID8": impossible_date,
    "ID9": wrong_group_length,
    "SC1": changed(at("THUMBNAIL", _without_spacing)),
    "SC2": changed(scaled_spacing(1000)),
    "SC3": lambda folder: write_clean(folder, spacing=(0.0005, 0.00052)),
    "SC4": lambda folder: write_clean(folder, objective_power=40),
    "SC5": changed(at(LEVEL_1, scaled_spacing(3))),
    "PY1": lambda folder: write_clean(folder, levels=2, factor=8),
    "PY2": twice_one_level,
    "PY3": changed(at(LEVEL_1, _moved)),
    "PY5": changed(at(LEVEL_1, _wider)),
    "PY6": another_shape,
    "FR5": part_lost,
    "GE4": changed(_sampled_along),
    "CO1": changed(at(LEVEL_1, _without_profile)),
    "CO2": lambda folder: write_clean(folder, icc_profile=SRGB),
    "PX4": almost_white_channels,
    "LO1": changed(at(BASE, setting(LossyImageCompressionRatio=99)), syntax="jpeg"),
    "PH1": changed(_ANONYMOUS),
    "PH2": changed(at(BASE, setting(ImageComments=_SCANNER_TEXT))),
    "PH3": changed(at("LABEL", setting(SpecimenLabelInImage="NO"))),
}
