"""Which of several files with one SOP Instance UID is used, and what the others are.

Who checks conversions opens several of one source at once, in a folder each, and
converters may give them the same UIDs: those are slides of their own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from viewer.formats.dicom.instance import Instance
from viewer.formats.opening import Ignored
from viewer.slide.warnings import SlideWarning

_BLOCK: Final = 1 << 20
_WHOLE: Final = 64 << 20  # files up to this size are compared byte for byte

Series = tuple[str, str]
"""A Series Instance UID, and which edition of it (see Instance)."""


def without_copies(
    instances: Sequence[Instance], named: frozenset[Path]
) -> tuple[list[Instance], list[Ignored], list[tuple[Series, SlideWarning]]]:
    """Keep one file of each SOP Instance UID: one that the user named, else the first.

    Another folder that holds a series again, with other bytes under the same UIDs, is
    an edition of its own, all of whose files are kept. Returns the instances kept, the
    files left out with the reason, and a warning, beside the series it belongs to, for
    each UID that stands for different bytes.
    """
    same_bytes = cache(_same_bytes)
    ordered = sorted(instances, key=lambda each: each.path not in named)
    editions = _Editions(same_bytes)
    for series, folders in _by_folder(ordered).items():
        editions.find(series, folders)
    kept: dict[tuple[str, str], Instance] = {}
    ignored: list[Ignored] = []
    warnings = editions.warnings
    for instance in map(editions.marked, ordered):
        uid = instance.sop_instance or str(instance.path)
        first = kept.setdefault((uid, instance.edition), instance)
        if first is instance:
            continue
        used, other = _told_apart(first.path, instance.path)
        if same_bytes(first.path, instance.path):
            reason = f"a copy of {used}"
        else:
            reason = f"has the same SOP Instance UID as {used}, but other content"
            sentence = (
                f"{used} and {other} have the same SOP Instance UID ({uid}), but not "
                f"the same content; {used} is used."
            )
            warning = SlideWarning("duplicate-uid", sentence, first.path)
            warnings.append(((first.series, first.edition), warning))
        ignored.append(Ignored(instance.path, reason, frozenset({first.path})))
    order = {instance.path: place for place, instance in enumerate(instances)}
    found = sorted(kept.values(), key=lambda each: order[each.path])
    return found, ignored, warnings


_Pair: TypeAlias = tuple[Instance, Instance]


class _Editions:
    """Which folders hold a series once more with other bytes, and warnings of that."""

    def __init__(self, same_bytes: Callable[[Path, Path], bool]) -> None:
        self.warnings: list[tuple[Series, SlideWarning]] = []
        self._same_bytes = same_bytes
        self._names: dict[tuple[str, Path], str] = {}

    def find(self, series: str, folders: Mapping[Path, Sequence[Instance]]) -> None:
        """Look for folders that clash with all before them that they share UIDs with.

        A folder whose pictures are those of an earlier one is a copy of that.
        """
        seen: list[Path] = []
        for folder, members in folders.items():
            clash = None
            for before in seen:
                pairs = _shared(folders[before], members)
                found = self._differing(pairs)
                if pairs and found is None:
                    self._names[series, folder] = self._names.get((series, before), "")
                    break
                clash = clash or found
            else:
                if clash is not None:
                    self._names[series, folder] = str(folder)
                    self._warn(series, *clash)
            seen.append(folder)

    def marked(self, instance: Instance) -> Instance:
        """Return an instance with its edition."""
        edition = self._names.get((instance.series, instance.path.parent))
        return replace(instance, edition=edition) if edition else instance

    def _differing(self, pairs: Sequence[_Pair]) -> _Pair | None:
        return next(
            (
                (one, other)
                for one, other in pairs
                if not self._same_bytes(one.path, other.path)
            ),
            None,
        )

    def _warn(self, series: str, one: Instance, other: Instance) -> None:
        sentence = (
            f"{one.path} and {other.path} have the same SOP Instance UID "
            f"({one.sop_instance}), but not the same content; {one.path.parent.name} "
            f"and {other.path.parent.name} are shown as two slides."
        )
        for each in (one, other):
            edition = self._names.get((series, each.path.parent), "")
            warning = SlideWarning("duplicate-uid", sentence, each.path)
            self.warnings.append(((series, edition), warning))


def _by_folder(
    instances: Sequence[Instance],
) -> dict[str, dict[Path, list[Instance]]]:
    found: dict[str, dict[Path, list[Instance]]] = {}
    for each in instances:
        if each.series and each.sop_instance:
            by_folder = found.setdefault(each.series, {})
            by_folder.setdefault(each.path.parent, []).append(each)
    return found


def _shared(one: Sequence[Instance], other: Sequence[Instance]) -> list[_Pair]:
    """Pair the pictures of one UID, if both folders hold whole sets.

    They do where both have the finest level of the first.
    """
    levels = {each.sop_instance: each for each in one if _is_picture(each)}
    pairs = [
        (levels[each.sop_instance], each)
        for each in other
        if each.sop_instance in levels and _is_picture(each)
    ]
    finest = max(map(_pixels, levels.values()), default=0)
    return pairs if any(_pixels(first) == finest for first, _ in pairs) else []


def _is_picture(instance: Instance) -> bool:
    return instance.role == "VOLUME" or instance.frames > 1


def _pixels(instance: Instance) -> int:
    return instance.size.width * instance.size.height


def _told_apart(one: Path, other: Path) -> tuple[str, str]:
    """Return the names of two files, with their folders where the names are alike."""
    if one.name != other.name:
        return one.name, other.name
    return str(one), str(other)


def _same_bytes(one: Path, other: Path) -> bool:
    """Compare two files; above 64 MB by size and 64 blocks of 1 MB spread over them."""
    try:
        size = one.stat().st_size
        if size != other.stat().st_size:
            return False
        step = _BLOCK if size <= _WHOLE else size // (_WHOLE // _BLOCK)
        with one.open("rb") as left, other.open("rb") as right:
            for offset in range(0, size, step):
                left.seek(offset)
                right.seek(offset)
                if left.read(_BLOCK) != right.read(_BLOCK):
                    return False
    except OSError:
        return False
    return True
