"""Source and result thing by thing: what became of each, and what is said of it."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset

from tests.qa.two_slides import FACTS, comparing, rows, told, write_svs
from tests.synthetic import write_slide
from viewer.qa.finding import Finding
from viewer.qa.metadata import compare_metadata
from viewer.qa.metadata.lossy_comparison import about_compression
from viewer.qa.metadata.statements import statements_of
from viewer.qa.report.section import Section

SECRETS = ("Miller", "jmiller", "Doe", "S26-1", "1004486")


def compared(a: Path, b: Path) -> Section:
    with comparing(a, b) as both:
        return compare_metadata(both)


def result(
    tmp_path: Path,
    change: Callable[[Dataset], None] | None = None,
    **description: object,
) -> Path:
    """Write what a good converter makes of `write_svs`, changed."""

    def good(dataset: Dataset) -> None:
        dataset.AcquisitionDateTime = "20091229095915"
        dataset.Manufacturer = "Leica Biosystems"
        dataset.DeviceSerialNumber = "SS1302"
        dataset.SoftwareVersions = "v11.2.1"
        dataset.OperatorsName = FACTS["User"]
        dataset.ImageComments = text()
        dataset.LossyImageCompression = "00"
        item = dataset.TotalPixelMatrixOriginSequence[0]
        item.XOffsetInSlideCoordinateSystem = "23.25"
        item.YOffsetInSlideCoordinateSystem = "49.5"  # 75 mm less what Left is
        dataset.PatientName = "Doe^Jane"
        dataset.PatientID = "S26-1"
        if "ManufacturerModelName" in dataset:
            del dataset.ManufacturerModelName
        if change is not None:
            change(dataset)

    plain = {"levels": 1, "label": False, "overview": False, **description}
    write_slide(tmp_path / "b", mutate=good, **plain)
    return tmp_path / "b"


def text(**facts: str) -> str:
    words = "|".join(f"{key} = {value}" for key, value in {**FACTS, **facts}.items())
    return f"Aperio Image Library v11.2.1\r\n1000x700|{words}"


def source(tmp_path: Path, **facts: Any) -> Path:
    return write_svs(tmp_path / "a.svs", pictures=(), **facts)


def of(section: Section, rule: str) -> list[Finding]:
    return [each for each in section.findings if each.rule.id == rule]


def test_a_good_conversion_has_nothing_to_hide(tmp_path: Path) -> None:
    section = compared(source(tmp_path), result(tmp_path))
    assert not section.findings
    table = rows(section, "Properties")
    expected = "expected to differ"
    assert {
        name: verdict for name, (_, _, verdict) in table.items() if verdict != expected
    } == {
        "Time of scanning": "converted",
        "Manufacturer": "converted",
        "Serial number of the scanner": "same",
        "Software of the scanner": "converted",
        "Micrometers a pixel": "converted",
        "Objective": "same",
        "Origin on the glass, mm": "converted",
        "Lossy compression": "converted",
        "Text of the scanner": "same",
        "User of the scanner": "same",
    }
    others = rows(section, "Properties of the source that DICOM has no attribute for")
    assert others["aperio.StripeWidth"] == ("2040", "ImageComments: 2040", "same")
    assert section.lines[0] == (
        "The result was made from this source by its text of the scanner and time of "
        "scanning."
    )


def lose(*keywords: str) -> Callable[[Dataset], None]:
    def change(dataset: Dataset) -> None:
        for keyword in keywords:
            delattr(dataset, keyword)

    return change


def put(**attributes: str) -> Callable[[Dataset], None]:
    def change(dataset: Dataset) -> None:
        for keyword, value in attributes.items():
            setattr(dataset, keyword, value)

    return change


@pytest.mark.parametrize(
    ("change", "name", "verdict", "severity"),
    [
        (lose("AcquisitionDateTime"), "Time of scanning", "lost", "warning"),
        (
            put(AcquisitionDateTime="20260101000000"),
            "Time of scanning",
            "invented",
            "warning",
        ),
        (put(Manufacturer="Unknown"), "Manufacturer", "lost", "warning"),
        (put(Manufacturer="Philips"), "Manufacturer", "invented", "warning"),
        (
            put(DeviceSerialNumber="4711"),
            "Serial number of the scanner",
            "invented",
            "warning",
        ),
        (lose("SoftwareVersions"), "Software of the scanner", "lost", "note"),
        (lose("OperatorsName"), "User of the scanner", "lost", "note"),
        (put(ManufacturerModelName="GT 450"), "Model", "invented", "note"),
    ],
)
def test_each_loss_is_said_once(
    tmp_path: Path,
    change: Callable[[Dataset], None],
    name: str,
    verdict: str,
    severity: str,
) -> None:
    section = compared(source(tmp_path), result(tmp_path, change))
    assert rows(section, "Properties")[name][2] == verdict
    assert told(section.findings) == [("QA24", severity, None)]
    assert name in section.findings[0].message


def test_the_time_of_conversion_is_known_for_what_it_is(tmp_path: Path) -> None:
    change = put(
        AcquisitionDateTime="20260102030405.000000",
        InstanceCreationDate="20260102",
        InstanceCreationTime="030405",
    )
    section = compared(source(tmp_path), result(tmp_path, change))
    assert "when the file was converted" in section.findings[0].message


def test_properties_without_an_attribute_are_lost_with_the_comments(
    tmp_path: Path,
) -> None:
    section = compared(source(tmp_path), result(tmp_path, lose("ImageComments")))
    assert [each.severity.value for each in section.findings] == ["note", "note"]
    assert "StripeWidth" in section.findings[1].message


def test_no_sentence_names_anybody(tmp_path: Path) -> None:
    def change(dataset: Dataset) -> None:
        for keyword in ("AcquisitionDateTime", "ImageComments", "SoftwareVersions"):
            delattr(dataset, keyword)

    section = compared(
        source(tmp_path, Title="Miller", Barcode="S26-1"), result(tmp_path, change)
    )
    assert of(section, "QA24")
    for finding in section.findings:
        words = " ".join((finding.message, finding.found, finding.expected))
        assert not any(secret in words for secret in SECRETS), words
    assert not any(secret in line for secret in SECRETS for line in section.lines)
    assert not any(secret in str(section.facts) for secret in SECRETS)


def test_rows_that_may_name_somebody_are_marked(tmp_path: Path) -> None:
    section = compared(
        source(tmp_path, Title="Miller", Barcode="S26-1"), result(tmp_path)
    )
    shown = [
        cell
        for table in section.tables
        for number, row in enumerate(table.rows)
        if number not in table.private
        for cell in row
    ]
    hidden = [
        cell
        for table in section.tables
        for number in table.private
        for cell in table.rows[number]
    ]
    assert not any(secret in cell for secret in SECRETS for cell in shown)
    assert all(any(secret in cell for cell in hidden) for secret in SECRETS)


def stamped(dataset: Dataset, digest: str, directory: int = 0) -> None:
    block = dataset.private_block(0x0009, "PixelMed Publishing", create=True)
    block.add_new(0x02, "US", directory)
    block.add_new(0x03, "LO", digest)
    block.add_new(0x04, "LO", "MD5")


def test_the_digest_of_the_source_proves_it(tmp_path: Path) -> None:
    svs = source(tmp_path)
    digest = hashlib.md5(svs.read_bytes(), usedforsecurity=False).hexdigest()
    made = result(tmp_path, lambda dataset: stamped(dataset, digest))
    section = compared(svs, made)
    assert rows(section, "Was it made from this source?")["MD5"][2] == "same"
    assert not of(section, "QA1")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda dataset: stamped(dataset, "0" * 32), "MD5"),
        (lambda dataset: setattr(dataset, "ImageComments", text(AppMag="40")), "text"),
    ],
)
def test_another_source_is_a_warning(
    tmp_path: Path, change: Callable[[Dataset], None], words: str
) -> None:
    section = compared(source(tmp_path), result(tmp_path, change))
    (finding,) = of(section, "QA1")
    assert finding.severity.value == "warning"
    assert words in finding.message
    assert "was not made from this source" in section.lines[0]


def test_another_directory_of_the_source_is_a_warning(tmp_path: Path) -> None:
    svs = write_svs(tmp_path / "a.svs", [(1000, 700), (500, 350)], pictures=())
    digest = hashlib.md5(svs.read_bytes(), usedforsecurity=False).hexdigest()
    made = result(tmp_path, lambda dataset: stamped(dataset, digest, 1))
    (finding,) = of(compared(svs, made), "QA1")
    assert "TIFF directory 1" in finding.message


@pytest.mark.parametrize(
    ("flag", "method", "words"),
    [
        ("00", "", "expected 01"),
        (None, "", "expected 01"),
        ("01", "ISO_15444_1", "does not name"),
        ("01", "ISO_10918_1", ""),
    ],
)
def test_what_the_source_lost_stays_lost(
    tmp_path: Path, flag: str | None, method: str, words: str
) -> None:
    def change(dataset: Dataset) -> None:
        del dataset.LossyImageCompression
        if flag is not None:
            dataset.LossyImageCompression = flag
        if method:
            dataset.LossyImageCompressionMethod = method

    write_slide(
        tmp_path / "a",
        levels=1,
        label=False,
        overview=False,
        syntax="jpeg",
        mutate=put(
            LossyImageCompression="01", LossyImageCompressionMethod="ISO_10918_1"
        ),
    )
    with comparing(tmp_path / "a", result(tmp_path, change)) as both:
        said = [statements_of(each) for each in (both.a, both.b)]
        found = list(about_compression(both, *said))
    assert [each.rule.id for each in found] == (["LO1"] if words else [])
    assert all(words in each.message for each in found)


def test_two_dicom_slides_are_compared_attribute_by_attribute(tmp_path: Path) -> None:
    write_slide(tmp_path / "a", levels=2, mutate=put(PatientName="Doe^Jane"))
    write_slide(
        tmp_path / "b",
        levels=2,
        mutate=put(PatientName="Miller", ImageComments="S26-1", SeriesNumber="77"),
    )
    section = compared(tmp_path / "a", tmp_path / "b")
    unexpected = rows(section, "Unexpected differences")
    assert unexpected["PatientName"][2] == "level 0, level 1, label, overview"
    assert unexpected["ImageComments"][:2] == ("missing", "S26-1")
    assert "SeriesNumber" in rows(section, "Expected to differ")
    assert [each.severity.value for each in section.findings] == ["warning", "note"]
    for finding in section.findings:
        assert not any(secret in finding.message for secret in SECRETS)
    table = section.tables[0]
    assert {table.rows[number][0] for number in table.private} >= {
        "PatientName",
        "ImageComments",
    }


def test_a_slide_and_its_copy_have_nothing_to_say(tmp_path: Path) -> None:
    write_slide(tmp_path / "a", levels=2)
    section = compared(tmp_path / "a", tmp_path / "a")
    assert not section.findings
    assert not section.tables
    assert section.lines == ("All attributes of 4 pairs of files are the same.",)


def test_two_svs_files_are_compared_tag_by_tag(tmp_path: Path) -> None:
    other = write_svs(tmp_path / "b.svs", pictures=(), AppMag="40")
    section = compared(source(tmp_path), other)
    (name,) = rows(section, "Unexpected differences")
    assert name == "TIFF[0].ImageDescription"
    assert section.tables[0].private


REAL = {
    "dual/pixelmed-svs-jpeg-rgb-classic": {
        "Time of scanning": "converted",
        "Manufacturer": "converted",
        "Serial number of the scanner": "same",
        "Objective": "same",
        "Origin on the glass, mm": "converted",
        "Color profile": "invented",
        "Text of the scanner": "same",
        "Lossy compression": "converted",
        "Method of lossy compression": "same",
    },
    "cmu-wsidicomizer-passthrough": {
        "Time of scanning": "converted",
        "Manufacturer": "lost",
        "Serial number of the scanner": "lost",
        "Objective": "lost",
        "Origin on the glass, mm": "lost",
        "Color profile": "invented",
        "Text of the scanner": "lost",
        "Lossy compression": "converted",
        "Method of lossy compression": "same",
    },
    "orthanc/pyramid": {
        "Time of scanning": "invented",
        "Serial number of the scanner": "invented",  # a dummy of its own
        "Objective": "lost",
        "Color profile": "invented",
        "Text of the scanner": "lost",
    },
}


@pytest.mark.slides
@pytest.mark.parametrize("folder", REAL)
def test_what_converters_make_of_an_svs(slides_folder: Path, folder: str) -> None:
    svs = slides_folder / "source/CMU-1-Small-Region.svs"
    section = compared(svs, slides_folder / folder)
    table = rows(section, "Properties")
    found = {name: table[name][2] for name in REAL[folder]}
    assert found == REAL[folder]
    assert not [each for each in section.findings if each.severity.value == "error"]


@pytest.mark.slides
def test_what_wsidicomizer_makes_of_an_ndpi(slides_folder: Path) -> None:
    section = compared(
        slides_folder / "source/hamamatsu-dapi.ndpi",
        slides_folder / "ndpi-wsidicomizer-jpeg",
    )
    table = rows(section, "Properties")
    assert table["Micrometers a pixel"][2] == "converted"
    assert table["Manufacturer"][2] == "same"
    assert not of(section, "QA1")
