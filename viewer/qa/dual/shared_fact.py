"""One thing that both sides of a file say."""

from dataclasses import dataclass
from typing import Final

from viewer.qa.finding import Severity


@dataclass(frozen=True, slots=True)
class SharedFact:
    """A fact as TIFF and as DICOM have it, in words.

    `tag` is TIFF's, as in findings; `severity` is None where both agree. `remark` is a
    clause that says more than that they differ.
    """

    name: str
    tag: str
    tiff: str
    dicom: str
    severity: Severity | None = None
    remark: str = ""

    @property
    def agrees(self) -> bool:
        """Whether both sides say the same."""
        return self.severity is None


def agreeing(name: str, tag: int, tiff: str, dicom: str) -> SharedFact:
    """Return a fact that both sides tell alike."""
    return SharedFact(name, _tag_words(tag), tiff, dicom)


def differing(
    name: str, tag: int, tiff: str, dicom: str, severity: Severity, remark: str = ""
) -> SharedFact:
    """Return a fact that the sides tell differently."""
    return SharedFact(name, _tag_words(tag), tiff, dicom, severity, remark)


def _tag_words(tag: int) -> str:
    return f"TIFF {tag} {_NAMES.get(tag, '')}".strip()


_NAMES: Final = {
    256: "ImageWidth",
    257: "ImageLength",
    258: "BitsPerSample",
    259: "Compression",
    262: "PhotometricInterpretation",
    274: "Orientation",
    277: "SamplesPerPixel",
    282: "XResolution",
    283: "YResolution",
    284: "PlanarConfiguration",
    322: "TileWidth",
    323: "TileLength",
    339: "SampleFormat",
    530: "YCbCrSubSampling",
    34675: "ICCProfile",
}
