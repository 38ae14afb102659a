"""What scanners call a thing and what DICOM calls it, in one table."""

from collections.abc import Callable
from typing import Final, NamedTuple

from viewer.qa.checkup.scale import POWER, SPACING
from viewer.qa.finding import Severity
from viewer.qa.metadata.agreement import (
    same_maker,
    same_moment,
    same_number,
    same_place,
    same_text,
    shares_words,
)
from viewer.qa.metadata.facts_of_pixels import LOSSY, METHOD, PROFILE
from viewer.qa.metadata.forms import (
    lens,
    measured,
    micrometers,
    ome_length,
    resolution,
    yes_or_no,
)


class Key(NamedTuple):
    """Where a format says it, and how that is brought into the form compared.

    Several names joined by "+" are one text, with spaces between.
    """

    path: str
    form: Callable[[str], str] = str


class Fact(NamedTuple):
    """One thing that slides say.

    `lost` is how bad it is where only the source says it, `invented` where only the
    result does; None where another part of the comparison tells. `expected` are those
    that every conversion makes anew.
    """

    name: str
    keys: tuple[Key, ...]
    agree: Callable[[str, str], bool] = same_text
    lost: Severity | None = Severity.NOTE
    invented: Severity | None = None
    private: bool = False
    expected: bool = False


def _keys(*paths: str) -> tuple[Key, ...]:
    return tuple(Key(path) for path in paths)


_OME_SIZE: Final = "ome.Image.Pixels.PhysicalSizeX"
_PATH: Final = "OpticalPathSequence[0]"
_ORIGIN: Final = "TotalPixelMatrixOriginSequence[0]"

FACTS: Final = (
    Fact(
        "Time of scanning",
        _keys(
            "AcquisitionDateTime",
            "AcquisitionDate+AcquisitionTime",
            "aperio.Date+aperio.Time+aperio.Time Zone",
            "ome.Image.AcquisitionDate",
            "philips.DICOM_ACQUISITION_DATETIME",
            "leica.creation-date",
            "mirax.GENERAL.SLIDE_CREATIONDATETIME",
            "zeiss.Information.Image.AcquisitionDateAndTime",
            "tiff.DateTime",
            "hamamatsu.Created",
        ),
        same_moment,
        Severity.WARNING,
        Severity.WARNING,
    ),
    Fact(
        "Manufacturer",
        _keys(
            "Manufacturer",
            "tiff.Make",
            "slide.maker",
            "philips.DICOM_MANUFACTURER",
            "ome.Instrument.Microscope.Manufacturer",
            "openslide.vendor",
        ),
        same_maker,
        Severity.WARNING,
        Severity.NOTE,
    ),
    Fact(
        "Model",
        _keys(
            "ManufacturerModelName",
            "tiff.Model",
            "aperio.ScannerType",
            "hamamatsu.Product",
            "leica.device-model",
            "mirax.GENERAL.SLIDE_SCANNER_TYPE",
            "philips.DICOM_MANUFACTURERS_MODEL_NAME",
            "ventana.ScannerModel",
            "ome.Instrument.Microscope.Model",
        ),
        shares_words,
        Severity.WARNING,
        Severity.NOTE,
    ),
    Fact(
        "Serial number of the scanner",
        _keys(
            "DeviceSerialNumber",
            "aperio.ScanScope ID",
            "hamamatsu.NDP.S/N",
            "philips.DICOM_DEVICE_SERIAL_NUMBER",
            "ventana.UnitNumber",
            "ome.Instrument.Microscope.SerialNumber",
        ),
        lost=Severity.WARNING,
        invented=Severity.NOTE,
    ),
    Fact(
        "Software of the scanner",
        _keys(
            "SoftwareVersions",
            "tiff.Software",
            "slide.software",
            "philips.DICOM_SOFTWARE_VERSIONS",
            "ventana.BuildVersion",
        ),
        shares_words,
    ),
    Fact(
        "Micrometers a pixel",
        (
            Key(SPACING, micrometers),
            *_keys("aperio.MPP", "openslide.mpp-x"),
            Key(f"{_OME_SIZE}+{_OME_SIZE}Unit", ome_length),
            Key("tiff.XResolution+tiff.ResolutionUnit", resolution),
        ),
        same_number,
        None,
    ),
    Fact(
        "Objective",
        (
            Key(POWER, lens),
            Key("aperio.AppMag", lens),
            Key("openslide.objective-power", lens),
            Key("hamamatsu.SourceLens", lens),
            Key("ome.Instrument.Objective[0].NominalMagnification", lens),
        ),
        same_number,
        None,
    ),
    Fact(
        "Aperture of the lens",
        _keys(
            f"{_PATH}.ObjectiveLensNumericalAperture",
            "leica.aperture",
            "ome.Instrument.Objective[0].LensNA",
        ),
        same_number,
    ),
    Fact(
        "Wavelength, nm",
        _keys(
            f"{_PATH}.IlluminationWaveLength",
            "ome.Image.Pixels.Channel[0].ExcitationWavelength",
        ),
        same_number,
        Severity.NOTE,
        Severity.NOTE,
    ),
    Fact(
        "Origin on the glass, mm",
        (
            Key(
                f"{_ORIGIN}.XOffsetInSlideCoordinateSystem"
                f"+{_ORIGIN}.YOffsetInSlideCoordinateSystem",
                measured,
            ),
            Key("aperio.Top+aperio.Left"),
        ),
        same_place,
        None,
    ),
    Fact("Color profile", _keys(PROFILE), same_text, None),
    Fact(
        "Lossy compression",
        (Key("LossyImageCompression", yes_or_no), Key(LOSSY)),
        same_text,
        None,
    ),
    Fact(
        "Method of lossy compression",
        _keys("LossyImageCompressionMethod", METHOD),
        shares_words,
        None,
    ),
    Fact(
        "Text of the scanner",
        _keys("ImageComments", "tiff.ImageDescription", "openslide.comment"),
        private=True,
    ),
    Fact(
        "File the scanner wrote",
        _keys("aperio.Filename", "pixelmed.path"),
        shares_words,
        private=True,
        expected=True,
    ),
    Fact(
        "User of the scanner",
        _keys("OperatorsName", "aperio.User", "philips.PIM_DP_UFS_OPERATOR"),
        private=True,
    ),
    Fact(
        "Barcode",
        _keys(
            "BarcodeValue",
            "aperio.Barcode",
            "leica.barcode",
            "philips.PIM_DP_UFS_BARCODE",
            "ventana.Barcode1D",
            "ventana.Barcode2D",
        ),
        lost=Severity.WARNING,
        private=True,
    ),
    Fact(
        "Text of the label",
        _keys("LabelText", "aperio.Title", "ventana.LabelText"),
        private=True,
    ),
    *(
        Fact(name, _keys(path), lost=None, private=True, expected=True)
        for name, path in (
            ("Patient's name", "PatientName"),
            ("Patient ID", "PatientID"),
            ("Patient's birth date", "PatientBirthDate"),
            ("Accession number", "AccessionNumber"),
            ("Container identifier", "ContainerIdentifier"),
            ("Specimen", "SpecimenDescriptionSequence[0].SpecimenIdentifier"),
        )
    ),
    *(
        Fact(name, _keys(path), lost=None, expected=True)
        for name, path in (
            ("Time of writing", "InstanceCreationDate+InstanceCreationTime"),
            ("Time of the contents", "ContentDate+ContentTime"),
            ("Converter", "ContributingEquipmentSequence[0].ManufacturerModelName"),
            ("Library of the writer", "ImplementationVersionName"),
            ("Study", "StudyInstanceUID"),
            ("Series", "SeriesInstanceUID"),
        )
    ),
)
"""In the order of the table: what matters, what may identify, what is made anew."""
