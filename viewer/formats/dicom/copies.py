"""Which of several files with one SOP Instance UID is used, and what the others are."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from viewer.formats.dicom.instance import Instance
from viewer.formats.opening import Ignored
from viewer.slide.warnings import SlideWarning

_BLOCK: Final = 1 << 20
_WHOLE: Final = 64 << 20  # files up to this size are compared byte for byte


def without_copies(
    instances: Sequence[Instance], named: frozenset[Path]
) -> tuple[list[Instance], list[Ignored], list[tuple[str, SlideWarning]]]:
    """Keep one file of each SOP Instance UID: one that the user named, else the first.

    Returns the instances kept, the files left out with the reason, and a warning,
    beside the series it belongs to, for each UID that stands for different bytes.
    """
    kept: dict[str, Instance] = {}
    ignored: list[Ignored] = []
    warnings: list[tuple[str, SlideWarning]] = []
    for instance in sorted(instances, key=lambda each: each.path not in named):
        uid = instance.sop_instance or str(instance.path)
        first = kept.setdefault(uid, instance)
        if first is instance:
            continue
        used, other = _told_apart(first.path, instance.path)
        if _same_bytes(first.path, instance.path):
            reason = f"a copy of {used}"
        else:
            reason = f"has the same SOP Instance UID as {used}, but other content"
            sentence = (
                f"{used} and {other} have the same SOP Instance UID ({uid}), but not "
                f"the same content; {used} is used."
            )
            warnings.append(
                (first.series, SlideWarning("duplicate-uid", sentence, first.path))
            )
        ignored.append(Ignored(instance.path, reason, frozenset({first.path})))
    order = {id(instance): place for place, instance in enumerate(instances)}
    return sorted(kept.values(), key=lambda each: order[id(each)]), ignored, warnings


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
