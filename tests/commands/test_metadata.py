"""`coverslip metadata`, run as a user runs it."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
import tifffile
from pydicom import dcmread
from pydicom.uid import ComprehensiveSRStorage

from tests.commands.program import coverslip
from tests.formats.dicom.raw_files import element, start, text
from tests.synthetic import write_slide


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("metadata")
    write_slide(folder, levels=2)
    return folder


def test_file_is_written_as_indented_text(folder: Path) -> None:
    (path,) = folder.glob("*level0*")
    ran = coverslip("metadata", path)
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = ran.stdout.splitlines()
    assert lines[0].startswith("(0002,0000) UL FileMetaInformationGroupLength: ")
    assert "(0008,0060) CS Modality: SM (Slide Microscopy)" in lines
    place = lines.index(
        "(0040,0518) SQ ContainerTypeCodeSequence: Microscope slide (433466003, SCT)"
    )
    assert lines[place + 1 : place + 3] == [
        "  Item 1: Microscope slide (433466003, SCT)",
        "    (0008,0100) SH CodeValue: 433466003",
    ]
    assert lines[-1].startswith("(7FE0,0010) OB PixelData: pixels, ")


def test_archive_lists_its_instances_and_one_of_them_is_written(
    folder: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "scans.zip"
    with ZipFile(archive, "w") as written:
        for file in folder.iterdir():
            written.write(file, f"case 1/{file.name}")
    ran = coverslip("metadata", archive)
    assert (ran.returncode, ran.stderr) == (0, "")
    listed = ran.stdout.splitlines()
    assert listed[0].startswith("   0  case 1/synthetic-level0.dcm: synthetic, level 0")
    assert len(listed) == 4
    for form in ("text", "json", "xml"):
        inside = coverslip("metadata", archive, "--instance", 1, "--format", form)
        beside = coverslip("metadata", folder, "--instance", 1, "--format", form)
        assert inside.returncode == 0
        assert (inside.stdout, inside.stderr) == (beside.stdout, beside.stderr)
    refused = coverslip("metadata", archive, "--format", "json")
    assert refused.returncode == 2
    assert refused.stderr == (
        "coverslip: scans.zip is a zip archive; --instance says which of its files "
        "to write as JSON.\n"
    )


def test_folder_lists_its_instances_and_one_of_them_is_written(folder: Path) -> None:
    ran = coverslip("metadata", folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = ran.stdout.splitlines()
    assert [line.split(",")[1].strip() for line in lines] == [
        "level 0", "level 1", "label", "overview",
    ]  # fmt: skip
    assert lines[0].split()[0] == "0"
    assert "1000 x 700" in lines[0]
    number = next(line.split()[0] for line in lines if ", label" in line)
    ran = coverslip("metadata", folder, "--instance", number, "--format", "json")
    (model,) = json.loads(ran.stdout)
    assert model["00080008"]["Value"][2] == "LABEL"
    # One file leads to the others of its slide in the same way.
    (path,) = folder.glob("*level0*")
    again = coverslip("metadata", path, "--instance", number, "--format", "json")
    assert json.loads(again.stdout) == [model]


def test_files_of_folders_within_are_told_apart(tmp_path: Path) -> None:
    for name in ("first", "second"):
        write_slide(tmp_path / name, levels=1, label=False, overview=False)
    ran = coverslip("metadata", tmp_path)
    paths = [line.split()[1].rstrip(":") for line in ran.stdout.splitlines()]
    assert [Path(each).parent.name for each in paths] == ["first", "second"]
    assert all((tmp_path / each).is_file() for each in paths)


def test_folder_without_a_slide_lists_its_dicom_files(tmp_path: Path) -> None:
    (level,) = write_slide(tmp_path, levels=1, label=False, overview=False)
    dataset = dcmread(level)
    dataset.SOPClassUID = ComprehensiveSRStorage
    dataset.file_meta.MediaStorageSOPClassUID = ComprehensiveSRStorage
    del dataset.PixelData
    dataset.save_as(level)
    (tmp_path / "a note.txt").write_text("no DICOM")
    ran = coverslip("metadata", tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == (
        f"   0  {level.name}: no slide: Comprehensive SR Storage"
        f" ({ComprehensiveSRStorage})\n"
    )
    ran = coverslip("metadata", tmp_path, "--instance", "0", "--format", "json")
    (model,) = json.loads(ran.stdout)
    assert model["00080016"]["Value"] == [ComprehensiveSRStorage]


def test_json_of_a_tiff_file_leads_to_its_tags(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "x.tif", np.zeros((4, 4), np.uint8))
    ran = coverslip("metadata", tmp_path / "x.tif", "--format", "json")
    assert (ran.returncode, ran.stdout) == (2, "")
    sentence = "x.tif is a TIFF file; --side tiff writes its tags.\n"
    assert ran.stderr.endswith(sentence)


def test_xml_is_well_formed(folder: Path) -> None:
    (path,) = folder.glob("*level0*")
    ran = coverslip("metadata", path, "--format", "xml")
    assert (ran.returncode, ran.stderr) == (0, "")
    root = ET.fromstring(ran.stdout)  # noqa: S314  our own
    keywords = [each.attrib.get("keyword") for each in root]
    assert "OpticalPathSequence" in keywords
    assert "PixelData" not in keywords


def test_what_is_left_out_is_said_beside_the_result(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    cut = element(0x00420012, b"LO", b"text", length=50)
    path.write_bytes(start() + cut)
    ran = coverslip("metadata", path, "--format", "json")
    assert ran.returncode == 0
    assert json.loads(ran.stdout)[0]["00420012"] == {"vr": "LO"}
    assert ran.stderr == (
        "coverslip: x.dcm: the value of (0042,0012) is left out: cut off, 4 of 50 "
        "bytes are there.\n"
    )


def test_text_of_any_script_is_written_to_any_terminal(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    name = "Ελένη".encode()
    content = element(0x00080005, b"CS", text("ISO_IR 192"))
    path.write_bytes(start() + content + element(0x00100010, b"PN", name))
    for form, expected in (("xml", b"&#917;"), ("json", b"\\u0395"), ("text", b"\\u")):
        ran = subprocess.run(
            [sys.executable, "-m", "viewer", "metadata", path, "--format", form],
            capture_output=True,
            timeout=60,
            check=True,
            env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": "."},
            cwd=Path(__file__).parents[2],
        )
        assert expected in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "nowhere: there is no such file.\n"),
        (["FOLDER", "--instance", "9"], "instance 9 was asked for, expected 0 to 3.\n"),
        (
            ["FOLDER", "--instance", "-1"],
            "instance -1 was asked for, expected 0 to 3.\n",
        ),
        (
            ["FOLDER", "--format", "xml"],
            "is a folder; --instance says which of its files to write as XML.\n",
        ),
        (
            ["FOLDER", "--instance", "0", "--side", "tiff"],
            "level0.dcm is not a TIFF file.\n",
        ),
        (
            ["FOLDER", "--instance", "0", "--side", "tiff", "--format", "xml"],
            "TIFF tags have no form in XML; text and JSON are there.\n",
        ),
        ([__file__], "test_metadata.py is not a DICOM file.\n"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(
    arguments: list[str], sentence: str, folder: Path
) -> None:
    named = (str(folder) if each == "FOLDER" else each for each in arguments)
    ran = coverslip("metadata", *named)
    assert ran.returncode == 2
    assert ran.stderr.endswith(sentence)
    assert ran.stderr.count("\n") == 1
    assert ran.stdout == ""


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell is used")
def test_reader_of_a_pipe_may_leave_early(folder: Path) -> None:
    (path,) = folder.glob("*level0*")
    ran = subprocess.run(
        ["/bin/sh", "-c", f"{sys.executable} -m viewer metadata {path} | head -n 1"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.stdout.count("\n"), ran.stderr) == (1, "")


@pytest.mark.slides
def test_tiff_tags_of_a_dual_file(slides_folder: Path) -> None:
    path = slides_folder / "dual" / "pixelmed-svs-jpeg-rgb-classic" / "DCM_0"
    lines = coverslip("metadata", path).stdout.splitlines()
    assert "    259 SHORT Compression: 7 (jpeg)" in lines
    both = coverslip("metadata", path, "--side", "dicom").stdout.splitlines()
    assert lines[: len(both)] == both
    assert "TIFF directories" not in both[-1]
    ran = coverslip("metadata", path, "--side", "tiff", "--format", "json")
    (first,) = json.loads(ran.stdout)
    assert first["ImageWidth"]["value"] == 2220
