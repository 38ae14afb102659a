"""What a check-up finds in real slides: what is truly wrong with them, and no more.

Of each slide the rules with errors, then those with warnings only; a reason stands
beside each that is not plain from the rule. Notes are no faults.
"""

from pathlib import Path
from typing import Final

import pytest

from viewer.qa.checkup.runner import Checkup, check_up_paths
from viewer.qa.finding import Severity
from viewer.qa.run import Run

pytestmark = pytest.mark.slides

EXPECTED: Final = {
    # An earlier wsidicomizer: the thumbnail has no scale, each file a specimen of its
    # own; the origin is 25.69 mm across a glass that is 25 mm wide.
    "cmu-wsidicomizer": ("", "CO2 GE1 ID3 SC1"),
    # wsidicomizer writes a display profile (class mntr).
    "cmu-wsidicomizer-passthrough": ("", "CO2"),
    # The ratio is that of the NDPI file, not of the frames.
    "ndpi-wsidicomizer-jpeg": ("", "CO2 LO1"),
    "ndpi-wsidicomizer-j2k": ("", "CO2"),
    # wsi2dcm leaves out patient, specimen, equipment and profile, and names its source.
    "google-triple/jpeg.dicom": ("", "CO1 ID4 PH2"),
    "google-triple/jpeg2000.dicom": ("", "CO1 ID4 PH2"),
    "google-triple/raw.dicom": ("", "CO1 ID4 PH2"),
    # One UID for the series and the Frame of Reference; dciodvfy says so too.
    "camelyon/jpeg.dcm": ("", "CO1 ID3 ID4"),
    "camelyon/jpeg2000.dcm": ("", "CO1 ID4"),
    # Beside it lies another file with its UID.
    "highdicom/sm_image.dcm": ("", "ID3"),
    # The UID in its File Meta Information is another; dciodvfy says the same of both.
    "highdicom/sm_image_grayscale.dcm": ("", "ID3 ID4"),
    "highdicom/sm_image_jpegls.dcm": ("", ""),
    # RGB over JFIF YCbCr, a pixel of 1 mm, a ratio of 1, no Frame of Reference; the two
    # sides of the file disagree on color, scale and profile.
    "dual/bioformats-tcga-jpeg": ("PX1 SC2", "CO2 DU2 GE4 ID4 LO1"),
    # PixelMed keeps the source's path in (0009,1001) and its text in Image Comments.
    "dual/pixelmed-jp2k33003-ybr-ict-mct0": ("PX2", "PH2"),
    "dual/pixelmed-jp2k33005": ("", "PH2 PX2"),
    "dual/pixelmed-svs-jpeg-rgb-bigtiff": ("", "PH2"),
    # Pyramid UID on label and overview too; the label has a resolution as TIFF only.
    "dual/pixelmed-svs-jpeg-rgb-classic": ("", "DU2 ID3 PH2"),
    "dual/pixelmed-svs-jpeg-rgb-classic-pyramid": ("", "PH2"),
    # Pixel Spacing of the base on all levels, the imaged volume made from it.
    "dual/pixelmed-ycc_jpeg_pyr": ("SC5", "PH2 PY5"),
    "dual/stale": ("", "PH2 QA32"),
    # YBR_FULL_422 over RGB, x and y mixed up, a ratio of 10 whatever the frames are.
    "orthanc/pyramid": ("PX1 SC3", "CO2 FR5 ID4 LO1"),
    # The scale follows from 15 x 15 mm that nobody gave.
    "orthanc/tiff-transcode": ("SC2", "CO2 ID4 LO1"),
    "dcmtk/fragmented-1k.dcm": ("", "PH2 QA32"),
    # What scanners and other programs write is no DICOM and has no such rules.
    "source/CMU-1-Small-Region.svs": ("", ""),
    "source/hamamatsu-dapi.ndpi": ("", ""),
    "source/jp2k33003.svs": ("", ""),
    "source/jp2k33005.svs": ("", ""),
    "source/ycc_jpeg_pyr.tif": ("", ""),
}


def look_over(path: Path) -> Checkup:
    (found,) = check_up_paths([path], Run(), all_frames=True)
    return found


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_truly_wrong_is_found_and_nothing_else(
    name: str, slides_folder: Path
) -> None:
    checkup = look_over(slides_folder / name)
    errors = {e.rule.id for e in checkup.findings if e.severity is Severity.ERROR}
    faults = {e.rule.id for e in checkup.findings if e.severity is Severity.WARNING}
    found = " ".join(sorted(errors)), " ".join(sorted(faults - errors))
    assert found == EXPECTED[name]


@pytest.mark.parametrize(
    ("name", "rule", "tag", "found", "expected"),
    [
        (
            "orthanc/pyramid",
            "SC3",
            "SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].PixelSpacing",
            "0.000373367016\\0.000666906766",
            "two equal numbers",
        ),
        (
            "dual/bioformats-tcga-jpeg",
            "LO1",
            "LossyImageCompressionRatio",
            "1",
            "19.07 to 19.87",
        ),
        (
            "cmu-wsidicomizer-passthrough",
            "CO2",
            "OpticalPathSequence[0].ICCProfile",
            "'sRGB built-in', 588 bytes",
            "an input profile (scnr) for RGB",
        ),
    ],
)
def test_a_finding_says_where_it_is_what_was_found_and_expected(
    *, name: str, rule: str, tag: str, found: str, expected: str, slides_folder: Path
) -> None:
    finding = next(
        each
        for each in look_over(slides_folder / name).findings
        if each.rule.id == rule
    )
    assert finding.file is not None
    assert (finding.tag, finding.expected) == (tag, expected)
    assert found in finding.found


def test_no_finding_quotes_what_tells_a_person(slides_folder: Path) -> None:
    checkup = look_over(slides_folder / "dual" / "pixelmed-svs-jpeg-rgb-classic")
    told = " ".join(
        f"{each.message} {each.found} {each.expected}" for each in checkup.findings
    )
    # The user, the file and the folder of the scanner's text.
    for word in ("b414003d", "CMU-1-Small-Region", "/home"):
        assert word not in told


def test_an_ultrasound_picture_is_said_to_be_no_slide(slides_folder: Path) -> None:
    checkup = look_over(slides_folder / "dual" / "not-wsi" / "US1_UNCR.dcm")
    assert "Ultrasound Image Storage" in checkup.reason
