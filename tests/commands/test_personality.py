"""`--personality` of the commands, on generated files of two sides."""

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.dual_side import add_tiff_side
from tests.synthetic import write_slide
from viewer.app import main


@pytest.fixture
def dual(tmp_path: Path) -> Path:
    """The base file of a slide, DICOM and TIFF at once."""
    files = write_slide(tmp_path, size=(600, 500), tile=(128, 128), levels=2)
    for file in files:
        add_tiff_side(file)
    return files[0]


@pytest.mark.parametrize("side", ["dicom", "tiff"])
def test_info_says_which_side_was_opened(
    dual: Path, capsys: pytest.CaptureFixture[str], side: str
) -> None:
    assert main(["info", str(dual), "--personality", side, "--json"]) == 0
    (slide,) = json.loads(capsys.readouterr().out)["slides"]
    assert slide["format"] == side
    assert slide["personalities"] == ["dicom", "tiff"]
    assert [level["width"] for level in slide["levels"]] == [600, 300]
    assert set(slide["associated"]) == {"label", "overview"}


def test_region_and_associated_are_alike_from_both_sides(
    dual: Path, tmp_path: Path
) -> None:
    where = {"--level": 1, "--x": 30, "--y": 40, "--width": 100, "--height": 90}
    place = [str(word) for pair in where.items() for word in pair]
    pictures: dict[str, list[bytes]] = {}
    for side in ("dicom", "tiff"):
        region, label = tmp_path / f"{side}-region.png", tmp_path / f"{side}-label.png"
        chosen = ["--personality", side]
        assert main(["region", str(dual), *place, *chosen, "-o", str(region)]) == 0
        assert main(["associated", str(dual), "label", *chosen, "-o", str(label)]) == 0
        with Image.open(region) as one, Image.open(label) as other:
            pictures[side] = [one.tobytes(), other.tobytes()]
    assert pictures["dicom"] == pictures["tiff"]


def test_no_other_side_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (file, *_) = write_slide(tmp_path, levels=1)
    assert main(["info", str(file), "--personality", "tiff"]) == 2
    assert f"{file.name} is a DICOM file without a TIFF side." in (
        capsys.readouterr().err
    )
