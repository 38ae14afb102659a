"""What a TIFF file's directories say that cannot all be true: reasons to warn.

tifffile leaves out what it cannot read without a word: here is what tells of it.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from viewer.formats.files import ReadableFile
from viewer.formats.tiff.directory import UNCOMPRESSED, UPRIGHT, Directory

_GREY = (0, 1)  # WhiteIsZero, BlackIsZero
_TURNED = {
    2: "to be mirrored left to right",
    3: "to be turned by 180 degrees",
    4: "to be mirrored top to bottom",
    5: "to be mirrored along its diagonal",
    6: "to be turned by 90 degrees clockwise",
    7: "to be mirrored along its other diagonal",
    8: "to be turned by 90 degrees counterclockwise",
}  # TIFF 6.0, 36
_HEADER = 8  # bytes at the beginning of a classic TIFF file; more in BigTIFF


def objections(file: ReadableFile, page: Any, directory: Directory) -> Iterator[str]:
    """Yield clauses about one directory and those below it; none where it is sound.

    `page` is tifffile's. Raises BrokenFile from reading.
    """
    form = page.parent.tiff
    entries = _number(file, page.offset, form.tagnosize, form)
    if entries != len(page.tags):
        yield f"{directory.name} has {entries} tags, of which {len(page.tags)} are read"
    codes = [tag.code for tag in page.tags]
    if any(code >= following for code, following in pairwise(codes)):
        yield f"{directory.name} has tags out of order, some may not be what they were"
    told = len(page.subifds or ())
    if told > len(directory.below):
        yield (
            f"{directory.name} names {told} directories below it, of which "
            f"{len(directory.below)} are read; levels may be missing"
        )
    place = page.offset, page.offset + form.tagnosize + entries * form.tagsize
    for each in (directory, *directory.below):
        for clause in _of_samples(each, place):
            yield f"{each.name} {clause}"


def broken_chain(file: ReadableFile, page: Any) -> str | None:
    """Say where the last directory that was read names another; else None."""
    form = page.parent.tiff
    entries = _number(file, page.offset, form.tagnosize, form)
    end = page.offset + form.tagnosize + entries * form.tagsize
    following = _number(file, end, form.offsetsize, form)
    if not following:
        return None
    return (
        f"the chain of TIFF directories goes on at byte {following}, where there is "
        "none that was not read before; levels or pictures may be missing"
    )


def _of_samples(directory: Directory, place: tuple[int, int]) -> Iterator[str]:
    if _overlaps(directory, place):
        yield (
            "has tiles or strips that overlap in the file; some may show what is not"
            " theirs"
        )
    if directory.orientation != UPRIGHT:
        turned = _TURNED.get(directory.orientation, "a number without a meaning")
        yield (
            f"has Orientation {directory.orientation} ({turned}); it is shown as it is"
            " stored"
        )
    colors = directory.samples - directory.alpha
    if directory.photometric in _GREY and colors > 1:
        yield f"is said to be grey, but has {colors} samples a pixel"
    surplus = _surplus(directory)
    if surplus > 0:
        yield f"has {surplus} bytes more than its uncompressed samples"
    absent = int(((directory.counts == 0) & (directory.offsets > 0)).sum())
    if absent:
        yield f"has {absent} tiles or strips with a place but no bytes"


def _number(file: ReadableFile, offset: int, size: int, form: Any) -> int:
    octets = file.read_some(offset, size)
    return int.from_bytes(octets, "big" if form.byteorder == ">" else "little")


def _surplus(directory: Directory) -> int:
    """Return how much longer uncompressed samples are than their size asks for."""
    if directory.compression != UNCOMPRESSED or directory.subsampling != (1, 1):
        return 0
    together = 1 if directory.planar == 2 else directory.samples
    planes = directory.samples if directory.planar == 2 else 1
    if directory.is_tiled:
        width, height = directory.segment
        height *= directory.offsets.size
        planes = 1  # each has segments of its own
    else:
        width, height = directory.size
    due = -(-width * together * directory.bits // 8) * height * planes
    return int(directory.counts.sum()) - due


def _overlaps(directory: Directory, place: tuple[int, int]) -> bool:
    """Whether segments reach into each other, the header or the directory at `place`.

    Two may be one and the same.
    """
    order = np.argsort(directory.offsets, kind="stable")
    starts, counts = directory.offsets[order], directory.counts[order]
    stored = counts > 0
    starts, ends = starts[stored], (starts + counts)[stored]
    if ((starts < _HEADER) | ((starts < place[1]) & (place[0] < ends))).any():
        return True
    return bool(((starts[1:] < ends[:-1]) & (starts[1:] != starts[:-1])).any())
