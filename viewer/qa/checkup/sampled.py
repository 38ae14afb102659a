"""Frames that are read and decoded once, for all rules about what is in them."""

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any, Final
from zlib import crc32

import numpy as np

from viewer.codecs import is_encapsulated
from viewer.codecs.codestream import codestream_of
from viewer.formats.dicom.examination import Examined
from viewer.formats.dicom.frame_format import frame_bytes
from viewer.formats.dicom.frame_survey import FrameSurvey
from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.parts import Part, Parts
from viewer.qa.checkup.codestreams import PX2, PX3, Oddity, header_oddities
from viewer.qa.checkup.fragments import surveys
from viewer.qa.checkup.subject import Subject
from viewer.qa.checkup.tally import Look, Tally
from viewer.qa.finding import Severity
from viewer.qa.pixels.findings import PX6
from viewer.slide.errors import Cancelled, SlideError, UnsupportedCodec
from viewer.slide.geometry import Size
from viewer.slide.model import Empty, Samples, Slide, TileKey, stored_levels

SAMPLE: Final = 200
"""Frames of a file that are looked at unless all are asked for."""

SHORTEST: Final = 8
"""Frames looked at besides because they have the fewest bytes: fillers and stubs."""


def tallies(subject: Subject) -> Sequence[Tally]:
    """Look at frames of all files: a sample of each, or all; use `subject.once`.

    Raises Cancelled; what cannot be read at all is a case of PX6.
    """
    if subject.files:
        return [_of_file(subject, each) for each in subject.images]
    return [] if subject.slide is None else list(_of_levels(subject, subject.slide))


def chosen(frames: int, lengths: Sequence[int] | Any, *, every: bool) -> Sequence[int]:
    """Return the numbers of frames to look at, rising: spread out, and the shortest.

    `lengths` are their bytes where they are known, else nothing.
    """
    if every or frames <= SAMPLE:
        return range(frames)
    spread = np.linspace(0, frames - 1, SAMPLE).astype(np.int64)
    if len(lengths) == frames:
        few = np.argpartition(np.asarray(lengths), SHORTEST)[:SHORTEST]
        spread = np.union1d(spread, few)
    return [int(number) for number in spread]


def one_color(samples: Samples) -> int | None:
    """Return the color of all pixels, packed, within what JPEG may blur; else None."""
    if samples.ndim == 3:
        samples = samples[..., :3]
    for step in (16, 1):  # nearly every frame is told by few of its pixels
        some = samples[::step, ::step]
        if int((some.max((0, 1)) - some.min((0, 1))).max()) > _BLUR:
            return None
    middle = np.atleast_1d(samples[samples.shape[0] // 2, samples.shape[1] // 2])
    return int.from_bytes(middle.astype(">u2").tobytes(), "big")


_BLUR: Final = 2
_NO_LENGTHS: Final = ()


def _of_file(subject: Subject, examined: Examined) -> Tally:
    instance = examined.instance
    assert instance is not None  # noqa: S101  images have one
    tally = Tally(
        name=examined.path.name,
        file=examined.path,
        level=subject.level_of(examined.path),
        total=instance.frames,
        grid=instance.grid,
        is_color=instance.format.is_color,
        is_raster=instance.layout == "TILED_FULL" and not instance.concatenation,
    )
    survey = subject.once(surveys).get(examined.path)
    lengths = _NO_LENGTHS if survey is None else survey.frame_lengths
    try:
        parts = Parts([instance], lambda _code, _sentence: None)
    except UnsupportedCodec as error:  # which is no fault of the file
        clause = f"frames were not looked at ({str(error).removesuffix('.')})"
        unread = Oddity(PX6, clause, severity=Severity.WARNING, kind="unread")
        tally.add(Look(0, (unread,), None))
        return tally
    except SlideError as error:
        tally.add(Look(0, (_undecodable(str(error)),), None))
        return tally
    try:
        part = next(iter(parts))
        is_whole = survey is not None and survey.is_whole
        frames = _most_frames(instance, survey)
        numbers = chosen(frames, lengths, every=subject.all_frames)
        looks = subject.run.each(
            lambda number: _look(part, number, is_whole=is_whole),
            numbers,
            f"Frames of {examined.path.name}",
            len(numbers),
        )
        for look in looks:
            tally.add(look)
    finally:
        parts.close()
    return tally


def _most_frames(instance: Instance, survey: FrameSurvey | None) -> int:
    """Return how many frames there can be: Number of Frames may be any number."""
    if survey is None:
        return min(instance.frames, SAMPLE)
    if survey.items is None:
        length = frame_bytes(instance.format) or 1
        return min(instance.frames, 1 + survey.size // length)
    tables = [each for each in (survey.basic, survey.extended) if each is not None]
    return min(instance.frames, max(survey.items.count, *map(len, tables), 1))


def _look(part: Part, number: int, *, is_whole: bool) -> Look:
    name = part.instance.path.name
    try:
        data = part.frames.read(number)
    except SlideError as error:
        # That frames are not there is told once, by rules about items and lengths.
        odd = (_undecodable(_bare(str(error), name)),) if is_whole else ()
        return Look(number, odd, None)
    if data is None:
        return Look(number, (), None)
    oddities = list(header_oddities(data, part.instance.format))
    color = None
    try:
        decoded = part.decoder.decode(data, extent=_extent(data, part.instance))
    except SlideError as error:
        # Of another size it is refused for that, which has been said.
        if not any(each.rule is PX3 for each in oddities):
            oddities.append(_undecodable(str(error)))
    else:
        if decoded.damage is not None:
            oddities.append(_damaged(decoded.damage))
        oddities.extend(
            _odd_kind(finding.code, finding.message)
            for finding in decoded.findings
            if finding.code in _ODD_KINDS
        )
        color = one_color(decoded.samples)
    return Look(number, tuple(oddities), _mark(data), color)


def _extent(data: bytes, instance: Instance) -> Any:
    """Let a frame pass that is cut at the edge: another rule tells of its size."""
    if not is_encapsulated(instance.format.transfer_syntax):
        return None
    found = codestream_of(data)
    size = None if found is None else found.size
    if size is None or size.width > instance.tile_size.width:
        return None
    return None if size.height > instance.tile_size.height else size


def _mark(data: bytes) -> int:
    return crc32(data) << 32 | len(data)


_ODD_KINDS: Final[Mapping[str, str]] = {
    "transfer-syntax": "a frame of the kind that the Transfer Syntax names",
    "boxed-codestream": "a bare codestream",
}


def _odd_kind(code: str, message: str) -> Oddity:
    severity = Severity.ERROR if code == "transfer-syntax" else Severity.WARNING
    return Oddity(
        PX2,
        message.partition(";")[0],
        expected=_ODD_KINDS[code],
        tag="FileMetaInformation.TransferSyntaxUID",
        severity=severity,
        kind=code,
    )


def _undecodable(reason: str) -> Oddity:
    clause = f"a frame cannot be decoded ({reason.removesuffix('.')})"
    return Oddity(PX6, clause, "", "a whole codestream", "PixelData", kind="broken")


def _damaged(reason: str) -> Oddity:
    clause = f"a frame is damaged ({reason.removesuffix('.')})"
    return Oddity(PX6, clause, "", "a whole codestream", "PixelData", kind="damaged")


def _bare(sentence: str, name: str) -> str:
    return sentence.removeprefix(f"{name}: ")


def _of_levels(subject: Subject, slide: Slide) -> Iterator[Tally]:
    """Look at tiles, whatever the format keeps them in, and at associated images."""
    for number in stored_levels(slide):
        level = slide.levels[number]
        layers = len(slide.focal_planes), len(slide.optical_paths)
        total = level.columns * level.rows * prod(layers)
        tally = Tally(
            name=slide.name if level.file is None else level.file.name,
            file=level.file,
            level=number,
            total=total,
            grid=Size(level.columns, level.rows),
            is_color=slide.optical_paths[0].grey_range is None,
        )
        numbers = chosen(total, _NO_LENGTHS, every=subject.all_frames)
        keys = (_key(slide, number, place) for place in numbers)
        what = f"Tiles of level {number}"
        looks = subject.run.each(
            lambda key: _tile_look(slide, *key), keys, what, len(numbers)
        )
        for look in looks:
            tally.add(look)
        yield tally
    for role, image in slide.associated.items():
        tally = Tally(f"{image.file.name}, {role}", image.file, None, 1, Size(1, 1))
        try:
            tally.add(Look(0, (), _mark(image.read().tobytes())))
        except SlideError as error:
            tally.add(Look(0, (_undecodable(str(error)),), None))
        yield tally


def _key(slide: Slide, level: int, place: int) -> tuple[TileKey, int]:
    columns, rows = slide.levels[level].columns, slide.levels[level].rows
    layer, within = divmod(place, columns * rows)
    row, column = divmod(within, columns)
    path, plane = divmod(layer, len(slide.focal_planes))
    return TileKey(slide.serial, level, column, row, plane, path), place


def _tile_look(slide: Slide, key: TileKey, place: int) -> Look:
    try:
        samples = slide.read_samples(key)
    except Cancelled:
        raise
    except SlideError as error:
        return Look(place, (_undecodable(str(error)),), None)
    if isinstance(samples, Empty):
        return Look(place, (), None)
    damage = slide.damaged.get(key)
    oddities = () if damage is None else (_damaged(damage),)
    return Look(place, oddities, _mark(samples.tobytes()), one_color(samples))
