"""Concatenations: one image cut into several files (PS3.3 C.7.6.16.2.2.4).

Only headers are looked at. Whatever is wrong with a part has a sentence of its own, and
the other parts are used all the same.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.part_numbers import ordered, with_offsets
from viewer.slide.warnings import SlideWarning

Parts = list[Instance]
"""One image: an instance alone, or the parts of a concatenation in their order."""


class LeftOut(NamedTuple):
    """A part that is not used, and why."""

    instance: Instance
    reason: str


@dataclass
class Joined:
    """Images put together from files; filled by `join`.

    `lone` are files that name a concatenation but not how many parts it has.
    """

    images: list[Parts] = field(default_factory=list[Parts])
    left_out: list[LeftOut] = field(default_factory=list[LeftOut])
    warnings: list[SlideWarning] = field(default_factory=list[SlideWarning])
    lone: list[Instance] = field(default_factory=list[Instance])

    def warn(self, instance: Instance, sentence: str) -> None:
        """Add a warning; the sentence goes on after the name of the file."""
        message = f"{instance.path.name}: {sentence}."
        self.warnings.append(SlideWarning("concatenation", message, instance.path))


def join(instances: Sequence[Instance]) -> Joined:
    """Put the parts of concatenations together; each other file is an image."""
    joined = Joined()
    images = [
        ordered(parts, joined.warn) if parts[0].concatenation else parts
        for parts in images_of(instances)
    ]
    for parts in _adopted(images, joined):
        is_one = not parts[0].concatenation
        joined.images.append(parts if is_one else _joined(parts, joined))
    _warn_of_lone(joined)
    return joined


def images_of(instances: Iterable[Instance]) -> list[Parts]:
    """Sort instances by the image that they are parts of, in their order."""
    images: dict[Hashable, Parts] = {}
    for number, instance in enumerate(instances):
        images.setdefault(instance.concatenation or number, []).append(instance)
    return [sorted(parts, key=_order) for parts in images.values()]


def missing_parts(parts: Sequence[Instance]) -> list[int]:
    """Return the numbers of the parts that should be there too, as far as is told."""
    numbers = {part.concatenation_number for part in parts}
    return [n for n in range(1, _total(parts) + 1) if n not in numbers]


def missing_in_words(parts: Sequence[Instance]) -> str:
    """Return a clause about missing parts, such as "part 2 of 3 is missing"."""
    missing = missing_parts(parts)
    if not missing:
        return ""
    noun, verb = ("parts", "are") if len(missing) > 1 else ("part", "is")
    shown = ", ".join(map(str, missing[:_SHOWN]))
    shown += ", ..." if len(missing) > _SHOWN else ""
    return f"{noun} {shown} of {_total(parts)} {verb} missing"


def _joined(parts: Parts, joined: Joined) -> Parts:
    used = _without_doubles(_without_strangers(parts, joined), joined)
    used = _without_false_total(used, joined)
    _check_numbers(used, joined)
    return with_offsets(used, joined.warn, whole=not missing_parts(used))


def _warn_of_lone(joined: Joined) -> None:
    """Say once that nothing tells whether files have more parts (Orthanc)."""
    if not joined.lone:
        return
    others = len(joined.lone) - 1
    more = f", as {others} more of its slide" if others else ""
    joined.warn(
        joined.lone[0],
        "Concatenation UID without In-concatenation Total Number; taken for a whole "
        f"image{more}",
    )


_SHOWN: Final = 8
_MOST_PARTS: Final = 10_000


def _order(part: Instance) -> tuple[int, int]:
    return part.concatenation_number, part.concatenation_offset


def _total(parts: Sequence[Instance]) -> int:
    numbers = (part.concatenation_number for part in parts)
    totals = (part.concatenation_total for part in parts)
    return min(max(*numbers, *totals, 0), _MOST_PARTS)


def _adopted(images: Sequence[Parts], joined: Joined) -> Iterator[Parts]:
    """Take lone files into the concatenations whose missing part they are."""
    lone = [parts[0] for parts in images if len(parts) == 1]
    taken: set[int] = set()
    for parts in images:
        if id(parts[0]) in taken or not (
            parts[0].concatenation and missing_parts(parts)
        ):
            continue
        for orphan in lone:
            if id(orphan) in taken or orphan in parts or not _fits(parts, orphan):
                continue
            taken.add(id(orphan))
            number = orphan.concatenation_number
            joined.warn(
                orphan,
                f"its Concatenation UID is {orphan.concatenation or 'missing'}, not "
                f"that of {parts[0].path.name}, but it is part {number} that lacks "
                "there; it is used as that",
            )
            uid = parts[0].concatenation
            parts.append(replace(orphan, concatenation=uid))
    for parts in images:
        if len(parts) > 1 or id(parts[0]) not in taken:
            yield sorted(parts, key=_order)


def _fits(parts: Sequence[Instance], orphan: Instance) -> bool:
    """Whether a file is the very part that lies between those there are."""
    if orphan.concatenation_number not in missing_parts(parts):
        return False
    if any(_disagreement(part, orphan) for part in parts):
        return False
    begin = orphan.concatenation_offset
    end = begin + orphan.frames
    return all(
        part.concatenation_offset + part.frames <= begin
        if part.concatenation_number < orphan.concatenation_number
        else end <= part.concatenation_offset
        for part in parts
    )


def _without_strangers(parts: Parts, joined: Joined) -> Parts:
    """Leave out parts that cannot be of the same picture as most of them."""
    alike = [sum(not _disagreement(one, other) for one in parts) for other in parts]
    most = parts[alike.index(max(alike))]
    used: Parts = []
    for part in parts:
        reason = _disagreement(most, part)
        if reason:
            joined.left_out.append(LeftOut(part, reason))
            joined.warn(part, f"this part of a concatenation is not used: {reason}")
        else:
            used.append(part)
    for what, code in (("Transfer Syntax", _syntax), ("Photometric", _photometric)):
        usual = Counter(map(code, used)).most_common(1)[0][0]
        for part in used:
            if code(part) != usual:
                joined.warn(
                    part,
                    f"the {what} of part {part.concatenation_number} is {code(part)}, "
                    f"that of the others {usual}; each is read as it says",
                )
    return used


def _syntax(part: Instance) -> str:
    return part.header.transfer_syntax


def _photometric(part: Instance) -> str:
    return part.format.photometric


def _disagreement(one: Instance, other: Instance) -> str:
    """Return why two files cannot be parts of one picture, or nothing."""
    named = f"that of {one.path.name}"
    if one.patient and other.patient and one.patient != other.patient:
        return f"its Patient ID is not {named}"
    if one.container and other.container and one.container != other.container:
        return f"its Container Identifier is not {named}"
    for what, template, found, expected in (
        ("total pixel matrix", "{} x {}", other.size, one.size),
        ("tile size", "{} x {}", other.tile_size, one.tile_size),
        ("samples", "{} of {} bits", _samples(other), _samples(one)),
    ):
        if found != expected:
            told = template.format(*found)
            return f"its {what}: {told}, {named}: {template.format(*expected)}"
    return ""


def _samples(part: Instance) -> tuple[int, int]:
    return part.format.samples_per_pixel, part.format.bits_allocated


def _without_doubles(parts: Parts, joined: Joined) -> Parts:
    used: dict[int, Instance] = {}
    for part in parts:
        number = part.concatenation_number or -len(used) - 1
        first = used.setdefault(number, part)
        if first is not part:
            reason = (
                f"another part {number} of the concatenation; {first.path.name} is used"
            )
            joined.left_out.append(LeftOut(part, reason))
            joined.warn(part, f"not used, {reason}")
    return list(used.values())


def _without_false_total(parts: Parts, joined: Joined) -> Parts:
    """Leave aside a total of more parts where those there have every frame."""
    first, count = parts[0], len(parts)
    numbers = [part.concatenation_number for part in parts]
    if (
        first.layout != "TILED_FULL"
        or numbers != list(range(1, count + 1))
        or _total(parts) == count
        or sum(part.frames for part in parts) != first.tiles
    ):
        return parts
    are = "part that is there has" if count == 1 else f"{count} parts there have"
    joined.warn(
        first,
        f"In-concatenation Total Number is {_total(parts)}, but the {are} all "
        f"{first.tiles} frames",
    )
    return [replace(part, concatenation_total=count) for part in parts]


def _check_numbers(parts: Sequence[Instance], joined: Joined) -> None:
    first = parts[0]
    totals = sorted({part.concatenation_total for part in parts} - {0})
    highest = max(part.concatenation_number for part in parts)
    if len(parts) == 1 and not totals and highest <= 1:
        joined.lone.append(first)
    frames = sum(part.frames for part in parts)
    if len(parts) > 1 and not totals and frames < first.tiles:
        joined.warn(
            first,
            "In-concatenation Total Number is missing, and tiles are without frames; "
            f"whether there are parts after part {highest} is unknown",
        )
    if len(totals) > 1:
        told = ", ".join(map(str, totals))
        joined.warn(
            first,
            f"the parts of the concatenation give different totals ({told}); "
            f"{totals[-1]} is taken",
        )
    if totals and highest > totals[-1]:
        joined.warn(
            first,
            f"In-concatenation Total Number is {totals[-1]}, but there is a part "
            f"{highest}",
        )
    missing = missing_in_words(parts)
    if missing:
        joined.warn(
            first, f"{missing} from the concatenation; those tiles cannot be shown"
        )
