"""The frames of label, overview and thumbnail, compared; nothing is decoded."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from viewer.qa.bits.frame_match import FrameMatcher, Match, Recoding
from viewer.qa.comparing import Comparing
from viewer.qa.sides import called, capital
from viewer.slide.errors import Cancelled, SlideError
from viewer.slide.files import EncodedFrame
from viewer.slide.model import Slide


@dataclass(frozen=True, slots=True)
class AssociatedBits:
    """What the frames of one such image are to each other.

    Where they cannot be compared `matches` is empty, and `reason` is a sentence that
    says why.
    """

    role: str
    matches: tuple[Match, ...] = ()
    recodings: Counter[Recoding] = field(default_factory=Counter[Recoding])
    reason: str = ""

    @property
    def is_same(self) -> bool | None:
        """Whether all are the same bits; None where they cannot be compared."""
        if not self.matches:
            return None
        return all(each.is_same for each in self.matches)


def compare_associated(comparing: Comparing) -> tuple[AssociatedBits, ...]:
    """Compare what is stored of the images that both have; blocks. Raises Cancelled."""
    roles = comparing.pairing.associated
    run = comparing.run
    return tuple(
        run.each(
            lambda role: _compared(comparing, role),
            roles,
            "comparing label, overview and thumbnail",
            len(roles),
        )
    )


def _compared(comparing: Comparing, role: str) -> AssociatedBits:
    try:
        ours = _frames(comparing.a, role, called(comparing.a, "a"))
        theirs = _frames(comparing.b, role, called(comparing.b, "b"))
    except Cancelled:
        raise
    except SlideError as error:
        return AssociatedBits(role, reason=capital(str(error)))
    if len(ours) != len(theirs):
        return AssociatedBits(
            role,
            reason=f"It is stored in {len(ours)} pieces in the source and in "
            f"{len(theirs)} in the result.",
        )
    matched = FrameMatcher().match(ours, theirs)
    matches = tuple(Match(int(each)) for each in matched.matches)
    return AssociatedBits(role, matches, matched.recodings)


def _frames(slide: Slide, role: str, whose: str) -> Sequence[EncodedFrame]:
    read_frames = slide.associated[role].read_frames
    if read_frames is None:
        raise SlideError(
            f"{whose} is read by OpenSlide, which gives pixels and no frames."
        )
    frames = read_frames()
    if not frames:
        raise SlideError(f"the {role} of {whose} has no bytes.")
    return frames
