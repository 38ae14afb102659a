"""What became of a damaged slide: opened, read whole, and compared with the truth.

The truth is the same slide undamaged, which tests/test_support_table.py compares with
independent pixels.
"""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from tests.fuzz.anatomy import Zone
from viewer.formats import Opened, open_slides
from viewer.slide.errors import SlideError
from viewer.slide.metadata import Attribute
from viewer.slide.model import EMPTY, Empty, Slide, TileKey

OUTCOMES: Final = (
    "same picture",
    "said",
    "silent: samples",
    "silent: codestream",
    "silent: elsewhere",
    "level lost",
    "false tile",
    "internal",
    "crash",
    "hang",
    "memory",
)
"""From harmless to worst; the last three are seen from outside."""

Where: TypeAlias = tuple[int, int, int, int]
"""Focal plane, optical path, column, row."""


class Verdict(NamedTuple):
    """One of OUTCOMES and what it rests on, in words."""

    outcome: str
    reason: str = ""


@dataclass
class Seen:
    """All that opening and reading a slide showed.

    `levels` are the tiles of stored levels as digests, by the level's size; a tile that
    was refused or is shown as damaged is None. `pictures` are associated images.
    `said` are the warnings and left-out files; `internal` the sentences and exceptions
    that nobody should see.
    """

    refused: str = ""
    slides: int = 0
    levels: dict[tuple[int, int], dict[Where, str | None]] = field(
        default_factory=dict[tuple[int, int], dict[Where, str | None]]
    )
    pictures: dict[str, str | None] = field(default_factory=dict[str, str | None])
    said: Counter[str] = field(default_factory=Counter[str])
    internal: list[str] = field(default_factory=list[str])


def look_at(path: Path) -> Seen:
    """Open what is there as a user would, and read all of it within reason."""
    seen = Seen()
    try:
        opened = open_slides([path])
    except SlideError as error:
        seen.refused = str(error)
        _listen(seen, str(error))
        return seen
    except Exception as error:  # noqa: BLE001  that is what is looked for
        seen.internal.append(f"opening: {error!r}")
        return seen
    try:
        _read_all(seen, opened)
    except Exception as error:  # noqa: BLE001  the same
        seen.internal.append(f"reading: {error!r}")
    finally:
        for slide in opened.slides:
            slide.close()
    return seen


def judge(found: Seen, truth: Seen, zones: set[Zone], *, table: bool) -> Verdict:
    """Compare with the undamaged slide; `zones` is what the damage touched.

    After damage to an offset `table` no tile may show another's picture, warned of or
    not: the items are there to tell what is right. After other damage that may be all
    that can be shown, and a warning will do.
    """
    if found.internal or found.refused:
        outcome = "internal" if found.internal else "said"
        return Verdict(outcome, "; ".join(found.internal) or found.refused)
    false, news = _false_tile(found, truth), found.said - truth.said
    moved = "elsewhere" in zones  # else a flat tile has become one by chance
    if false and moved and (table or not news):
        return Verdict("false tile", false)
    differs, lost = difference(found, truth), _lost(found, truth)
    if not differs and not lost:
        refused = any(None in tiles.values() for tiles in found.levels.values())
        return Verdict("said" if refused or news else "same picture")
    if news:
        return Verdict("said", ", ".join(news))
    # What is least visible explains it, where several places were touched.
    zone = min(zones, key=_ZONES.index, default="elsewhere")
    silent = Verdict(OUTCOMES[2 + _ZONES.index(zone)], differs)
    return Verdict("level lost", lost) if lost else silent


def difference(found: Seen, truth: Seen, but: Collection[str] = ()) -> str:
    """Find a tile or picture that shows something else; digests `but` do not count.

    What is refused or missing shows nothing else.
    """
    for size, tiles in found.levels.items():
        if size not in truth.levels:
            return f"a level of {size}, there is none"
        for where, digest in tiles.items():
            due = truth.levels[size].get(where)
            if digest is not None and digest != due and digest not in but:
                return f"level {size}: tile {where} is {digest}, expected {due}"
    for role, digest in found.pictures.items():
        if digest is not None and digest != truth.pictures.get(role):
            return f"{role} is {digest}, expected {truth.pictures.get(role)}"
    return ""


_ZONES: Final[tuple[Zone, ...]] = ("coded", "codestream", "elsewhere")
_MOST_TILES: Final = 64  # of a plane; more is a lie of the damaged file
_MOST_PLANES: Final = 4
_SECONDS: Final = 0.05
INTERNAL: Final = re.compile(
    r"Traceback|\b[A-Z]\w+(Error|Exception)\b|NoneType|<class|object at 0x"
    r"|list index|tuple index|unpack requires|invalid literal|subscriptable"
    r"|object has no attribute|could not broadcast|cannot reshape|positional argument"
    r"|/tmp/|site-packages"
)
"""What no sentence for users may hold."""


def _listen(seen: Seen, sentence: str) -> None:
    if INTERNAL.search(sentence):
        seen.internal.append(f"sentence: {sentence}")


def _read_all(seen: Seen, opened: Opened) -> None:
    seen.slides = len(opened.slides)
    for slide in opened.slides:
        _read_slide(seen, slide)
        for warning in slide.warnings:
            seen.said[f"{warning.code} {warning.file and warning.file.name}"] += 1
            _listen(seen, warning.message)
        for sentence in slide.damaged.values():
            _listen(seen, sentence)
    for each in opened.ignored:
        seen.said[f"left out {each.path.name}"] += 1
        _listen(seen, each.reason)


def _read_slide(seen: Seen, slide: Slide) -> None:
    for number, level in enumerate(slide.levels):
        if not level.stored:
            key = TileKey(slide.serial, number, 0, 0)
            _attempt(seen, lambda key=key: slide.read_progress(key, _SECONDS))
            continue
        size = (level.size.width, level.size.height)
        tiles = seen.levels.setdefault(size, {})
        for where in _places(slide, number):
            plane, path, column, row = where
            key = TileKey(slide.serial, number, column, row, plane, path)
            digest = _attempt(seen, lambda key=key: slide.read_samples(key))
            tiles[where] = None if key in slide.damaged else digest
            _attempt(seen, lambda key=key: slide.frame_at(key))
    for role, image in slide.associated.items():
        seen.pictures[role] = _attempt(seen, image.read)
    for file in slide.files:
        try:
            _walk(slide.metadata(file.path), 3)
        except SlideError as error:
            _listen(seen, str(error))


def _places(slide: Slide, number: int) -> list[Where]:
    level = slide.levels[number]
    tiles = min(level.columns * level.rows, _MOST_TILES)
    return [
        (plane, path, at % level.columns, at // level.columns)
        for plane in range(min(len(slide.focal_planes), _MOST_PLANES))
        for path in range(min(len(slide.optical_paths), _MOST_PLANES))
        for at in range(tiles)
    ]


def _attempt(seen: Seen, read: Any) -> str | None:
    """Return a digest of what is read, None where a sentence says that it cannot."""
    try:
        samples = read()
    except SlideError as error:
        _listen(seen, str(error))
        return None
    if samples is EMPTY or isinstance(samples, Empty):
        return "empty"
    if not hasattr(samples, "tobytes"):
        return ""
    digest = blake2b(samples.tobytes(), digest_size=8).hexdigest()
    return f"{samples.shape} {samples.dtype} {digest}"


def _walk(node: Attribute, depth: int) -> None:
    """Look at a metadata tree as who unfolds it does."""
    if node.full is not None and node.vm < 1000:
        node.full()
    if depth:
        for child in node.children()[:200]:
            _walk(child, depth - 1)


def _false_tile(found: Seen, truth: Seen) -> str:
    """Find a tile that shows what belongs elsewhere."""
    owners: dict[str, list[Any]] = {}
    for size, tiles in truth.levels.items():
        for where, digest in tiles.items():
            owners.setdefault(digest or "", []).append((size, where))
    for size, tiles in found.levels.items():
        for where, digest in tiles.items():
            owner = owners.get(digest or "", [])
            if digest in (None, "empty") or not owner or (size, where) in owner:
                continue
            if size in truth.levels and where in truth.levels[size]:
                return f"level {size}: tile {where} shows {owner[0]}"
    return ""


def _lost(found: Seen, truth: Seen) -> str:
    for size, tiles in truth.levels.items():
        if size not in found.levels:
            return f"level {size} is missing"
        for where in tiles:
            if where not in found.levels[size]:
                return f"level {size}: tile {where} is missing"
    for role in truth.pictures:
        if role not in found.pictures:
            return f"{role} is missing"
    return ""
