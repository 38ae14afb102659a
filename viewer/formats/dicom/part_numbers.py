"""Numbers of the parts of a concatenation: their order, and where their frames begin.

PS3.3 C.7.6.16.2.2.4. In-concatenation Number counts from 1, Concatenation Frame Offset
Number from 0.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from viewer.formats.dicom.instance import Instance

Warn = Callable[[Instance, str], None]
"""Takes a part and a clause that goes on after the name of its file."""


def ordered(parts: Sequence[Instance], warn: Warn) -> list[Instance]:
    """Return the parts in their order, with numbers that count from 1.

    Where they have none their frame offsets tell the order, else that of the files.
    """
    numbers = [part.concatenation_number for part in parts]
    total = max(part.concatenation_total for part in parts)
    if len(parts) < 2 or min(numbers) > 0:
        return list(parts)
    if not any(numbers):
        return _by_offset(parts, warn)
    is_from_0 = len(set(numbers)) == len(numbers) and (
        max(numbers) < total if total else max(numbers) == len(numbers) - 1
    )
    if not is_from_0:
        return list(parts)
    warn(parts[0], "In-concatenation Number counts from 0, expected from 1")
    return [
        replace(part, concatenation_number=part.concatenation_number + 1)
        for part in parts
    ]


def with_offsets(
    parts: Sequence[Instance], warn: Warn, *, whole: bool
) -> list[Instance]:
    """Return the parts with frames and offsets that follow one another.

    `whole`: no part is missing.
    """
    if len(parts) < 2:
        return list(parts)
    if _count_all(parts):
        warn(
            parts[0],
            f"Number of Frames is {parts[0].frames} in every part, which is that of "
            "the whole concatenation",
        )
        ends = [part.concatenation_offset for part in parts[1:]] + [parts[0].frames]
        return [
            replace(part, frames=end - part.concatenation_offset)
            for part, end in zip(parts, ends, strict=True)
        ]
    fixed = [part for run in _runs(parts, whole=whole) for part in _counted(run)]
    for part, other in zip(parts, fixed, strict=True):
        if part.concatenation_offset != other.concatenation_offset:
            warn(
                part,
                f"Concatenation Frame Offset Number is {part.concatenation_offset}, "
                f"expected {other.concatenation_offset}; the frames are counted in the "
                "order of the parts",
            )
            break
    for one, other in pairwise(fixed):
        if other.concatenation_offset < one.concatenation_offset + one.frames:
            warn(other, f"its frames have the numbers of some in {one.path.name}")
            break
    return fixed


def _by_offset(parts: Sequence[Instance], warn: Warn) -> list[Instance]:
    offsets = {part.concatenation_offset for part in parts}
    is_told = len(offsets) == len(parts)
    order = "their Concatenation Frame Offset Numbers" if is_told else "their files"
    warn(
        parts[0],
        f"In-concatenation Number is missing; the parts are in the order of {order}",
    )
    found: list[Instance] = []
    number, end = 0, 0
    for part in sorted(parts, key=lambda part: part.concatenation_offset):
        # What was between them is missing; how many files it was is not told.
        number += 2 if part.concatenation_offset > end else 1
        end = part.concatenation_offset + part.frames
        found.append(replace(part, concatenation_number=number))
    return found


def _count_all(parts: Sequence[Instance]) -> bool:
    """Whether each Number of Frames counts those of all parts (wsidicom#190)."""
    frames = parts[0].frames
    if parts[0].layout == "TILED_FULL" and frames != parts[0].tiles:
        return False
    offsets = [part.concatenation_offset for part in parts]
    return (
        all(part.frames == frames for part in parts)
        and all(one < other for one, other in pairwise(offsets))
        and offsets[-1] < frames
    )


def _runs(parts: Sequence[Instance], *, whole: bool) -> Iterator[list[Instance]]:
    """Yield parts between which none is missing."""
    run = [parts[0]]
    for one, other in pairwise(parts):
        follows = other.concatenation_number == one.concatenation_number + 1
        if not (whole or follows):
            yield run
            run = []
        run.append(other)
    yield run


def _counted(run: Sequence[Instance]) -> list[Instance]:
    """Return the parts of a run with offsets that most of them agree upon."""
    before, frames = list[int](), 0
    for part in run:
        before.append(frames)
        frames += part.frames
    begins = [
        part.concatenation_offset - count
        for part, count in zip(run, before, strict=True)
    ]
    first = run[0]
    usual = (first.concatenation_number - 1) * first.frames
    votes = Counter([*begins, usual] if usual in begins else begins)
    begin = votes.most_common(1)[0][0]
    if first.concatenation_number <= 1:
        begin = 0
    return [
        replace(part, concatenation_offset=begin + count)
        for part, count in zip(run, before, strict=True)
    ]
