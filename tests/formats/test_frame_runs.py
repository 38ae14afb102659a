"""Frames read at once are those read one by one, or none at all."""

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import tifffile
from pydicom.encaps import generate_frames

from tests.synthetic import write_slide
from viewer.formats import open_slide
from viewer.slide.model import Slide, TileKey, stored_levels

SIZE = (1300, 900)  # 6 x 4 tiles


def agree(slide: Slide) -> int:
    """Compare all runs of some lengths with single frames; return how many there are.

    Frame for frame they must be the same, wherever in the file they lie.
    """
    runs = 0
    try:
        for number in stored_levels(slide):
            level = slide.levels[number]
            tiles = level.columns * level.rows
            keys = [
                TileKey(0, number, place % level.columns, place // level.columns)
                for place in range(tiles)
            ]
            for first, count in ((0, 1), (0, tiles), (1, tiles - 1), (tiles - 1, 1)):
                run = slide.read_run(keys[first], count) if count else None
                if run is None:
                    continue
                runs += 1
                found = [run.at(each) for each in range(count)]
                assert found == [slide.read_frame(key) for key in keys[first:][:count]]
            assert slide.read_run(keys[-1], 2) is None
    finally:
        slide.close()
    return runs


@pytest.mark.parametrize(
    "options",
    [
        {"syntax": "jpeg"},
        {"syntax": "jpeg", "offsets": "extended"},
        {"syntax": "jpeg", "offsets": "empty"},
        {"syntax": "jpeg", "layout": "TILED_SPARSE"},
        {"syntax": "uncompressed"},
        {"syntax": "uncompressed", "encoding": "big-endian"},
    ],
    ids=lambda options: "-".join(options.values()),
)
def test_runs_of_dicom_are_its_frames(options: dict[str, Any], tmp_path: Path) -> None:
    write_slide(tmp_path / "slide", size=SIZE, **options)
    assert agree(open_slide(tmp_path / "slide")) == 3 * 4


@pytest.mark.parametrize(
    "options",
    [
        {"fragments_per_frame": 2},
        {"layout": "TILED_SPARSE", "holes": {(1, 1)}},
        {"layout": "TILED_SPARSE", "shuffled": True},
        {"parts": 3},
    ],
    ids="-".join,
)
def test_runs_that_are_none_of_one_piece_are_none(
    options: dict[str, Any], tmp_path: Path
) -> None:
    write_slide(tmp_path / "slide", size=SIZE, levels=1, syntax="jpeg", **options)
    slide = open_slide(tmp_path / "slide")
    assert slide.read_run(TileKey(0, 0, 0, 0), 24) is None
    agree(slide)


def test_a_table_that_lies_gives_no_wrong_frames(tmp_path: Path) -> None:
    (path,) = write_slide(
        tmp_path / "slide",
        size=SIZE,
        levels=1,
        syntax="jpeg",
        label=False,
        overview=False,
    )
    data = bytearray(path.read_bytes())
    table = data.index(b"\xfe\xff\x00\xe0\x60\x00\x00\x00") + 8  # of 24 offsets
    places = np.frombuffer(bytes(data[table : table + 96]), "<u4").copy()
    places[5] += 2
    data[table : table + 96] = places.tobytes()
    path.write_bytes(data)
    slide = open_slide(path)
    run = slide.read_run(TileKey(0, 0, 0, 0), 24)
    frames = generate_frames(
        pydicom.dcmread(path).PixelData[8 + 96 :], number_of_frames=24
    )
    if run is not None:  # the items were walked instead
        assert [run.at(each).data for each in range(24)] == list(frames)
    slide.close()


@pytest.mark.parametrize("compression", ["jpeg", "deflate", None])
def test_runs_of_tiff_are_its_tiles(compression: str | None, tmp_path: Path) -> None:
    path = tmp_path / "slide.tif"
    picture = np.random.default_rng(1).integers(0, 255, (900, 1300, 3), np.uint8)
    tifffile.imwrite(
        path, picture, tile=(256, 256), compression=compression, photometric="rgb"
    )
    assert agree(open_slide(path)) >= 3


def test_runs_of_strips_and_of_a_closed_slide_are_none(tmp_path: Path) -> None:
    path = tmp_path / "slide.tif"
    picture = np.zeros((900, 1300, 3), np.uint8)
    tifffile.imwrite(path, picture, rowsperstrip=8, photometric="rgb")
    slide = open_slide(path)
    assert slide.read_run(TileKey(0, 0, 0, 0), 2) is None
    slide.close()
    write_slide(tmp_path / "dicom", size=SIZE, syntax="jpeg")
    dicom = open_slide(tmp_path / "dicom")
    dicom.close()
    assert dicom.read_run(TileKey(0, 0, 0, 0), 2) is None
