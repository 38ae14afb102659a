"""The color chip: in a few words, and in sentences, what is done to colors."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from viewer.window.slide_profiles import OpenedProfile, SlideProfiles, UsedProfile

_ARROW: Final = "\N{RIGHTWARDS ARROW} sRGB"
_SCANNER: Final = "scnr"  # PS3.3 C.11.15.1.1 asks for an input device
_SWITCH: Final = "Y switches this off and on."


class Chip(NamedTuple):
    """A few words for the status line, and the sentences behind them."""

    text: str
    tip: str


NOTHING: Final = Chip("", "")

PREPARING: Final = Chip(
    "ICC: preparing", "The slide's profile is being read; colors are as stored so far."
)


def managed(profiles: SlideProfiles, opened: Sequence[OpenedProfile]) -> Chip:
    """Return the chip of a slide whose profiles are applied where they can be."""
    if profiles.is_grey or not profiles.used:
        return _without_profile(profiles)
    pairs = list(zip(profiles.used, opened, strict=True))
    good = [became for became in opened if became.correction is not None]
    several = len(pairs) > 1 or bool(profiles.without)
    sentences = [_sentence(used, became, several=several) for used, became in pairs]
    if profiles.without:
        which = _levels(profiles.without)
        sentences.append(f"No profile in {which}: colors as stored.")
    if not good:
        return Chip("ICC profile broken", "\n".join(sentences))
    text = f"ICC: {_named(good)} {_ARROW}"
    if len(good) < len(pairs):
        text += ", one broken" if len(pairs) - len(good) == 1 else ", some broken"
    elif profiles.without:
        text += ", not all levels"
    return Chip(text, "\n".join([*sentences, _SWITCH]))


def unmanaged(profiles: SlideProfiles) -> Chip:
    """Return the chip of a slide whose profiles are left out."""
    if profiles.is_grey or not profiles.used:
        return _without_profile(profiles)
    return Chip("ICC off (Y)", f"Colors are shown as stored. {_SWITCH}")


def _without_profile(profiles: SlideProfiles) -> Chip:
    if profiles.is_grey:
        tip = "The samples are grey: an ICC profile does not apply to them."
        return Chip("grey, no ICC", tip)
    return Chip(
        "no ICC profile", "This slide has no ICC profile: colors are shown as stored."
    )


def _named(good: Sequence[OpenedProfile]) -> str:
    return good[0].name if len(good) == 1 else f"{len(good)} profiles"


def _sentence(used: UsedProfile, became: OpenedProfile, *, several: bool) -> str:
    where = used.file
    if several and used.stored:
        where = f"{_levels(used.stored).capitalize()}, {used.file}"
    if became.correction is None:
        return f"{where}: {became.problem}. Colors are shown as stored."
    sentence = f"{where}: colors are converted from {became.name} to sRGB."
    if became.device_class != _SCANNER:
        sentence += (
            f" The profile is of class {became.device_class or 'unknown'}, where DICOM "
            f"expects {_SCANNER} (an input device); that does not change the colors."
        )
    return sentence


def _levels(numbers: Sequence[int]) -> str:
    word = "level" if len(numbers) == 1 else "levels"
    return f"{word} {', '.join(str(number) for number in numbers)}"
