"""Synthetic slides are what they say, by OpenSlide, wsidicom and pydicom."""

from io import BytesIO
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from openslide import OpenSlide
from pydicom import dcmread
from pydicom.encaps import generate_frames, get_frame, parse_basic_offsets

from tests.encapsulation import encapsulated, encode_frame, fragments
from tests.synthetic import (
    LOUD,
    SyntheticSlide,
    expected_level,
    tile_color,
    tile_of,
    waves,
    write,
    write_slide,
)

places = st.tuples(st.integers(0, 13), st.integers(0, 127), st.integers(0, 127))
LAYOUTS = ("TILED_FULL", "TILED_SPARSE", "POSITIONS")


def openslide_levels(file: Path) -> list[NDArray[np.uint8]]:
    with OpenSlide(file) as slide:
        return [
            np.asarray(slide.read_region((0, 0), level, size))
            for level, size in enumerate(slide.level_dimensions)
        ]


def stored_tiles(dataset: Any) -> NDArray[Any]:
    """All frames of a file as pydicom decodes them."""
    pixels = dataset.pixel_array
    return pixels if dataset.NumberOfFrames > 1 else pixels[None]


@given(places)
def test_a_color_names_its_tile(place: tuple[int, int, int]) -> None:
    assert tile_of(tile_color(*place)) == place


@given(places, st.tuples(*[st.integers(-1, 1)] * 3))
def test_a_color_names_its_tile_after_lossy_coding(
    place: tuple[int, int, int], error: tuple[int, int, int]
) -> None:
    assert tile_of(np.add(tile_color(*place), error)) == place


@given(places)
def test_jpeg_leaves_a_color_its_name(place: tuple[int, int, int]) -> None:
    tile = np.full((16, 16, 3), tile_color(*place), np.uint8)
    decoded = imagecodecs.jpeg8_decode(encode_frame(tile, "jpeg", "YBR_FULL_422"))
    assert tile_of(decoded[8, 8]) == place


@pytest.mark.parametrize("color", [(0, 0, 0), (255, 255, 255), (250, 250, 250), LOUD])
def test_background_is_no_tile(color: tuple[int, int, int]) -> None:
    assert tile_of(color) is None


@pytest.mark.parametrize("place", [(14, 0, 0), (0, 128, 0), (0, 0, 128), (-1, 0, 0)])
def test_a_tile_without_a_color_is_refused(place: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no color for level"):
        tile_color(*place)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("syntax", ["uncompressed", "jpeg2000-lossless"])
def test_openslide_sees_every_level_exactly(
    tmp_path: Path, layout: Any, syntax: Any
) -> None:
    slide = SyntheticSlide(layout=layout, syntax=syntax, texture=waves)
    files = write(tmp_path, slide)
    for level, seen in enumerate(openslide_levels(files[0])):
        np.testing.assert_array_equal(seen[..., :3], expected_level(slide, level))
        assert seen[..., 3].min() == 255


@pytest.mark.parametrize("syntax", ["jpeg", "jpeg2000"])
@pytest.mark.parametrize("offsets", ["basic", "extended", "none"])
def test_openslide_finds_every_lossy_tile_in_its_place(
    tmp_path: Path, syntax: Any, offsets: Any
) -> None:
    slide = SyntheticSlide(syntax=syntax, offsets=offsets, tile=(128, 96))
    files = write(tmp_path, slide)
    for level, seen in enumerate(openslide_levels(files[0])):
        columns, rows = slide.grid(level)
        for column in range(columns):
            for row in range(rows):
                middle = seen[row * 96 + 4, column * 128 + 4]
                assert tile_of(middle[:3]) == (level, column, row)


def test_wsidicom_sees_every_level_exactly(tmp_path: Path) -> None:
    from wsidicom import WsiDicom

    slide = SyntheticSlide(syntax="jpeg2000-lossless", texture=waves)
    write(tmp_path, slide)
    with WsiDicom.open(tmp_path) as opened:
        for number in range(3):
            seen = opened.read_region((0, 0), number, slide.level_size(number))
            np.testing.assert_array_equal(seen, expected_level(slide, number))
        assert opened.read_label().size == (160, 200)
        assert opened.read_overview().size == (300, 110)


@pytest.mark.parametrize("encoding", ["explicit", "implicit", "big-endian", "deflated"])
@pytest.mark.parametrize("bits", [8, 16])
def test_pydicom_reads_every_encoding(tmp_path: Path, encoding: Any, bits: Any) -> None:
    slide = SyntheticSlide(
        encoding=encoding, bits=bits, photometric="MONOCHROME2", tile=(97, 31), levels=1
    )
    tiles = stored_tiles(dcmread(write(tmp_path, slide)[0]))
    whole = expected_level(slide, 0)
    for frame, tile in zip(slide.frames(0), tiles, strict=True):
        top, left = frame.row * 31, frame.column * 97
        area = whole[top : top + 31, left : left + 97]
        np.testing.assert_array_equal(tile[: area.shape[0], : area.shape[1]], area)


@pytest.mark.parametrize("layout", ["TILED_SPARSE", "POSITIONS"])
def test_holes_are_holes_and_shuffled_frames_keep_their_place(
    tmp_path: Path, layout: Any
) -> None:
    slide = SyntheticSlide(
        layout=layout, holes=frozenset({(1, 1), (3, 0)}), shuffled=True, levels=2
    )
    assert slide.frames(0) != sorted(slide.frames(0))
    seen = openslide_levels(write(tmp_path, slide)[0])[0]
    np.testing.assert_array_equal(seen[..., 3][256:512, 256:512], 0)
    np.testing.assert_array_equal(seen[..., 3][:256, 768:], 0)
    assert np.count_nonzero(seen[..., 3] == 0) == 256 * 256 + 256 * 232
    there = seen[..., 3] == 255
    np.testing.assert_array_equal(seen[..., :3][there], expected_level(slide, 0)[there])


def test_planes_and_paths_follow_each_other_as_the_standard_says(
    tmp_path: Path,
) -> None:
    slide = SyntheticSlide(focal_planes=2, optical_paths=3, levels=1, size=(300, 200))
    dataset = dcmread(write(tmp_path, slide)[0])
    colors = [tuple(tile[0, 0]) for tile in stored_tiles(dataset)]
    # PS3.3 C.7.6.17.3: tiles, then focal planes, then optical paths.
    assert colors == [
        tile_color(0, column, 0, plane, path)
        for path in range(3)
        for plane in range(2)
        for column in range(2)
    ]
    assert dataset.TotalPixelMatrixFocalPlanes == 2
    assert len(dataset.OpticalPathSequence) == 3


def test_positions_count_from_one_and_name_plane_and_path(tmp_path: Path) -> None:
    slide = SyntheticSlide(
        layout="TILED_SPARSE", focal_planes=2, optical_paths=2, levels=1, shuffled=True
    )
    dataset = dcmread(write(tmp_path, slide)[0])
    items = dataset.PerFrameFunctionalGroupsSequence
    for frame, item in zip(slide.frames(0), items, strict=True):
        position = item.PlanePositionSlideSequence[0]
        assert position.ColumnPositionInTotalImagePixelMatrix == frame.column * 256 + 1
        assert position.RowPositionInTotalImagePixelMatrix == frame.row * 256 + 1
        assert position.ZOffsetInSlideCoordinateSystem == frame.focal_plane * 1.5
        path = item.OpticalPathIdentificationSequence[0].OpticalPathIdentifier
        assert path == str(frame.optical_path)


def test_fragments_are_even_and_join_to_the_frame(tmp_path: Path) -> None:
    slide = SyntheticSlide(syntax="jpeg", fragments_per_frame=3, levels=1)
    whole = SyntheticSlide(syntax="jpeg", levels=1)
    cut, plain = (
        dcmread(write(tmp_path / name, described)[0])
        for name, described in (("cut", slide), ("plain", whole))
    )
    assert cut.PixelData.count(b"\xfe\xff\x00\xe0") > plain.PixelData.count(
        b"\xfe\xff\x00\xe0"
    )
    frames = list(generate_frames(cut.PixelData, number_of_frames=12))
    assert frames == list(generate_frames(plain.PixelData, number_of_frames=12))


@given(st.binary(min_size=1, max_size=200), st.integers(1, 5))
def test_any_frame_is_cut_without_loss(frame: bytes, count: int) -> None:
    pieces = fragments(frame, count)
    assert b"".join(pieces) == frame + bytes(len(frame) % 2)
    assert len(pieces) == count
    assert all(len(piece) % 2 == 0 for piece in pieces)


@given(st.lists(st.binary(min_size=1, max_size=50), min_size=1, max_size=8))
def test_both_offset_tables_lead_to_the_frames(frames: list[bytes]) -> None:
    tables, pieces = encapsulated(frames, "extended")
    buffer = b"".join(piece for piece in pieces if isinstance(piece, bytes))[12:]
    assert tables is not None
    for number, frame in enumerate(frames):
        found = get_frame(buffer, number, extended_offsets=tables)
        assert found == frame
    _, pieces = encapsulated(frames, "basic")
    buffer = b"".join(piece for piece in pieces if isinstance(piece, bytes))[12:]
    assert parse_basic_offsets(BytesIO(buffer)) == list(np.frombuffer(tables[0], "<u8"))


def test_a_file_above_4_gb_takes_no_room(tmp_path: Path) -> None:
    huge = 2_200_000_000
    slide = SyntheticSlide(
        syntax="jpeg", offsets="extended", levels=1, swollen=((1, huge), (2, huge))
    )
    file = write(tmp_path, slide)[0]
    assert file.stat().st_size > 2**32
    assert file.stat().st_blocks * 512 < 2**24
    header = dcmread(file, stop_before_pixels=True)
    offsets = np.frombuffer(header.ExtendedOffsetTable, "<u8")
    lengths = np.frombuffer(header.ExtendedOffsetTableLengths, "<u8")
    assert lengths[1] > huge
    with file.open("rb") as stream:
        # The last frame, counted from the end: it, and a delimiter of eight bytes.
        stream.seek(-8 - int(lengths[-1]) - int(lengths[-1]) % 2, 2)
        frame = stream.read(int(lengths[-1]))
    assert offsets[-1] > 2**32
    decoded = imagecodecs.jpeg8_decode(frame)
    assert tile_of(decoded[4, 4]) == (0, 3, 2)


def test_the_parts_of_a_concatenation_hold_all_frames(tmp_path: Path) -> None:
    slide = SyntheticSlide(parts=3, levels=1, label=False, overview=False)
    parts = [dcmread(file) for file in write(tmp_path, slide)]
    assert [part.InConcatenationNumber for part in parts] == [1, 2, 3]
    assert len({part.ConcatenationUID for part in parts}) == 1
    assert len({part.SOPInstanceUID for part in parts}) == 3
    offsets = [part.ConcatenationFrameOffsetNumber for part in parts]
    tiles = np.concatenate([stored_tiles(part) for part in parts])
    assert offsets == [0, 4, 8]
    assert [tile_of(tile[0, 0]) for tile in tiles] == [
        (0, frame.column, frame.row) for frame in slide.frames(0)
    ]


@pytest.mark.parametrize(
    ("syntax", "photometric", "transform"),
    [
        ("jpeg2000-lossless", "YBR_RCT", 1),
        ("jpeg2000-lossless", "RGB", 0),
        ("jpeg2000", "YBR_ICT", 1),
        ("jpeg2000", "RGB", 0),
        ("jpeg2000", "YBR_FULL", 0),
    ],
)
def test_jpeg2000_has_the_component_transform_it_says(
    syntax: str, photometric: str, transform: int
) -> None:
    tile = np.full((32, 32, 3), (200, 40, 120), np.uint8)
    coded = encode_frame(tile, syntax, photometric)
    # COD: marker, length, style, progression, layers (2), component transform.
    assert coded[coded.index(b"\xff\x52") + 8] == transform
    decoded = imagecodecs.jpeg2k_decode(coded)
    # R 200, G 40, B 120 in YCbCr, by the formula of PS3.3 C.7.6.3.1.2.
    meant = (97, 141, 201) if photometric == "YBR_FULL" else (200, 40, 120)
    assert np.abs(decoded[16, 16].astype(int) - meant).max() <= 2


def test_rgb_jpeg_is_not_converted() -> None:
    tile = np.full((32, 32, 3), (200, 40, 120), np.uint8)
    coded = encode_frame(tile, "jpeg", "RGB")
    raw = imagecodecs.jpeg8_decode(coded, colorspace="RGB", outcolorspace="RGB")
    assert np.abs(raw[16, 16].astype(int) - (200, 40, 120)).max() <= 2
    assert b"JFIF" not in coded


def test_a_texture_is_the_same_picture_on_every_level() -> None:
    slide = SyntheticSlide(size=(1024, 768), texture=waves)
    fine = expected_level(slide, 0).astype(float)
    for level in (1, 2):
        by = 2**level
        mean = fine.reshape(768 // by, by, 1024 // by, by, 3).mean(axis=(1, 3))
        coarse = expected_level(slide, level)
        assert np.abs(mean - coarse).max() < 1.5


def test_pixel_spacing_is_row_then_column_and_grows_with_the_level(
    tmp_path: Path,
) -> None:
    files = write_slide(tmp_path, spacing=(0.001, 0.00025), size=(1000, 700), levels=3)
    with OpenSlide(files[0]) as opened:
        assert float(opened.properties["openslide.mpp-x"]) == pytest.approx(0.25)
        assert float(opened.properties["openslide.mpp-y"]) == pytest.approx(1.0)
        assert float(opened.properties["openslide.objective-power"]) == 20
    shared = dcmread(files[2]).SharedFunctionalGroupsSequence[0]
    row, column = shared.PixelMeasuresSequence[0].PixelSpacing
    assert (row, column) == (0.004, 0.001)


def test_a_description_always_gives_the_same_bytes(tmp_path: Path) -> None:
    first = write_slide(tmp_path / "a", name="one", syntax="jpeg")
    again = write_slide(tmp_path / "b", name="one", syntax="jpeg")
    other = write_slide(tmp_path / "c", name="two", syntax="jpeg")
    assert [file.read_bytes() for file in first] == [
        file.read_bytes() for file in again
    ]
    one, two = dcmread(first[0]), dcmread(other[0])
    assert one.SOPInstanceUID != two.SOPInstanceUID
    assert one.SeriesInstanceUID != two.SeriesInstanceUID


def test_mutate_gets_every_instance(tmp_path: Path) -> None:
    def lie(dataset: Any) -> None:
        dataset.PhotometricInterpretation = "YBR_FULL"

    files = write_slide(tmp_path, levels=2, thumbnail=True, mutate=lie)
    assert len(files) == 5
    assert {dcmread(file).PhotometricInterpretation for file in files} == {"YBR_FULL"}


@pytest.mark.parametrize(
    ("description", "reason"),
    [
        ({"holes": frozenset({(0, 0)})}, "need a layout with positions"),
        ({"shuffled": True}, "need a layout with positions"),
        ({"syntax": "jpeg", "encoding": "implicit"}, "explicit little endian"),
        ({"bits": 16}, "16 bits are for grey"),
        ({"focal_planes": 2, "size": (9000, 100)}, "share their colors"),
    ],
)
def test_a_description_that_cannot_be_is_refused(
    description: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        SyntheticSlide(**description)
