"""What `coverslip info` tells of optical paths, focal planes and what is not known."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.commands.program import coverslip
from tests.synthetic import write_slide
from viewer.app import main


def red_light_at_525_nm(dataset: Dataset) -> None:
    for path in dataset.get("OpticalPathSequence", []):
        path.IlluminationWaveLength = 525.0


@pytest.fixture(scope="module")
def stacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A slide of three planes and two grey paths of 16 bits."""
    folder = tmp_path_factory.mktemp("stacked")
    write_slide(
        folder,
        size=(300, 200),
        tile=(128, 128),
        levels=2,
        photometric="MONOCHROME2",
        bits=16,
        optical_paths=2,
        focal_planes=3,
        mutate=red_light_at_525_nm,
    )
    return folder


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main(["info", *map(str, arguments)]) == 0
    (slide,) = json.loads(capsys.readouterr().out)["slides"]
    return slide


def test_json_tells_each_optical_path_and_focal_plane(
    stacked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slide = told(capsys, stacked, "--json")
    assert slide["focal_planes"] == 3
    assert slide["focal_plane_positions"] == [0, 1.5, 3]
    paths = slide["optical_paths"]
    assert [path["identifier"] for path in paths] == ["0", "1"]
    assert paths[1] == {
        "identifier": "1",
        "description": "path 1",
        "grey_range": [0, 65535],
        "wavelength": 525,
        "color": None,
        "window": None,
        "shown": True,
        "icc": None,
    }


def test_words_name_optical_paths_with_their_light_and_focal_planes(
    stacked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", str(stacked)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  3 focal planes: 0, 1.5, 3 um" in lines
    (second,) = [line for line in lines if line.startswith("  optical path 1: ")]
    assert ", path 1, 525 nm, grey 0 to 65535, drawn in #" in second


def test_paths_of_color_are_one_at_a_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_slide(tmp_path, size=(300, 200), levels=1, optical_paths=2)
    assert main(["info", str(tmp_path)]) == 0
    words = capsys.readouterr().out
    assert "  optical path 0: 0, path 0, in color\n" in words
    assert "  optical path 1: 1, path 1, in color, off at first\n" in words


def test_an_associated_image_that_cannot_be_read_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_slide(tmp_path, size=(300, 200), levels=1, syntax="jpeg")
    (label,) = tmp_path.glob("*label*")
    content = label.read_bytes()
    begin = content.rindex(b"\xff\xd8\xff")
    label.write_bytes(content[:begin] + bytes(len(content) - begin))
    slide = told(capsys, tmp_path, "--json")
    assert slide["associated"]["overview"]["problem"] is None
    problem = slide["associated"]["label"]["problem"]
    assert label.name in problem
    assert main(["info", str(tmp_path)]) == 0
    assert f"  label: 160 x 200, not usable: {problem}\n" in capsys.readouterr().out


def test_what_reading_an_associated_image_tells_is_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def claim_planes(dataset: Dataset) -> None:
        if dataset.ImageType[2] == "LABEL":
            dataset.TotalPixelMatrixFocalPlanes = 2

    write_slide(tmp_path, size=(300, 200), levels=1, mutate=claim_planes)
    slide = told(capsys, tmp_path, "--json")
    messages = [each["message"] for each in slide["warnings"]]
    assert any("label.dcm: Number of Frames is 1" in each for each in messages)


def test_json_without_another_path_takes_what_follows_for_the_slide(
    stacked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "--json", stacked) == told(capsys, stacked, "--json")


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_no_path_at_all_is_a_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "coverslip: info: no file or folder is named; info --help explains.\n"
    )


def test_help_tells_every_key_that_json_has(
    stacked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slide = told(capsys, stacked, "--json")
    ran = coverslip("info", "--help")
    assert ran.returncode == 0
    keys = {*slide, *slide["levels"][0], *slide["optical_paths"][0]}
    assert [key for key in sorted(keys) if key not in ran.stdout] == []


@pytest.mark.slides
def test_what_openslide_does_not_tell_is_null(
    slides_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slide = told(capsys, slides_folder / "source" / "hamamatsu-dapi.ndpi", "--json")
    for level in slide["levels"]:
        assert level["frames"] is None
        assert level["transfer_syntax"] is None
