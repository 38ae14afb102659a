"""The engine against converters themselves, where they are installed.

PixelMed and Orthanc come with Debian (libpixelmed-java, orthanc-wsi), wsidicomizer with
pip: its program is looked for on the path and in COVERSLIP_WSIDICOMIZER.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.qa.test_truth import compared, errors, told
from viewer.qa.comparing import CompareOptions, Pixels, Sameness

pytestmark = [pytest.mark.slides, pytest.mark.converters]

CMU = "CMU-1-Small-Region.svs"
JARS = [
    Path("/usr/share/java") / name
    for name in (
        "pixelmed.jar",
        "pixelmed_imageio.jar",
        "opencsv.jar",
        "javax.json.jar",
    )
]
SLIDE_SOP_CLASS = "1.2.840.10008.5.1.4.1.1.77.1.6"


def run(command: Sequence[str | Path], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]


def by_pixelmed(source: Path, folder: Path) -> Path:
    """Convert to dual-personality files, one a picture."""
    java = shutil.which("java")
    if java is None or not JARS[0].is_file():
        pytest.skip("PixelMed is not installed (Debian: libpixelmed-java)")
    described = folder / "description.json"
    described.write_text('{"top": {"ContainerIdentifier": "CMU-1"}}')
    result = folder / "pixelmed"
    result.mkdir()
    words = "ADDTIFF DONOTUSEBIGTIFF MERGESTRIPS DONOTADDDCMSUFFIX INCLUDEFILENAME"
    classes = os.pathsep.join(map(str, JARS))
    program = [java, "-Djava.awt.headless=true", "-cp", classes]
    convert = [*program, "com.pixelmed.convert.TIFFToDicom", described, source]
    target = [result / "DCM", "SM", SLIDE_SOP_CLASS, *words.split()]
    run([*convert, *target], folder)
    return result


def by_wsidicomizer(source: Path, folder: Path, *options: str) -> Path:
    named = os.environ.get("COVERSLIP_WSIDICOMIZER", "wsidicomizer")
    program = shutil.which(named)
    if program is None:
        pytest.skip("wsidicomizer is not installed (COVERSLIP_WSIDICOMIZER names it)")
    run([program, "-i", source, "-o", folder / "wsidicomizer", *options], folder)
    return folder / "wsidicomizer"


def by_orthanc(source: Path, folder: Path) -> Path:
    program = shutil.which("OrthancWSIDicomizer")
    if program is None:
        pytest.skip("OrthancWSIDicomizer is not installed (Debian: orthanc-wsi)")
    import openslide_bin

    result = folder / "orthanc"
    result.mkdir()
    library = openslide_bin.libopenslide1._name
    run([program, "--openslide", library, "--folder", result, source], folder)
    return result


@pytest.fixture
def cmu(slides_folder: Path) -> Path:
    return slides_folder / "source" / CMU


def test_pixelmed_keeps_the_bits(cmu: Path, tmp_path: Path) -> None:
    comparison = compared(cmu, by_pixelmed(cmu, tmp_path))
    assert not list(errors(comparison)), told(comparison)
    assert comparison.verdict is Sameness.BITS
    assert "130 of 130 frames" in comparison.reason


def test_pixelmed_keeps_the_bits_of_jpeg_2000(
    slides_folder: Path, tmp_path: Path
) -> None:
    source = slides_folder / "source" / "jp2k33005.svs"
    result = by_pixelmed(source, tmp_path)
    bits_only = CompareOptions(pixels=Pixels.NONE)
    assert compared(source, result, bits_only).verdict is Sameness.BITS


def test_wsidicomizer_keeps_the_bits(cmu: Path, tmp_path: Path) -> None:
    comparison = compared(cmu, by_wsidicomizer(cmu, tmp_path))
    assert not list(errors(comparison)), told(comparison)
    assert comparison.verdict is Sameness.BITS


def test_levels_that_wsidicomizer_adds_are_no_errors(cmu: Path, tmp_path: Path) -> None:
    comparison = compared(cmu, by_wsidicomizer(cmu, tmp_path, "--add-missing-levels"))
    assert not list(errors(comparison)), told(comparison)
    assert comparison.verdict is Sameness.BITS


def test_a_label_that_wsidicomizer_was_told_to_drop_is_missed(
    cmu: Path, tmp_path: Path
) -> None:
    comparison = compared(cmu, by_wsidicomizer(cmu, tmp_path, "--no-label"))
    assert {each.rule.id for each in errors(comparison)} == {"ID5"}, told(comparison)


def test_transcoding_is_told_from_passing_through(cmu: Path, tmp_path: Path) -> None:
    options = ("--force-transcoding", "--quality", "80")
    comparison = compared(cmu, by_wsidicomizer(cmu, tmp_path, *options))
    assert comparison.verdict is Sameness.DIFFERENT
    assert "QA3" in {each.rule.id for each in errors(comparison)}, told(comparison)


def test_orthanc_keeps_the_bits_and_loses_label_overview_and_scale(
    cmu: Path, tmp_path: Path
) -> None:
    comparison = compared(cmu, by_orthanc(cmu, tmp_path))
    assert {each.rule.id for each in errors(comparison)} == {"ID5", "QA14"}, told(
        comparison
    )
    (bits,) = (each for each in comparison.sections if each.name == "bits")
    assert "130 of 130 frames" in " ".join(bits.lines)


def test_an_ndpi_slide_is_the_same_but_for_its_decoder(
    slides_folder: Path, tmp_path: Path
) -> None:
    source = slides_folder / "source" / "hamamatsu-dapi.ndpi"
    comparison = compared(source, by_wsidicomizer(source, tmp_path))
    assert not list(errors(comparison)), told(comparison)
    assert comparison.verdict is Sameness.PIXELS
