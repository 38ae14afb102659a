"""Which ICC profiles the levels of a slide have, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from viewer.slide.correction import Corrections
from viewer.slide.model import Slide

if TYPE_CHECKING:  # numpy would be in the way of the window's first paint
    from viewer.codecs.icc import TableCorrection


@dataclass(frozen=True)
class UsedProfile:
    """One distinct profile of an optical path.

    `levels` are places in `Slide.levels`, `stored` those of them that files hold, as
    the user counts them. `file` is the name of the first file that holds it.
    """

    icc: bytes
    levels: tuple[int, ...]
    stored: tuple[int, ...]
    file: str


@dataclass(frozen=True)
class SlideProfiles:
    """All profiles of an optical path, by the finest level that has each.

    `without` counts the stored levels that have none. `is_grey` says that samples of
    the path have no color that a profile could speak of.
    """

    optical_path: int
    used: tuple[UsedProfile, ...]
    without: tuple[int, ...]
    is_grey: bool = False

    @classmethod
    def of(cls, slide: Slide, optical_path: int = 0) -> "SlideProfiles":
        """Gather the profiles; nothing is read. Equal ones are found by their bytes."""
        distinct: list[bytes] = []
        levels: list[list[int]] = []
        without: list[int] = []
        counted = _counted(slide)
        for number in range(len(slide.levels)):
            icc = slide.icc_profile(number, optical_path)
            if icc is None:
                without += counted[number]
            elif icc in distinct:
                levels[distinct.index(icc)].append(number)
            else:
                distinct.append(icc)
                levels.append([number])
        used = tuple(
            UsedProfile(
                icc,
                tuple(numbers),
                tuple(each for number in numbers for each in counted[number]),
                _file_name(slide, numbers[0]),
            )
            for icc, numbers in zip(distinct, levels, strict=True)
        )
        is_grey = slide.optical_paths[optical_path].grey_range is not None
        return cls(optical_path, used, tuple(without), is_grey)


@dataclass(frozen=True)
class OpenedProfile:
    """What became of a profile: a correction, or the sentence that says why not.

    `target` is the profile of the display, None that of sRGB.
    """

    icc: bytes
    name: str
    device_class: str
    correction: "TableCorrection | None"
    problem: str = ""
    target: bytes | None = None


def corrections_of(
    profiles: SlideProfiles, opened: Sequence[OpenedProfile]
) -> Corrections:
    """Return the corrections of all levels whose profile could be opened."""
    path = profiles.optical_path
    return Corrections(
        {
            (level, path): became.correction
            for used, became in zip(profiles.used, opened, strict=True)
            if became.correction is not None
            for level in used.levels
        }
    )


def _counted(slide: Slide) -> list[list[int]]:
    """Return each level's number among the stored ones, in a list; empty if it is none.

    That is how levels are numbered on the screen and on the command line.
    """
    stored = 0
    counted: list[list[int]] = []
    for level in slide.levels:
        counted.append([stored] if level.stored else [])
        stored += level.stored
    return counted


def _file_name(slide: Slide, level: int) -> str:
    file = slide.levels[level].file
    return slide.name if file is None else file.name
