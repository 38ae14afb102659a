"""The color chip: in a few words, and in sentences, what is done to colors."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from viewer.slide.channel_set import ChannelSet, Origin, PathState, path_name
from viewer.slide.model import ColorReading
from viewer.slide.warnings import SlideWarning
from viewer.window.slide_profiles import OpenedProfile, SlideProfiles, UsedProfile

_ARROW: Final = "\N{RIGHTWARDS ARROW}"
SRGB: Final = "sRGB"
_SCANNER: Final = "scnr"  # PS3.3 C.11.15.1.1 asks for an input device
_SWITCH: Final = "Y switches this off and on."
_SIGN: Final = "\N{WARNING SIGN}"
_CONTRADICTIONS: Final = frozenset({"color-label", "color-guessed"})
_OUTCOME: Final = "; shown as "  # where the facts of a contradiction end


class Chip(NamedTuple):
    """A few words for the status line, and the sentences behind them."""

    text: str
    tip: str


NOTHING: Final = Chip("", "")

PREPARING: Final = Chip(
    "ICC: preparing", "The slide's profile is being read; colors are as stored so far."
)


def managed(
    profiles: SlideProfiles, opened: Sequence[OpenedProfile], target: str = SRGB
) -> Chip:
    """Return the chip of a slide whose profiles are applied where they can be.

    `target` names what colors are converted to.
    """
    if profiles.is_grey or not profiles.used:
        return _without_profile(profiles)
    pairs = list(zip(profiles.used, opened, strict=True))
    good = [became for became in opened if became.correction is not None]
    several = len(pairs) > 1 or bool(profiles.without)
    where = [_where(used, several=several) for used, _became in pairs]
    sentences = [
        _sentence(place, became, target)
        for place, (_used, became) in zip(where, pairs, strict=True)
    ]
    if profiles.without:
        which = _levels(profiles.without)
        sentences.append(f"No profile in {which}: colors as stored.")
    if not good:
        return Chip("ICC profile broken", "\n".join(sentences))
    text = f"ICC: {_named(good)} {_ARROW} {target}"
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


def grey(channels: ChannelSet) -> Chip:
    """Return the chip of a slide whose grey samples are drawn as light."""
    on = [channels.states[number] for number in channels.on]
    sentences = [
        f"{path_name(state.path, number)}: {_range(state)}."
        for number, state in zip(channels.on, on, strict=True)
    ]
    sentences.append("An ICC profile does not apply to grey samples.")
    guessed = " (auto)" if any(each.origin is Origin.AUTO for each in on) else ""
    if len(channels.states) == 1:
        low, high = on[0].channel.low, on[0].channel.high
        text = f"grey {low:,.0f} to {high:,.0f}{guessed}"
    else:
        text = f"{len(on)} of {len(channels.states)} channels{guessed}"
    return Chip(text, "\n".join(sentences))


def with_reading(
    chip: Chip, reading: ColorReading, warnings: Sequence[SlideWarning]
) -> Chip:
    """Add to a chip which of two contradicting statements about color is believed."""
    facts = [
        each.message.partition(_OUTCOME)[0].removesuffix(".") + "."
        for each in warnings
        if each.code in _CONTRADICTIONS
    ]
    declared = reading is ColorReading.AS_DECLARED
    if not facts and not declared:
        return chip
    text = "as declared" if declared else "as encoded"
    mark = f"{_SIGN} " if facts else ""
    sentence = (
        f"Colors are shown {text}; Color > Show Colors as Declared switches, and is "
        "remembered for this slide."
    )
    tip = "\n".join([*facts, sentence, *filter(None, [chip.tip])])
    return Chip(f"{mark}{text}, {chip.text}" if chip.text else f"{mark}{text}", tip)


def _range(state: PathState) -> str:
    channel, origin = state.channel, state.origin
    return (
        f"{channel.low:,.0f} is black and {channel.high:,.0f} brightest "
        f"({origin.value})"
    )


def _without_profile(profiles: SlideProfiles) -> Chip:
    if profiles.is_grey:
        tip = "The samples are grey: an ICC profile does not apply to them."
        return Chip("grey, no ICC", tip)
    return Chip(
        "no ICC profile", "This slide has no ICC profile: colors are shown as stored."
    )


def _named(good: Sequence[OpenedProfile]) -> str:
    return good[0].name if len(good) == 1 else f"{len(good)} profiles"


def _where(used: UsedProfile, *, several: bool) -> str:
    if several and used.stored:
        return f"{_levels(used.stored).capitalize()}, {used.file}"
    return used.file


def _sentence(where: str, became: OpenedProfile, target: str) -> str:
    if became.correction is None:
        return f"{where}: {became.problem}. Colors are shown as stored."
    sentence = f"{where}: colors are converted from {became.name} to {target}."
    if became.device_class != _SCANNER:
        sentence += (
            f" The profile is of class {became.device_class or 'unknown'}, where DICOM "
            f"expects {_SCANNER} (an input device); that does not change the colors."
        )
    return sentence


def _levels(numbers: Sequence[int]) -> str:
    word = "level" if len(numbers) == 1 else "levels"
    return f"{word} {', '.join(str(number) for number in numbers)}"
