"""From the place of a tile to the number of a frame."""

import random
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.formats.dicom.frame_positions import NO_POSITION, Positions
from viewer.formats.dicom.tiling import FullTiling, SparseTiling
from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size

TILE = Size(256, 512)
GRID = Size(4, 3)
ORDER = random.Random(2)  # noqa: S311  order, not secrecy


def positions(
    corners: list[tuple[int, int]],
    z: list[float] | None = None,
    optical_paths: list[str] | None = None,
) -> Positions:
    return Positions(
        np.array([column for column, _ in corners], np.int32),
        np.array([row for _, row in corners], np.int32),
        None if z is None else np.array(z),
        optical_paths,
    )


def sparse(
    where: Positions, *, grid: Size = GRID, paths: tuple[str, ...] = ("1",)
) -> SparseTiling:
    size = Size(grid.width * TILE.width - 20, grid.height * TILE.height - 30)
    return SparseTiling(
        where, grid=grid, tile_size=TILE, size=size, optical_paths=paths
    )


def corner(column: int, row: int) -> tuple[int, int]:
    return 1 + column * TILE.width, 1 + row * TILE.height


grids = st.builds(Size, st.integers(1, 6), st.integers(1, 6))


@settings(deadline=None)
@given(grid=grids, planes=st.integers(1, 3), paths=st.integers(1, 3))
def test_full_tiling_counts_columns_rows_planes_and_paths(
    grid: Size, planes: int, paths: int
) -> None:
    count = grid.width * grid.height * planes * paths
    tiling = FullTiling(grid, planes, paths, count)
    frames = [
        tiling.frame_at(column, row, plane, path)
        for path in range(paths)
        for plane in range(planes)
        for row in range(grid.height)
        for column in range(grid.width)
    ]
    assert frames == list(range(count))


@settings(deadline=None)
@given(
    place=st.tuples(
        st.integers(-2, 6), st.integers(-2, 6), st.integers(-2, 4), st.integers(-2, 4)
    )
)
def test_outside_there_is_no_frame(place: tuple[int, int, int, int]) -> None:
    inside = all(
        0 <= each < most for each, most in zip(place, (4, 3, 2, 2), strict=True)
    )
    full = FullTiling(Size(4, 3), 2, 2, 48)
    assert (full.frame_at(*place) is not None) == inside
    corners = [corner(column, row) for column, row in product(range(4), range(3))]
    tiling = sparse(
        positions(
            corners * 4,
            [0.0] * 12 + [1.0] * 12 + [0.0] * 12 + [1.0] * 12,
            ["a"] * 24 + ["b"] * 24,
        ),
        paths=("a", "b"),
    )
    assert (tiling.frame_at(*place) is not None) == inside


def test_a_frame_behind_the_last_is_missing_not_absent() -> None:
    tiling = FullTiling(Size(4, 3), 1, 1, 11)
    assert tiling.frame_at(2, 2) == 10
    with pytest.raises(
        BrokenFrame,
        match=r"^frame 12 is missing: Number of Frames is 11, expected 12\.$",
    ):
        tiling.frame_at(3, 2)


@settings(deadline=None)
@given(data=st.data(), grid=grids, planes=st.integers(1, 3), paths=st.integers(1, 3))
def test_sparse_tiling_finds_every_frame_and_every_hole(
    data: st.DataObject, grid: Size, planes: int, paths: int
) -> None:
    places = list(
        product(range(grid.width), range(grid.height), range(planes), range(paths))
    )
    # One tile has all planes, so that heights make planes.
    stack = [place for place in places if place[:2] == (0, 0)]
    others = data.draw(st.sets(st.sampled_from(places)))
    stored = sorted(set(stack) | others)
    stored = data.draw(st.permutations(stored))
    names = tuple(f"path {path}" for path in range(paths))
    tiling = sparse(
        positions(
            [corner(column, row) for column, row, _, _ in stored],
            [plane * 1.5 for _, _, plane, _ in stored],
            [names[path] for _, _, _, path in stored],
        ),
        grid=grid,
        paths=names,
    )
    frame_of = {place: frame for frame, place in enumerate(stored)}
    assert {place: tiling.frame_at(*place) for place in places} == {
        place: frame_of.get(place) for place in places
    }
    assert tiling.findings == ()
    assert tiling.focal_planes == tuple(plane * 1.5 for plane in range(planes))


def sentences(tiling: SparseTiling) -> list[str]:
    assert {finding.code for finding in tiling.findings} <= {"tile-position"}
    return [finding.message for finding in tiling.findings]


def test_frames_off_the_grid_are_told() -> None:
    tiling = sparse(positions([corner(0, 0), (300, 1), (257, 2)]))
    assert sentences(tiling) == [
        "2 of 3 frames lie off the grid of 256 x 512 tiles; the first is frame 2 at"
        " column 300, row 1"
    ]
    assert tiling.frame_at(0, 0) == 0
    assert tiling.frame_at(1, 0) is None


def test_frames_outside_the_matrix_are_told() -> None:
    tiling = sparse(positions([corner(0, 0), corner(4, 0), corner(0, -1)]))
    assert sentences(tiling) == [
        "2 of 3 frames lie outside the total pixel matrix of 1004 x 1506; the first is"
        " frame 2 at column 1025, row 1"
    ]


def test_the_first_frame_of_a_place_wins() -> None:
    tiling = sparse(positions([corner(1, 1), corner(0, 0), corner(1, 1)]))
    assert sentences(tiling) == [
        "1 of 3 frames lie where an earlier one does, which is shown; the first is"
        " frame 3 at column 257, row 513"
    ]
    assert tiling.frame_at(1, 1) == 0


def test_frames_without_a_position_are_told() -> None:
    tiling = sparse(positions([corner(0, 0), (NO_POSITION, NO_POSITION)]))
    assert sentences(tiling) == ["1 of 2 frames have no position; the first is frame 2"]


def test_frames_of_an_unknown_optical_path_are_told() -> None:
    tiling = sparse(
        positions([corner(0, 0), corner(0, 0)], None, ["a", "c"]), paths=("a", "b")
    )
    assert sentences(tiling) == [
        "1 of 2 frames name an optical path that Optical Path Sequence does not have;"
        " the first is frame 2 at column 1, row 1"
    ]
    assert tiling.frame_at(0, 0, 0, 0) == 0
    assert tiling.frame_at(0, 0, 0, 1) is None


def test_one_optical_path_needs_no_identifier() -> None:
    tiling = sparse(positions([corner(2, 1)], None, ["other"]))
    assert tiling.frame_at(2, 1) == 0
    assert tiling.findings == ()


def test_of_two_paths_with_one_name_the_first_is_meant() -> None:
    tiling = sparse(positions([corner(2, 1)], None, ["a"]), paths=("a", "a"))
    assert tiling.frame_at(2, 1, 0, 0) == 0


def test_positions_that_count_from_zero_are_understood() -> None:
    corners = [(column * 256, row * 512) for column in range(4) for row in range(3)]
    tiling = sparse(positions(corners))
    assert sentences(tiling) == [
        "the positions of frames count from 0, expected from 1"
    ]
    assert tiling.frame_at(3, 2) == 11


def test_a_height_for_every_tile_is_still_one_plane() -> None:
    """A scanner that focuses each tile tells where it found the tissue."""
    corners = [corner(column, row) for column in range(4) for row in range(3)]
    tiling = sparse(positions(corners, [each * 0.37 for each in range(12)]))
    assert len(tiling.focal_planes) == 1
    assert tiling.frame_at(3, 2) == 11
    assert tiling.findings == ()


def test_a_stack_around_each_tiles_own_focus_is_sorted_by_height() -> None:
    corners = [corner(column, row) for column in range(4) for row in range(3)]
    heights = [number * 0.37 + plane for plane in (2, 0, 1) for number in range(12)]
    tiling = sparse(positions(corners * 3, heights))
    assert len(tiling.focal_planes) == 3
    assert [tiling.frame_at(3, 2, plane) for plane in range(3)] == [23, 35, 11]
    assert tiling.findings == ()


def test_heights_that_are_no_numbers_are_zero() -> None:
    tiling = sparse(
        positions([corner(0, 0), corner(1, 0)], [float("nan"), float("inf")])
    )
    assert tiling.focal_planes == (0.0,)
    assert tiling.frame_at(1, 0) == 1


def test_no_frames_are_no_tiles() -> None:
    tiling = sparse(positions([], [], []))
    assert tiling.frame_at(0, 0) is None
    assert tiling.focal_planes == (0.0,)


def test_a_huge_grid_with_few_frames_costs_no_memory() -> None:
    grid = Size(2**23, 2**22)
    tiling = SparseTiling(
        positions([corner(0, 0), (1 + 256 * 8_000_000, 1 + 512 * 4_000_000)]),
        grid=grid,
        tile_size=TILE,
        size=Size(2**31 - 1, 2**31 - 1),
        optical_paths=("1",),
    )
    assert tiling.frame_at(8_000_000, 4_000_000) == 1
    assert tiling.frame_at(8_000_000, 4_000_001) is None


def test_a_grid_beyond_64_bits_is_counted_in_whole_numbers() -> None:
    grid = Size(2**31 - 1, 2**31 - 1)
    names = tuple(f"{path}" for path in range(9))
    corners = [(2**31 - 1, 2**31 - 1)] * 9
    tiling = SparseTiling(
        positions(corners, None, list(names)),
        grid=grid,
        tile_size=Size(1, 1),
        size=grid,
        optical_paths=names,
    )
    found = [tiling.frame_at(2**31 - 2, 2**31 - 2, 0, path) for path in range(9)]
    assert found == list(range(9))
    assert tiling.findings == ()


def test_a_hundred_thousand_frames_are_placed() -> None:
    numbers = list(range(100_000))
    ORDER.shuffle(numbers)
    corners = [corner(each % 400, each // 400) for each in numbers]
    tiling = sparse(positions(corners), grid=Size(400, 250))
    for frame in range(0, 100_000, 997):
        assert tiling.frame_at(numbers[frame] % 400, numbers[frame] // 400) == frame
