"""Damaged slides are shown truly or said to be damaged, and nothing else happens.

500 mutants of all kinds of slides; `python -m tests.fuzz` makes as many as wanted.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz.anatomy import Span, anatomy_of
from tests.fuzz.judge import Seen, judge
from tests.fuzz.mutators import MUTATORS
from tests.fuzz.pool import Child, Judged, Limits, judged
from tests.fuzz.run import is_bad, table, targets_missed, told
from tests.fuzz.seeds import (
    COMMAND_REGRESSIONS,
    REGRESSIONS,
    Mutant,
    Seeds,
    mutants,
)

COUNT = 500
COMMANDED = 20
MOST_SILENT = 0.08
"""Of so few; it is 5 % of ten thousand."""
TILE = (0, 0, 0, 0)
NEXT = (0, 0, 1, 0)
SIZE = (100, 80)

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="what a child takes is not told"
)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    return Seeds.written(tmp_path_factory.mktemp("seeds"))


@pytest.fixture(scope="module")
def verdicts(seeds: Seeds) -> list[Judged]:
    chosen = [*REGRESSIONS, *mutants(seeds, 2026, range(COUNT))]
    return list(judged(seeds.folder, chosen, 2))


def test_no_mutant_does_what_none_may_do(verdicts: list[Judged]) -> None:
    assert len(verdicts) > 0.9 * COUNT
    missed = targets_missed(verdicts, MOST_SILENT)
    assert not missed, "\n".join([*missed, table(verdicts), *map(told, verdicts)])


def test_commands_say_what_is_true_of_mutants(seeds: Seeds) -> None:
    chosen = [*COMMAND_REGRESSIONS, *mutants(seeds, 2026, range(COMMANDED))]
    verdicts = list(judged(seeds.folder, chosen, 2, "commands"))
    assert len(verdicts) > 0.8 * len(chosen)
    bad = [told(verdict) for verdict in verdicts if is_bad(verdict)]
    assert not bad, "\n".join(bad)


def test_every_regression_is_still_a_mutant(seeds: Seeds) -> None:
    for mutant in (*REGRESSIONS, *COMMAND_REGRESSIONS):
        assert mutant.make(seeds.files(mutant.seed)) is not None, mutant


def test_a_mutant_is_the_same_every_time(seeds: Seeds) -> None:
    made = 0
    for mutant in mutants(seeds, 1, range(60)):
        first, second = (mutant.make(seeds.files(mutant.seed)) for _ in range(2))
        if first is None or second is None:
            assert first == second
            continue
        made += 1
        assert (first[0].files, first[1]) == (second[0].files, second[1])
        assert first[0].files != seeds.files(mutant.seed)
    assert made > 50


def test_every_way_to_damage_is_tried(seeds: Seeds) -> None:
    made = Counter(mutant.mutator for mutant in mutants(seeds, 1, range(300)))
    assert set(made) == {name for name in MUTATORS if seeds.suited(name)}
    assert set(made) >= set(MUTATORS) - {"container"}


def test_anatomy_finds_tables_items_and_what_is_coded(seeds: Seeds) -> None:
    data = next(iter(seeds.files("extended-table").values()))
    parts = anatomy_of(data)
    assert parts.extended.length == parts.lengths.length == 8 * len(parts.items)
    assert all(data[item.start :][:4] == b"\xfe\xff\x00\xe0" for item in parts.items)
    frame = parts.items[0].start + 8
    assert data[frame : frame + 2] == b"\xff\xd8"
    assert parts.zone(Span(frame, frame + 2)) == "codestream"
    assert parts.zone(Span(parts.coded[0].start, parts.coded[0].stop)) == "coded"
    assert parts.zone(Span(frame - 8, frame)) == "elsewhere"


def seen(**tiles: str | None) -> Seen:
    places = {"tile": TILE, "next": NEXT}
    return Seen(slides=1, levels={SIZE: {places[name]: tiles[name] for name in tiles}})


TRUTH = seen(tile="a", next="b")


def test_the_same_tiles_are_the_same_picture() -> None:
    found = judge(seen(tile="a", next="b"), TRUTH, {"coded"}, table=False)
    assert found.outcome == "same picture"


def test_a_refused_tile_is_said() -> None:
    found = judge(seen(tile="a", next=None), TRUTH, {"elsewhere"}, table=False)
    assert found.outcome == "said"


def test_other_pixels_are_silent_unless_there_is_a_warning() -> None:
    found = seen(tile="a", next="c")
    assert judge(found, TRUTH, {"coded"}, table=False).outcome == "silent: samples"
    both = judge(found, TRUTH, {"coded", "elsewhere"}, table=False)
    assert both.outcome == "silent: samples"
    assert (
        judge(found, TRUTH, {"elsewhere"}, table=False).outcome == "silent: elsewhere"
    )
    found.said["offset-table"] += 1
    assert judge(found, TRUTH, {"elsewhere"}, table=False).outcome == "said"


def test_a_tile_of_another_place_is_false_even_with_a_warning_of_the_table() -> None:
    found = seen(tile="b", next="b")
    assert judge(found, TRUTH, {"elsewhere"}, table=False).outcome == "false tile"
    found.said["offset-table"] += 1
    assert judge(found, TRUTH, {"elsewhere"}, table=False).outcome == "said"
    assert judge(found, TRUTH, {"elsewhere"}, table=True).outcome == "false tile"


def test_damage_within_a_codestream_moves_no_tile() -> None:
    found = judge(seen(tile="b", next="b"), TRUTH, {"coded"}, table=False)
    assert found.outcome == "silent: samples"


def test_a_level_that_is_gone_is_lost_unless_that_is_said() -> None:
    found = Seen(slides=1)
    assert judge(found, TRUTH, {"elsewhere"}, table=False).outcome == "level lost"
    found.said["left out x.dcm"] += 1
    assert judge(found, TRUTH, {"elsewhere"}, table=False).outcome == "said"


def test_what_was_wrong_before_is_no_news() -> None:
    truth, found = seen(tile="a"), seen(tile="c")
    truth.said["color-guessed x.dcm"] += 1
    found.said["color-guessed x.dcm"] += 1
    assert judge(found, truth, {"coded"}, table=False).outcome == "silent: samples"


CHILD = """
import json, os, sys
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    what = json.loads(line)["mutator"]
    if what == "crash":
        os.abort()
    while what == "hang":
        pass
    kept = bytearray(80 << 20) if what == "memory" else b""
    print(json.dumps({"outcome": "said", "reason": "", "damage": what}), flush=True)
"""


@pytest.fixture
def child() -> Iterator[Child]:
    started = Child(["-c", CHILD], Limits(seconds=0.3, growth=40 << 20))
    yield started
    started.stop()


@pytest.mark.parametrize("outcome", ["crash", "hang", "memory"])
@needs_proc
def test_what_becomes_of_a_child_is_seen_and_another_goes_on(
    child: Child, outcome: str
) -> None:
    assert child.judge(Mutant("seed", "said", "1")).outcome == "said"
    assert child.judge(Mutant("seed", outcome, "2")).outcome == outcome
    assert child.judge(Mutant("seed", "said", "3")).outcome == "said"


def test_a_child_that_cannot_start_is_an_error() -> None:
    child = Child(["-c", "import sys; sys.exit('no such seeds')"])
    with pytest.raises(RuntimeError, match="no such seeds"):
        child.judge(Mutant("seed", "said", "1"))
    child.stop()
