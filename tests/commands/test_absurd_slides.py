"""Attributes beyond all reason: a sentence, whichever command meets them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from tests.synthetic import write_slide
from viewer.app import main


def with_tiny_pixels(dataset: Dataset) -> None:
    groups = dataset.SharedFunctionalGroupsSequence[0]
    groups.PixelMeasuresSequence[0].PixelSpacing = ["1e-300", "1e-300"]


def of_all_pixels_there_are(dataset: Dataset) -> None:
    dataset.TotalPixelMatrixColumns = dataset.TotalPixelMatrixRows = 2**31 - 1


def with_the_largest_frames(dataset: Dataset) -> None:
    dataset.Rows = dataset.Columns = 65535


ABSURD = [with_tiny_pixels, of_all_pixels_there_are, with_the_largest_frames]


@pytest.mark.parametrize("mutate", ABSURD)
@pytest.mark.parametrize("command", ["compare", "check"])
def test_an_absurd_slide_is_no_internal_error(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
    mutate: Callable[[Dataset], None],
) -> None:
    folder = tmp_path / "slide"
    write_slide(folder, levels=2, mutate=mutate)
    words = [command, str(folder)] + [str(folder)] * (command == "compare")
    code = main([*words, "--no-dciodvfy"] if command == "check" else words)
    said = capsys.readouterr()
    assert code in (0, 1, 2)
    assert "internal error" not in said.out + said.err
    assert said.out or said.err
