"""Color of the conversion: profiles, what is declared of samples, what is shown."""

from collections.abc import Iterator, Sequence

from viewer.qa.color.declared import about_declared, declared_table, frame_pairs
from viewer.qa.color.profiles import (
    ProfilePair,
    about_profiles,
    profile_pairs,
    profile_table,
)
from viewer.qa.color.shown import about_shown, shown_colors, shown_facts, shown_lines
from viewer.qa.comparing import Comparing, Pixels
from viewer.qa.report.section import Section
from viewer.qa.sides import counted


def compare_color(comparing: Comparing) -> Section:
    """Compare ICC profiles, declared colors and the colors themselves; blocks.

    Only small regions are read, none where pixels are not to be decoded. Any thread;
    raises Cancelled.
    """
    profiles = profile_pairs(comparing)
    frames = frame_pairs(comparing)
    decodes = comparing.options.pixels is not Pixels.NONE
    shown = shown_colors(comparing) if decodes else []
    tables = [profile_table(profiles), declared_table(frames)]
    return Section(
        name="color",
        title="Color",
        findings=(
            *about_profiles(comparing, profiles),
            *about_declared(comparing, frames),
            *about_shown(comparing, shown),
        ),
        lines=(*_lines(profiles), *(shown_lines(shown) if decodes else ())),
        facts={
            "profiles": {each.what: each.verdict for each in profiles},
            "levels": [shown_facts(each) for each in shown],
        },
        tables=tuple(each for each in tables if each.rows),
    )


def _lines(profiles: Sequence[ProfilePair]) -> Iterator[str]:
    words = {
        "same": "the same bytes as in the source",
        "changed": "another one than the source",
        "lost": "none where the source has one",
        "added": "one that the source does not have",
        "none": "none, as in the source",
    }
    for verdict, what in words.items():
        count = sum(each.verdict == verdict for each in profiles)
        if count:
            yield (
                f"ICC profiles: {what}, in {counted(count, 'picture')} of the result."
            )
