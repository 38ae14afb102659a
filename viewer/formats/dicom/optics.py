"""What is said about the light in DICOM: the Optical Path Module (PS3.3 C.8.12.5)."""

from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset

from viewer.formats.dicom.specimen import Code, coded

BRIGHTFIELD: Final = Code("111744", "DCM", "Brightfield illumination")
FULL_SPECTRUM: Final = Code("414298005", "SCT", "Full Spectrum")
NO_FILTER: Final = Code("111609", "DCM", "No filter")

# Absent pixels are white (PS3.3 C.8.12.4): L* of 100 is 0xFFFF, a* and b* of 0 are
# 0x8080 (C.10.7.1.1).
WHITE_CIELAB: Final = (0xFFFF, 0x8080, 0x8080)


@dataclass(frozen=True, kw_only=True)
class OpticalPathDescription:
    """Brightfield light through one slide; None or nothing where it is not known.

    `icc_profile` is required by the standard for color.
    """

    icc_profile: bytes
    identifier: str = "0"
    words: str = "Brightfield"
    objective_power: float | None = None
    objective_aperture: float | None = None
    lenses: tuple[Code, ...] = ()


def add_optical_path(
    dataset: Dataset, optics: OpticalPathDescription, *, through_objective: bool
) -> None:
    """Say how a picture was lit, and through what lens it was seen if there was one."""
    path = Dataset()
    path.OpticalPathIdentifier = optics.identifier
    path.OpticalPathDescription = optics.words
    path.IlluminationTypeCodeSequence = [coded(BRIGHTFIELD)]
    path.IlluminationColorCodeSequence = [coded(FULL_SPECTRUM)]
    path.LightPathFilterTypeStackCodeSequence = [coded(NO_FILTER)]
    path.ICCProfile = optics.icc_profile
    if through_objective:
        if optics.objective_power is not None:
            path.ObjectiveLensPower = decimal(optics.objective_power)
        if optics.objective_aperture is not None:
            path.ObjectiveLensNumericalAperture = decimal(optics.objective_aperture)
        if optics.lenses:
            path.LensesCodeSequence = [coded(lens) for lens in optics.lenses]
    dataset.NumberOfOpticalPaths = 1
    dataset.OpticalPathSequence = [path]
    dataset.RecommendedAbsentPixelCIELabValue = list(WHITE_CIELAB)


def decimal(number: float) -> str:
    """Return a Decimal String, at most 16 characters (PS3.5 6.2)."""
    return next(
        text for digits in range(16, 0, -1) if len(text := f"{number:.{digits}g}") <= 16
    )
