"""Which slide a file belongs to that is no part of its picture."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from viewer.formats.dicom.slide_plan import SlidePlan
from viewer.formats.dicom.strangers import Links, Stranger
from viewer.formats.opening import Ignored


def left_out(
    strangers: Iterable[tuple[Path, Stranger]], plans: Sequence[SlidePlan]
) -> list[Ignored]:
    """Return why each file is left out, with the slide it belongs to if it is here.

    That is the slide whose instances or series the file refers to, whose series it is
    in, or else whose Frame of Reference it has in the same study.
    """
    found: list[Ignored] = []
    for path, stranger in strangers:
        plan = _slide_of(stranger.links, plans)
        if plan is None:
            found.append(Ignored(path, str(stranger)))
            continue
        base = plan.base.path
        reason = f"{stranger} It belongs to the slide of {base.name}."
        found.append(Ignored(path, reason, frozenset({base})))
    return found


def _slide_of(links: Links, plans: Sequence[SlidePlan]) -> SlidePlan | None:
    for plan in plans:
        own = {each.sop_instance for level in plan.levels for each in level}
        own |= {each.sop_instance for each in plan.associated.values()}
        if not own.isdisjoint(links.referenced):
            return plan
    for plan in plans:
        series = plan.base.series
        if series and (series == links.series or series in links.referenced):
            return plan
    for plan in plans:
        place = (plan.base.study, plan.base.frame_of_reference)
        if all(place) and place == (links.study, links.frame_of_reference):
            return plan
    return None
