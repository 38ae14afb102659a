"""What real producers of dual files wrote, file by file."""

from pathlib import Path

import pytest

from viewer.qa.dual import State, dual_state
from viewer.qa.finding import Severity

pytestmark = pytest.mark.slides

_CLASSIC = "pixelmed-svs-jpeg-rgb-classic"
_SCALE = {("DU2", "TIFF 282 XResolution"), ("DU2", "TIFF 283 YResolution")}
_BIOFORMATS = _SCALE | {
    ("DU2", "TIFF 262 PhotometricInterpretation"),  # TIFF is right, the label is not
    ("DU2", "TIFF 34675 ICCProfile"),
}

FILES: dict[str, tuple[State, set[tuple[str, str]]]] = {
    f"{_CLASSIC}/DCM_0": (State.VALID, set()),
    f"{_CLASSIC}/DCM_1": (State.VALID, set()),
    f"{_CLASSIC}/DCM_2": (State.VALID, _SCALE),  # the label: DICOM tells no scale
    f"{_CLASSIC}/DCM_3": (State.VALID, set()),
    f"{_CLASSIC}-pyramid/DCM_0": (State.VALID, {("DU3", "(7FDF,1001)")}),
    "pixelmed-svs-jpeg-rgb-bigtiff/DCM_0": (State.VALID, set()),
    "pixelmed-jp2k33003-ybr-ict-mct0/DCM_0": (State.VALID, set()),
    "pixelmed-jp2k33005/DCM_0": (State.VALID, set()),
    **{f"pixelmed-ycc_jpeg_pyr/DCM_{n}": (State.VALID, set()) for n in range(5)},
    "bioformats-tcga-jpeg/tcga_0_0.dcm": (State.VALID, _BIOFORMATS),
    "bioformats-tcga-jpeg/tcga_0_1.dcm": (State.VALID, _BIOFORMATS),
    "stale/pydicom-anon-stale.dcm": (State.STALE, {("QA32", "")}),
    "not-wsi/US1_UNCR.dcm": (State.VALID, {("DU2", "TIFF 258 BitsPerSample")}),
}
"""The state, and the findings by rule and tag; none of them is an error."""


@pytest.mark.parametrize("name", FILES)
def test_real_files_are_what_they_are(name: str, slides_folder: Path) -> None:
    state, findings = FILES[name]
    found = dual_state(slides_folder / "dual" / name)
    assert found.state is state
    assert {(each.rule.id, each.tag) for each in found.findings} == findings
    assert all(each.severity is not Severity.ERROR for each in found.findings)


def test_every_real_file_is_listed(slides_folder: Path) -> None:
    folder = slides_folder / "dual"
    files = (path for path in folder.rglob("*") if path.is_file())
    assert {str(path.relative_to(folder)) for path in files} == set(FILES)


@pytest.mark.parametrize("folder", ["cmu-wsidicomizer", "orthanc", "google-triple"])
def test_other_converters_make_no_tiff_side(folder: str, slides_folder: Path) -> None:
    files = [path for path in (slides_folder / folder).rglob("*") if path.is_file()]
    assert {dual_state(path).state for path in files} == {State.NONE}
