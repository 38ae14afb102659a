"""The window as a PNG: whole, at its size, at its place, or one sentence."""

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.pictures import tile_color
from tests.synthetic import write_slide
from viewer.slide.errors import SlideError
from viewer.window import snapshot


def taken(*words: str) -> QImage:
    """Run the command in this process and read what it wrote."""
    parser = ArgumentParser()
    snapshot.add_arguments(parser)
    arguments = parser.parse_args(list(words))
    assert snapshot.run(arguments) == 0
    image = QImage(arguments.output)
    assert not image.isNull()
    return image


def colors_of(image: QImage) -> set[tuple[int, int, int]]:
    """Every fourth pixel's color, each way."""
    return {
        image.pixelColor(x, y).getRgb()[:3]  # type: ignore[index, misc]
        for x in range(0, image.width(), 4)
        for y in range(0, image.height(), 4)
    }


def test_whole_slide_at_the_size_asked_for(
    qtbot: QtBot, slide_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    image = taken(str(slide_folder), "-o", str(out), "--size", "1500x900")
    assert (image.width(), image.height()) == (1500, 900)
    wanted = {tile_color(0, column, row) for column in range(4) for row in range(3)}
    assert wanted <= colors_of(image)  # every tile of level 0 is seen in the window


def test_one_place_at_one_magnification(
    qtbot: QtBot, slide_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    place = ("--at", "640,384", "--magnification", "320")  # 16 screen pixels a pixel
    image = taken(str(slide_folder), "-o", str(out), *place)
    assert (image.width(), image.height()) == (1600, 1000)
    # The lower part has the minimap, which shows every tile.
    colors = colors_of(image.copy(0, 0, image.width(), image.height() // 2))
    assert tile_color(0, 2, 1) in colors
    others = {(column, row) for column in range(4) for row in range(3)} - {(2, 1)}
    assert not colors & {tile_color(0, *other) for other in others}


def test_a_size_too_small_for_the_window_is_refused(
    qtbot: QtBot, slide_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    with pytest.raises(SlideError, match="--size 60x40 is less than the window needs"):
        taken(str(slide_folder), "-o", str(out), "--size", "60x40")
    assert not out.exists()


def test_the_desktop_has_no_say_in_it(
    slide_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.png"
    monkeypatch.setenv("QT_QPA_PLATFORM", "abacus")
    words = ["snapshot", str(slide_folder), "-o", str(out)]
    result = subprocess.run(
        [sys.executable, "-m", "viewer", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert out.exists()


def test_magnification_without_a_scale_is_refused(qtbot: QtBot, tmp_path: Path) -> None:
    def without_spacing(dataset: object) -> None:
        for item in getattr(dataset, "SharedFunctionalGroupsSequence", []):
            if "PixelMeasuresSequence" in item:
                del item.PixelMeasuresSequence

    write_slide(tmp_path / "slide", mutate=without_spacing, levels=1)
    with pytest.raises(SlideError, match="--magnification needs a scale"):
        taken(
            str(tmp_path / "slide"),
            "-o",
            str(tmp_path / "out.png"),
            "--magnification",
            "20",
        )


def test_too_late_is_a_sentence(
    qtbot: QtBot, slide_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "PATIENCE_SECONDS", -1.0)
    with pytest.raises(SlideError, match=r"^the slide was not open after -1 s\.$"):
        taken(str(slide_folder), "-o", str(tmp_path / "out.png"))
    assert not (tmp_path / "out.png").exists()


def test_output_that_cannot_be_written_has_a_sentence(
    qtbot: QtBot, slide_folder: Path, tmp_path: Path
) -> None:
    sentence = r"out\.png cannot be written: No such file or directory\.$"
    with pytest.raises(SlideError, match=sentence):
        taken(str(slide_folder), "-o", str(tmp_path / "no folder" / "out.png"))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--size", "0x10"), "0x10: expected 1 to 16384 on each side"),
        (("--size", "10x"), "10x: expected WIDTHxHEIGHT, such as 1600x1000"),
        (("--size", "99999x10"), "99999x10: expected 1 to 16384 on each side"),
        (("--size", "nanxnan"), "nanxnan: expected WIDTHxHEIGHT, such as 1600x1000"),
        (("--at", "12"), "12: expected X,Y, such as 12000,8000"),
        (("--at", "inf,0"), "inf,0: expected X,Y, such as 12000,8000"),
        (("--magnification", "-2"), "-2: expected a magnification, such as 20"),
    ],
)
def test_wrong_values_are_named(
    words: tuple[str, str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = ArgumentParser()
    snapshot.add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["slide", "-o", "out.png", f"{words[0]}={words[1]}"])
    assert sentence in capsys.readouterr().err


def test_command_is_silent_and_writes(slide_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    result = run_command(str(slide_folder), "-o", str(out))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert not QImage(str(out)).isNull()


def test_nothing_to_open_is_one_sentence(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("nothing to see here")
    result = run_command(str(notes), "-o", str(tmp_path / "out.png"))
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert "notes.txt" in result.stderr
    assert not (tmp_path / "out.png").exists()


def run_command(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "viewer", "snapshot", *words],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
