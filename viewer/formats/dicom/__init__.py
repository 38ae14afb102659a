"""DICOM whole-slide files -> slides."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from viewer.formats.dicom.associated import associated_image
from viewer.formats.dicom.belonging import left_out
from viewer.formats.dicom.completeness import check_completeness
from viewer.formats.dicom.copies import without_copies
from viewer.formats.dicom.grouping import group
from viewer.formats.dicom.header import is_dicom, read_header
from viewer.formats.dicom.instance import Instance, read_instance
from viewer.formats.dicom.label_texts import label_texts, scanner_of
from viewer.formats.dicom.layering import Layering
from viewer.formats.dicom.levels import NoLevel, open_levels, reason_of
from viewer.formats.dicom.metadata import read_metadata
from viewer.formats.dicom.optical_paths import without_repeats
from viewer.formats.dicom.placing import placement_of
from viewer.formats.dicom.slide_plan import SlidePlan
from viewer.formats.dicom.strangers import Stranger
from viewer.formats.dicom.supplements import supplemented
from viewer.formats.dicom.unreadable import UnreadableInstance, add_unreadable
from viewer.formats.files import RandomAccessFile
from viewer.formats.identity import identity_of
from viewer.formats.notes import Notes
from viewer.formats.opening import Format, Ignored, Opened, OpenOptions, Wish
from viewer.formats.pyramid import SlideFacts, TiledSlide
from viewer.slide.errors import BrokenFile, SlideError
from viewer.slide.model import Personality

__all__ = ["FORMAT", "open_dicom"]


def open_dicom(wish: Wish, options: OpenOptions) -> Opened:
    """Open the slides that the files hold; a broken slide becomes an ignored file."""
    instances, ignored, strangers, unreadable = _read_headers(wish, options)
    instances, copies, copy_warnings = without_copies(instances, wish.named)
    plans, unclaimed = group(instances)
    ignored += copies + unclaimed + left_out(strangers, plans)
    ignored += add_unreadable(unreadable, plans)
    if wish.only is not None:
        plans = [plan for plan in plans if _holds(plan, wish.only)]
        ignored = [each for each in ignored if _concerns(each, wish.only, plans)]
    slides: list[TiledSlide] = []
    for plan in plans:
        plan.warnings.extend(
            warning
            for series, warning in copy_warnings
            if series == (plan.base.series, plan.base.edition)
        )
        try:
            slides.append(_open_plan(plan))
        except SlideError as error:
            ignored.extend(_not_opened(plan, error))
    return Opened(tuple(slides), tuple(ignored))


def _recognize(head: bytes, path: Path) -> bool:  # noqa: ARG001  content decides
    return is_dicom(head)


FORMAT = Format("dicom", _recognize, open_dicom)


class _Read(NamedTuple):
    """What the files are that were looked at."""

    instances: list[Instance]
    ignored: list[Ignored]
    strangers: list[tuple[Path, Stranger]]
    unreadable: list[tuple[Path, UnreadableInstance]]


def _read_headers(wish: Wish, options: OpenOptions) -> _Read:
    instances, ignored, strangers, unreadable = read = _Read([], [], [], [])
    for done, path in enumerate(wish.files):
        options.report(done, len(wish.files))
        try:
            instances.append(_read_instance(path))
        except Stranger as stranger:
            strangers.append((path, stranger))
        except UnreadableInstance as error:
            unreadable.append((path, error))
        except SlideError as error:
            ignored.append(Ignored(path, str(error)))
    options.report(len(wish.files), len(wish.files))
    return read


def _read_instance(path: Path) -> Instance:
    file = RandomAccessFile(path)
    try:
        header = supplemented(read_header(file), file)
        try:
            return read_instance(header)
        except BrokenFile as error:
            raise UnreadableInstance(str(error), header) from error
    finally:
        file.close()


def _holds(plan: SlidePlan, path: Path) -> bool:
    return any(role.path == path for role in plan.roles)


def _concerns(ignored: Ignored, only: Path, plans: Sequence[SlidePlan]) -> bool:
    """Say whether a left-out file matters to who asked for the slide of one file."""
    used = {role.path for plan in plans for role in plan.roles}
    return ignored.path == only or not used.isdisjoint(ignored.concerns)


def _not_opened(plan: SlidePlan, error: SlideError) -> list[Ignored]:
    """Say of each file of a slide why it is not shown."""
    base = plan.base.path
    reasons = dict(error.reasons) if isinstance(error, NoLevel) else {base: str(error)}
    why = reason_of(base, str(error))
    for role in plan.roles:
        reason = (
            f"{role.path.name} belongs to the slide of {base.name}, which cannot be "
            f"opened: {why}."
        )
        reasons.setdefault(role.path, reason)
    concerns = frozenset(reasons)
    return [Ignored(path, why, concerns - {path}) for path, why in reasons.items()]


def _open_plan(plan: SlidePlan) -> TiledSlide:
    check_completeness(plan)
    notes = Notes(without_repeats(plan.warnings))
    plan, layering = open_levels(plan, notes)
    try:
        facts = _facts(plan, layering, notes)
        return TiledSlide(layering.images, facts, notes, layering.unlike)
    except BaseException:
        layering.close()
        raise


def _facts(plan: SlidePlan, layering: Layering, notes: Notes) -> SlideFacts:
    by_path = {role.path: role for role in plan.roles}
    return SlideFacts(
        name=plan.name,
        format="dicom",
        optical_paths=layering.optical_paths,
        focal_planes=layering.focal_planes,
        associated={
            role: associated_image(instance, plan.base, notes)
            for role, instance in plan.associated.items()
        },
        files=tuple(by_path.values()),
        read_metadata=read_metadata,
        find_personalities=lambda: _personalities(plan.base, notes),
        scanner=scanner_of(plan.base),
        label_texts=label_texts(plan.base, plan.associated.get("label")),
        placement=placement_of(plan.base),
        identity=identity_of(plan.base.series, plan.base.sop_instance),
    )


def _personalities(base: Instance, notes: Notes) -> Sequence[Personality]:
    from viewer.formats.dicom.dual import tiff_side

    problem = tiff_side(base)
    if problem is None:
        return ("dicom", "tiff")
    if problem:
        notes.warn("tiff-side", f"{base.path.name}: {problem}.", base.path)
    return ("dicom",)
