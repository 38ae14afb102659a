"""Pairing: what belongs together, what has no partner, and whose loss that is."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.qa.two_slides import comparing, told, write_svs
from tests.synthetic import write_slide
from viewer.qa.comparing import Pairing
from viewer.qa.finding import has_errors
from viewer.qa.pairing.layers import match_paths, match_planes
from viewer.qa.pairing.levels import match_levels
from viewer.slide.geometry import Scale, Size, Spacing
from viewer.slide.model import Level, OpticalPath, Slide

Sizes = Sequence[tuple[int, int]]


def paired(tmp_path: Path, a: Sizes, b: Sizes) -> Pairing:
    """Pair two SVS files of nothing but levels."""
    ours = write_svs(tmp_path / "a.svs", a, pictures=(), tile=64)
    theirs = write_svs(tmp_path / "b.svs", b, pictures=(), tile=64)
    with comparing(ours, theirs) as both:
        return both.pairing


def test_levels_of_one_size_are_pairs_and_computed_ones_do_not_count(
    tmp_path: Path,
) -> None:
    found = paired(tmp_path, [(1000, 700), (250, 175)], [(1000, 700), (250, 175)])
    assert [tuple(each) for each in found.levels] == [(0, 0), (2, 2)]
    assert not found.findings


def test_halving_may_round_up_or_down(tmp_path: Path) -> None:
    down = [(1001, 703), (500, 351), (250, 175)]
    up = [(1001, 703), (501, 352), (251, 176)]
    found = paired(tmp_path, down, up)
    assert [tuple(each) for each in found.levels] == [(0, 0), (1, 1), (2, 2)]
    assert not found.findings


def test_a_level_padded_to_whole_tiles_is_the_one_it_was_padded_from(
    tmp_path: Path,
) -> None:
    ours = write_svs(tmp_path / "a.svs", [(1000, 700), (500, 350)], tile=16)
    theirs = write_svs(tmp_path / "b.svs", [(1000, 700), (512, 352)], tile=16)
    with comparing(ours, theirs) as both:
        assert [tuple(each) for each in both.pairing.levels] == [(0, 0), (1, 1)]
        assert not both.pairing.findings


def test_a_level_of_another_size_is_no_partner(tmp_path: Path) -> None:
    found = paired(tmp_path, [(1000, 700), (500, 350)], [(1000, 700), (400, 280)])
    assert [tuple(each) for each in found.levels] == [(0, 0)]
    assert told(found.findings) == [("QA12", "error", 1), ("QA12", "note", 2)]


def test_a_level_lost_between_two_is_an_error(tmp_path: Path) -> None:
    three = [(1000, 700), (500, 350), (250, 175)]
    found = paired(tmp_path, three, [three[0], three[2]])
    assert told(found.findings) == [("QA12", "error", 1)]
    assert "500 x 350" in found.findings[0].message
    assert found.findings[0].side == "a"


def test_a_level_below_the_smallest_of_the_result_is_a_note(tmp_path: Path) -> None:
    three = [(1000, 700), (500, 350), (250, 175)]
    found = paired(tmp_path, three, three[:2])
    assert told(found.findings) == [("QA12", "note", 2)]


def test_a_level_that_the_converter_made_is_a_note(tmp_path: Path) -> None:
    three = [(1000, 700), (500, 350), (250, 175)]
    found = paired(tmp_path, three[:2], three)
    assert told(found.findings) == [("QA12", "note", 2)]
    assert "generated" in found.findings[0].message


def test_without_the_finest_level_there_is_nothing_to_compare(tmp_path: Path) -> None:
    found = paired(tmp_path, [(1000, 700)], [(500, 350)])
    assert not found.levels
    assert told(found.findings)[0] == ("QA12", "error", 0)
    assert "smaller by 2" in found.findings[0].message


def test_a_finest_level_turned_by_a_quarter_is_said_to_be(tmp_path: Path) -> None:
    found = paired(tmp_path, [(1000, 700)], [(700, 1000)])
    assert "turned by a quarter" in found.findings[0].message


class Levels:
    """A slide that has nothing but stored levels."""

    def __init__(self, *levels: Level) -> None:
        self.levels = levels


def level(width: int, height: int, tile: int = 256, um: float | None = None) -> Level:
    spacing = None if um is None else Spacing(um / 1000, um / 1000)
    return Level(Size(width, height), Size(tile, tile), Scale(1, 1), spacing)


def matched(a: Sequence[Level], b: Sequence[Level]) -> list[tuple[int, int]]:
    found = match_levels(cast("Slide", Levels(*a)), cast("Slide", Levels(*b)))
    return [(each.a, each.b) for each in found.pairs]


def test_of_two_levels_of_one_size_scale_and_tiles_decide() -> None:
    ours = [level(800, 600), level(400, 300, um=1), level(400, 300, um=2)]
    theirs = [level(800, 600), level(400, 300, um=2), level(400, 300, um=1)]
    assert matched(ours, theirs) == [(0, 0), (1, 2), (2, 1)]
    ours = [level(400, 300, 128), level(400, 300, 256)]
    assert matched(ours, [level(400, 300, 256), level(400, 300, 128)]) == [
        (0, 1),
        (1, 0),
    ]


def test_levels_of_one_scale_may_be_padded_otherwise() -> None:
    ours = [level(1000, 700, um=0.5), level(640, 512, um=1)]
    theirs = [level(1000, 700, um=0.5), level(500, 350, um=1)]
    assert matched(ours, theirs) == [(0, 0), (1, 1)]
    apart = [level(1000, 700, um=0.5), level(500, 350, um=1.2)]
    assert matched(ours, apart) == [(0, 0)]


def test_a_single_tile_is_no_padding_of_whatever_fits_in() -> None:
    assert matched([level(250, 180)], [level(256, 256)]) == []


sides = st.integers(1, 2000)
sizes = st.lists(st.tuples(sides, sides), min_size=1, max_size=6)


@given(sizes, sizes)
def test_no_level_has_two_partners_and_the_same_size_always_one(
    a: list[tuple[int, int]], b: list[tuple[int, int]]
) -> None:
    pairs = matched([level(*each) for each in a], [level(*each) for each in b])
    for side in (0, 1):
        assert len({pair[side] for pair in pairs}) == len(pairs)
    same = sum(min(a.count(size), b.count(size)) for size in set(a))
    assert sum(a[i] == b[j] for i, j in pairs) == same


@pytest.mark.parametrize(
    ("lost", "severity"),
    [("label", "error"), ("macro", "error"), ("thumbnail", "warning")],
)
def test_a_lost_picture_is_as_bad_as_what_it_showed(
    tmp_path: Path, lost: str, severity: str
) -> None:
    all_three = ("thumbnail", "label", "macro")
    source = write_svs(tmp_path / "a.svs", pictures=all_three)
    result = write_svs(
        tmp_path / "b.svs", pictures=[each for each in all_three if each != lost]
    )
    role = "overview" if lost == "macro" else lost
    with comparing(source, result) as both:
        assert told(both.pairing.findings) == [("ID5", severity, None)]
        assert role in both.pairing.findings[0].message
        assert role not in both.pairing.associated
    with comparing(result, source) as both:
        assert told(both.pairing.findings) == [("ID5", "note", None)]


def test_label_and_overview_are_known_by_role_across_formats(tmp_path: Path) -> None:
    source = write_svs(tmp_path / "a.svs", pictures=("label", "macro"))
    write_slide(tmp_path / "b", levels=1)
    with comparing(source, tmp_path / "b") as both:
        assert set(both.pairing.associated) == {"label", "overview"}
        assert [tuple(each) for each in both.pairing.levels] == [(0, 0)]
        assert not both.pairing.findings


def test_a_thumbnail_may_be_a_level_of_the_result(tmp_path: Path) -> None:
    source = write_svs(tmp_path / "a.svs", pictures=("thumbnail",))
    result = write_svs(tmp_path / "b.svs", [(1000, 700), (100, 70)], pictures=())
    with comparing(source, result) as both:
        assert not has_errors(both.pairing.findings)
        assert {each.severity.value for each in both.pairing.findings} == {"note"}
        sentences = " ".join(each.message for each in both.pairing.findings)
    assert "thumbnail" in sentences


def test_a_level_may_be_the_thumbnail_of_the_result(tmp_path: Path) -> None:
    source = write_svs(tmp_path / "a.svs", [(1000, 700), (100, 70)], pictures=())
    result = write_svs(tmp_path / "b.svs", pictures=("thumbnail",))
    with comparing(source, result) as both:
        assert {each.severity.value for each in both.pairing.findings} == {"note"}


def test_a_picture_under_another_name_is_guessed_by_its_size(tmp_path: Path) -> None:
    source = write_svs(tmp_path / "a.svs", pictures=("label",))
    write_slide(tmp_path / "b", levels=1, label=False, overview=True, thumbnail=False)
    with comparing(source, tmp_path / "b") as both:
        lost = both.pairing.findings[0]
    assert lost.severity.value == "error"
    assert "overview" not in lost.message  # 300 x 110 is not the label's size


def test_a_lost_focal_plane_is_an_error(tmp_path: Path) -> None:
    write_slide(tmp_path / "a", levels=1, focal_planes=3, label=False, overview=False)
    write_slide(tmp_path / "b", levels=1, focal_planes=2, label=False, overview=False)
    with comparing(tmp_path / "a", tmp_path / "b") as both:
        assert [tuple(each) for each in both.pairing.focal_planes] == [(0, 0), (1, 1)]
        assert told(both.pairing.findings) == [("FP2", "error", None)]
    with comparing(tmp_path / "b", tmp_path / "a") as both:
        assert told(both.pairing.findings) == [("FP2", "note", None)]


def test_a_lost_optical_path_is_an_error(tmp_path: Path) -> None:
    write_slide(tmp_path / "a", levels=1, optical_paths=3, label=False, overview=False)
    write_slide(tmp_path / "b", levels=1, optical_paths=2, label=False, overview=False)
    with comparing(tmp_path / "a", tmp_path / "b") as both:
        assert told(both.pairing.findings) == [("CH1", "error", None)]


heights = st.lists(
    st.integers(-100, 100).map(lambda each: each * 0.5), min_size=1, unique=True
).map(sorted)


@given(heights, st.randoms(use_true_random=False))
def test_planes_are_paired_by_height_whatever_is_left_of_them(
    planes: list[float], random: Random
) -> None:
    kept = [each for each in planes if random.random() < 0.6] or planes[:1]
    found = match_planes(planes, kept)
    assert {planes[pair.a]: kept[pair.b] for pair in found.pairs} == {
        each: each for each in kept
    }
    assert [planes[each] for each in found.only_a] == [
        each for each in planes if each not in kept
    ]
    assert not found.only_b


@given(heights, st.integers(-1000, 1000))
def test_planes_counted_from_another_zero_are_the_same(
    planes: list[float], zero: int
) -> None:
    moved = [each + zero * 1000.5 for each in planes]
    found = match_planes(planes, moved)
    assert [tuple(each) for each in found.pairs] == [
        (number, number) for number in range(len(planes))
    ]
    step = min((high - low for low, high in pairwise(planes)), default=1.0)
    assert abs(found.offset - zero * 1000.5) < step


def path(
    identifier: str = "", description: str = "", wavelength: float | None = None
) -> OpticalPath:
    return OpticalPath(identifier, description, wavelength=wavelength)


def numbers(a: list[OpticalPath], b: list[OpticalPath]) -> list[tuple[int, int]]:
    return [(each.a, each.b) for each in match_paths(a, b).pairs]


def test_paths_are_told_by_what_they_are_called() -> None:
    dapi, fitc = path("1", "DAPI"), path("2", "FITC")
    assert numbers([dapi, fitc], [path("1", "fitc"), path("2", "dapi")]) == [
        (0, 1),
        (1, 0),
    ]


def test_paths_are_told_by_identifiers_that_do_not_merely_count() -> None:
    assert numbers([path("A"), path("B")], [path("B"), path("A")]) == [(0, 1), (1, 0)]
    assert numbers([path("1"), path("2")], [path("0"), path("1")]) == [(0, 0), (1, 1)]


def test_paths_are_told_by_their_light() -> None:
    ours = [path("1", wavelength=455.0), path("2", wavelength=520.0)]
    theirs = [path("0", wavelength=520.2), path("1", wavelength=455.1)]
    assert numbers(ours, theirs) == [(0, 1), (1, 0)]


def test_two_paths_of_no_name_are_one_and_the_same() -> None:
    found = match_paths([path("", "Brightfield")], [path("0")])
    assert [tuple(each) for each in found.pairs] == [(0, 0)]
    assert not found.only_a
    assert not found.only_b


def test_what_has_the_name_of_two_is_paired_in_order() -> None:
    found = match_paths([path("x", "s"), path("y", "s")], [path("p", "s")])
    assert [tuple(each) for each in found.pairs] == [(0, 0)]
    assert found.only_a == (1,)


def test_levels_of_one_fate_are_told_in_one_sentence(tmp_path: Path) -> None:
    all_four = [(1000, 700), (500, 350), (250, 175), (125, 88)]
    found = paired(tmp_path, all_four[:1], all_four)
    assert told(found.findings) == [("QA12", "note", 1)]
    assert "Levels 1, 2, 3" in found.findings[0].message
    found = paired(tmp_path, all_four, all_four[:2])
    assert told(found.findings) == [("QA12", "note", 2)]
    assert "125 x 88" in found.findings[0].message
