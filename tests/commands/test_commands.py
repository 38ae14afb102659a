"""The command line, run as a user runs it."""

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.commands.program import coverslip
from tests.synthetic import expected_level, write_slide
from tests.synthetic_slide import SyntheticSlide


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("commands")
    write_slide(folder)
    return folder


def test_info_writes_json_of_the_agreed_shape(folder: Path, tmp_path: Path) -> None:
    ran = coverslip("info", folder, "--json")
    assert (ran.returncode, ran.stderr) == (0, "")
    told = json.loads(ran.stdout)
    assert set(told) == {"slides", "ignored"}
    (slide,) = told["slides"]
    assert slide["format"] == "dicom"
    assert slide["personalities"] == ["dicom"]
    assert [
        (level["width"], level["height"], level["frames"]) for level in slide["levels"]
    ] == [(1000, 700, 12), (500, 350, 4), (250, 175, 1)]
    first = slide["levels"][0]
    assert set(first) == {
        "width", "height", "tile_width", "tile_height", "downsample", "mpp_x", "mpp_y",
        "frames", "transfer_syntax", "photometric",
    }  # fmt: skip
    assert slide["mpp"] == [0.5, 0.5]
    assert slide["objective_power"] == 20
    assert slide["focal_planes"] == 1
    assert set(slide["associated"]) == {"label", "overview"}
    assert {file["role"] for file in slide["files"]} == {
        "level 0", "level 1", "level 2", "label", "overview",
    }  # fmt: skip
    out = tmp_path / "info.json"
    assert coverslip("info", folder, "--json", out).returncode == 0
    assert json.loads(out.read_text()) == told


def test_info_in_words_names_levels_and_files(folder: Path) -> None:
    ran = coverslip("info", folder)
    assert ran.returncode == 0
    assert "level 0: 1000 x 700 in tiles of 256 x 256, downsample 1" in ran.stdout
    assert "label" in ran.stdout


def test_region_writes_the_pixels_with_an_srgb_profile(
    folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "region.png"
    ran = coverslip(
        "region", folder, "--level", 1, "--x", 100, "--y", 60, "--width", 120,
        "--height", 80, "-o", out,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    with Image.open(out) as picture:
        np.testing.assert_array_equal(
            np.array(picture), expected_level(SyntheticSlide(), 1)[30:110, 50:170]
        )
        assert picture.info["icc_profile"]


def test_raw_color_leaves_the_profile_out_and_keeps_it_in_the_file(
    tmp_path: Path,
) -> None:
    profile = swapped_profile()
    write_slide(tmp_path, levels=1, icc_profile=profile, label=False, overview=False)
    sizes = ("--level", 0, "--x", 0, "--y", 0, "--width", 300, "--height", 300)
    raw, shown = tmp_path / "raw.png", tmp_path / "shown.png"
    assert (
        coverslip("region", tmp_path, *sizes, "--raw-color", "-o", raw).returncode == 0
    )
    assert coverslip("region", tmp_path, *sizes, "-o", shown).returncode == 0
    with Image.open(raw) as one, Image.open(shown) as other:
        assert one.info["icc_profile"] == profile
        expected = ImageCms.profileToProfile(
            one.copy(),
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
        )
        assert expected is not None
        np.testing.assert_array_equal(np.array(other), np.array(expected))
        assert (np.array(one) != np.array(other)).any()


def swapped_profile() -> bytes:
    """A matrix profile that is not sRGB: its red and blue colorants are exchanged."""
    profile = bytearray(
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    )
    red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(profile)


def test_associated_writes_the_label_as_stored(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "label.png"
    ran = coverslip("associated", folder, "label", "-o", out)
    assert (ran.returncode, ran.stderr) == (0, "")
    told = json.loads(coverslip("info", folder, "--json").stdout)
    size = told["slides"][0]["associated"]["label"]
    with Image.open(out) as picture:
        assert picture.size == (size["width"], size["height"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["info", "nowhere"], "nowhere does not exist.\n"),
        (
            ["associated", "FOLDER", "thumbnail", "-o", "x.png"],
            "there is no thumbnail image (found: label, overview).\n",
        ),
        (
            ["region", "FOLDER", "--level", "7", "--x", "0", "--y", "0", "--width",
             "1", "--height", "1", "-o", "x.png"],
            "level 7 was asked for, expected 0 to 2.\n",
        ),
        (
            ["region", "FOLDER", "--level", "0", "--x", "0", "--y", "0", "--width",
             "1", "--height", "1", "-o", "/nowhere/x.png"],
            "/nowhere/x.png cannot be written: No such file or directory.\n",
        ),
        (
            ["region", "FOLDER", "--slide", "3", "--level", "0", "--x", "0", "--y",
             "0", "--width", "1", "--height", "1", "-o", "x.png"],
            "slide 3 was asked for, expected 0 to 0.\n",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(
    arguments: list[str], sentence: str, folder: Path
) -> None:
    ran = coverslip(*(str(folder) if each == "FOLDER" else each for each in arguments))
    assert ran.returncode == 2
    assert ran.stderr.endswith(sentence)
    assert ran.stderr.count("\n") == 1
    assert ran.stdout == ""


def damaged(folder: Path) -> Path:
    """A slide whose frame 6 (column 1, row 1) is no codestream."""
    path = write_slide(folder, levels=1, syntax="jpeg", label=False, overview=False)[0]
    data = bytearray(path.read_bytes())
    start = -1
    for _ in range(6):
        start = data.index(b"\xff\xd8\xff", start + 1)
    data[start : start + 40] = bytes(40)
    path.write_bytes(data)
    return path


def test_failed_tile_is_counted_and_strict_refuses(tmp_path: Path) -> None:
    path, out = damaged(tmp_path), tmp_path / "out.png"
    how = ("region", path, "--level", 0, "--x", 0, "--y", 0, "--width", 1000,
           "--height", 700, "-o", out)  # fmt: skip
    ran = coverslip(*how)
    assert ran.returncode == 0
    assert "1 tile could not be read; the first: " in ran.stderr
    assert "frame 6" in ran.stderr
    assert ran.stderr.count("\n") == 1
    with Image.open(out) as picture:
        assert picture.getpixel((300, 300)) == (255, 255, 255)
    out.unlink()
    ran = coverslip(*how, "--strict")
    assert ran.returncode == 2
    assert not out.exists()
    assert ran.stderr.count("\n") == 1


@pytest.mark.slides
def test_dual_personality_is_told_whatever_the_file_is_called(
    slides_folder: Path, tmp_path: Path
) -> None:
    source = slides_folder / "dual" / "pixelmed-svs-jpeg-rgb-bigtiff" / "DCM_0"
    for name in ("slide.dcm", "slide.tif", "slide.svs", "slide"):
        path = tmp_path / name
        path.write_bytes(source.read_bytes())
        (slide,) = json.loads(coverslip("info", path, "--json").stdout)["slides"]
        assert slide["format"] == "dicom"
        assert slide["personalities"] == ["dicom", "tiff"]
        path.unlink()


@pytest.mark.slides
def test_stale_tiff_side_is_a_warning(slides_folder: Path) -> None:
    path = slides_folder / "dual" / "stale" / "pydicom-anon-stale.dcm"
    (slide,) = json.loads(coverslip("info", path, "--json").stdout)["slides"]
    assert slide["personalities"] == ["dicom"]
    assert "tiff-side" in [warning["code"] for warning in slide["warnings"]]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX systems")
def test_folder_has_more_files_than_may_be_open_at_first(tmp_path: Path) -> None:
    for number in range(70):
        write_slide(
            tmp_path / str(number),
            size=(60, 40),
            levels=1,
            label=False,
            overview=False,
            name=f"slide{number}",
            study_uid=f"1.2.{number}",
            series_uid=f"1.3.{number}",
        )
    ran = subprocess.run(
        ["/bin/sh", "-c", f"ulimit -Sn 60; {sys.executable} -m viewer info {tmp_path}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.count("  level 0: 60 x 40") == 70


def test_warnings_of_libraries_are_not_shown(folder: Path, tmp_path: Path) -> None:
    content = next(folder.glob("*level2*")).read_bytes()
    at = content.index(b"\x20\x00\x0e\x00UI") + 8  # Series Instance UID's value
    (tmp_path / "x.dcm").write_bytes(content[:at] + b"1.2.000" + content[at + 7 :])
    ran = coverslip("info", tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
