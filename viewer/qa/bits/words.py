"""What was found out about bits, in sentences, figures and tables."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from viewer.qa.bits.associated import AssociatedBits
from viewer.qa.bits.frame_match import Match, Recoding
from viewer.qa.bits.generations import Encoding, from_to, generation
from viewer.qa.bits.levels import LevelBits
from viewer.qa.comparing import Comparing
from viewer.qa.report.section import Table
from viewer.qa.sides import capital, in_pixels


def bit_lines(
    levels: Sequence[LevelBits], associated: Sequence[AssociatedBits]
) -> tuple[str, ...]:
    """Return sentences: over all first, then what cannot be compared, then pictures."""
    compared = [each for each in levels if each.matches is not None]
    lines = [_overall(compared)] if compared else []
    moved = _moved(compared)
    if moved:
        lines.append(moved)
    if len(compared) > 1 and any(each.same != each.places for each in compared):
        lines += [f"Level {each.pair.a}: {_shares(each)}." for each in compared]
    lines += _grouped("Level", {f"{e.pair.a}": e.reason for e in levels if e.reason})
    same = [each.role for each in associated if each.is_same]
    if same:
        lines.append(f"{capital(_listed(same))}: the same bits, too.")
    lines += [_changed(each) for each in associated if each.is_same is False]
    lines += _grouped("", {e.role: e.reason for e in associated if e.reason})
    return tuple(lines)


def bit_facts(
    levels: Sequence[LevelBits], associated: Sequence[AssociatedBits]
) -> dict[str, Any]:
    """Return the figures for JSON."""
    return {
        "places": sum(each.places for each in levels),
        "frames": sum(each.frames for each in levels),
        "same": sum(each.same for each in levels),
        "levels": [_level_facts(each) for each in levels],
        "associated": [
            {"role": each.role, "same": each.is_same, "reason": each.reason or None}
            for each in associated
        ],
    }


def bit_tables(
    comparing: Comparing,
    levels: Sequence[LevelBits],
    associated: Sequence[AssociatedBits],
) -> tuple[Table, ...]:
    """Return a table of levels, and one of how frames are encoded."""
    tables = (
        _level_table(comparing, [each for each in levels if each.matches is not None]),
        Table(
            "How frames are encoded",
            ("of", "frames", "source", "result", "what was done"),
            tuple(_encoding_rows(levels, associated)),
        ),
    )
    return tuple(each for each in tables if each.rows)


def same_words(same: int, places: int) -> str:
    """Return "130 of 130 frames are the same bits"."""
    return f"{same:,} of {places:,} frames are the same bits"


_KINDS: dict[str, tuple[Match, ...]] = {
    "same": (Match.SAME, Match.MOVED),
    "other_tables": (Match.TABLES,),
    "recoded": (Match.RECODED,),
    "elsewhere": (Match.ELSEWHERE,),
    "lost": (Match.LOST,),
    "added": (Match.ADDED,),
    "unreadable": (Match.UNREADABLE_A, Match.UNREADABLE_B),
}
_WORDS = {
    "other_tables": "have other tables",
    "recoded": "were encoded anew",
    "elsewhere": "hold a frame of another tile",
    "lost": "are not in the result",
    "added": "are only in the result",
    "unreadable": "cannot be read",
}
_COLUMNS = {
    "same": "same bits",
    "other_tables": "other tables",
    "recoded": "encoded anew",
    "elsewhere": "at other tiles",
    "lost": "lost",
    "added": "added",
    "unreadable": "unreadable",
}


def _overall(levels: Sequence[LevelBits]) -> str:
    same = sum(each.same for each in levels)
    places = sum(each.places for each in levels)
    if same == places:
        return f"{same_words(same, places)}, none re-encoded."
    counts = Counter[str]()
    for each in levels:
        counts.update({name: each.count(*kinds) for name, kinds in _KINDS.items()})
    others = (
        f"{counts[name]:,} {words}" for name, words in _WORDS.items() if counts[name]
    )
    return f"{same_words(same, places)}; {', '.join(others)}."


def _grouped(noun: str, reasons: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each reason, with all that cannot be compared for it."""
    for reason in dict.fromkeys(reasons.values()):
        names = [name for name, why in reasons.items() if why == reason]
        plural = "s" if noun and len(names) > 1 else ""
        what = capital(f"{noun}{plural} {_listed(names)}".strip())
        yield f"{what} cannot be compared as bits. {reason}"


def _listed(names: Sequence[str]) -> str:
    """Return "1", "1 and 2", "1, 2 and 3"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _shares(level: LevelBits) -> str:
    return same_words(level.same, level.places)


def _moved(levels: Sequence[LevelBits]) -> str:
    """Say what was stored otherwise around the same bits."""
    counts = Counter[str]()
    for level in levels:
        for recoding, count in level.recodings.items():
            if recoding.match is Match.MOVED:
                counts[recoding.moved] += count
    if not counts:
        return ""
    told = "; ".join(f"in {count:,} of them {words}" for words, count in counts.items())
    return f"Around these bits the result has other markers or padding: {told}."


def _changed(image: AssociatedBits) -> str:
    done = {
        f"{generation(each.a, each.b)}, {from_to(each.a, each.b)}"
        for each in image.recodings
        if not each.match.is_same
    }
    words = "; ".join(sorted(done)) or "they differ"
    return f"{capital(image.role)}: not the same bits, but {words}."


def _level_facts(level: LevelBits) -> dict[str, Any]:
    return {
        "level_a": level.pair.a,
        "level_b": level.pair.b,
        "compared": level.matches is not None,
        "reason": level.reason or None,
        "places": level.places,
        **{name: level.count(*kinds) for name, kinds in _KINDS.items()},
        "moved": level.count(Match.MOVED),
        "encodings": [
            {
                "source": _encoding_facts(recoding.a),
                "result": _encoding_facts(recoding.b),
                "same": recoding.match.is_same,
                "frames": count,
            }
            for recoding, count in level.recodings.most_common(_MOST_ENCODINGS)
        ],
    }


_MOST_ENCODINGS = 20


def _encoding_facts(encoding: Encoding) -> dict[str, Any]:
    quality = encoding.quality
    return {
        "coding": encoding.coding,
        "chroma": encoding.chroma or None,
        "quality": None if quality is None else quality.setting,
        "ijg_tables": None if quality is None else quality.is_exact,
        "lossless": encoding.is_lossless,
    }


def _level_table(comparing: Comparing, levels: Sequence[LevelBits]) -> Table:
    """Return how many frames are what, without columns that have only zeros."""
    kinds = {
        name: kinds
        for name, kinds in _KINDS.items()
        if name == "same" or any(each.count(*kinds) for each in levels)
    }
    rows = tuple(
        (
            f"level {each.pair.a}",
            in_pixels(comparing.a.levels[each.pair.a].size),
            f"{each.places:,}",
            *(f"{each.count(*counted):,}" for counted in kinds.values()),
        )
        for each in levels
    )
    columns = ("of", "pixels", "frames", *(_COLUMNS[name] for name in kinds))
    return Table("Frames by level", columns, rows)


def _encoding_rows(
    levels: Sequence[LevelBits], associated: Sequence[AssociatedBits]
) -> Iterator[tuple[str, ...]]:
    for level in levels:
        yield from _recoding_rows(f"level {level.pair.a}", level.recodings)
    for image in associated:
        yield from _recoding_rows(image.role, image.recodings)


def _recoding_rows(
    what: str, recodings: Counter[Recoding]
) -> Iterator[tuple[str, ...]]:
    for recoding, count in recodings.most_common(_MOST_ENCODINGS):
        done = "kept" if recoding.match.is_same else generation(recoding.a, recoding.b)
        yield what, f"{count:,}", str(recoding.a), str(recoding.b), done
