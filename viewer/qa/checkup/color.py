"""Rules about color profiles, and about channels that are really colors."""

from collections.abc import Iterator
from typing import Final

from viewer.codecs.icc import profile_description, profile_problem
from viewer.codecs.icc_summary import HEADER_BYTES, profile_findings
from viewer.formats.dicom.examination import Examined
from viewer.formats.dicom.facts import items, text
from viewer.qa.checkup.subject import Check, Subject, no_slide
from viewer.qa.checkup.warned import in_words
from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.sides import file_name
from viewer.slide.errors import BrokenFrame
from viewer.slide.model import Empty, Slide, TileKey, stored_levels

CO1: Final = Rule(
    id="CO1",
    severity=Severity.WARNING,
    title="every color image has the same ICC profile",
    why="Without the scanner's profile colors look duller or other than they were.",
    clause="PS3.3 C.8.12.5",
    evidence="wsidicomizer#95, wsidicomizer#66, openslide#637",
    number=17,
)
CO2: Final = Rule(
    id="CO2",
    severity=Severity.WARNING,
    title="the ICC profile is one of an input device for RGB",
    why="Programs may refuse the profile, and then show colors as they are stored.",
    clause="PS3.3 C.11.15.1.1",
    evidence="wsidicomizer, Bio-Formats and Orthanc write class mntr",
    number=17,
)
PX4: Final = Rule(
    id="PX4",
    severity=Severity.WARNING,
    title="three channels are no split colors",
    why="Red, green and blue stored as channels are shown in three made-up colors.",
    evidence="slim#95",
)

PROFILE: Final = "OpticalPathSequence[0].ICCProfile"

_VERSIONS: Final = (2, 4, 5)
_NAMES: Final = {
    "SRGB": "srgb",
    "ADOBERGB": "adobe",
    "ROMMRGB": "romm",
}
"""Color Space (0028,2002) and a word of the description of such a profile."""

_LIGHT: Final = 0.92  # of the brightest sample
_MOSTLY: Final = 0.5
_TILES: Final = 16


def _same_profile(subject: Subject) -> Iterator[Finding]:
    without, by_profile = _profiles(subject)
    if not by_profile and not without:
        yield from _without_dicom(subject)
        return
    if without:
        are = "have" if len(without) > 1 else "has"
        paths = [each.path for each in without]
        yield CO1.finding(
            f"{in_words(paths)} {are} no ICC profile, expected one for color.",
            file=paths[0],
            level=subject.level_of(paths[0]),
            tag=PROFILE,
            expected="a profile",
        )
    first = next(iter(by_profile), b"")
    for icc, files in list(by_profile.items())[1:]:
        yield CO1.finding(
            f"{in_words([each.path for each in files])}: the ICC profile is "
            f"{_described(icc)}, expected that of {by_profile[first][0].path.name} "
            f"({_described(first)}).",
            file=files[0].path,
            level=subject.level_of(files[0].path),
            tag=PROFILE,
            found=_described(icc),
            expected=_described(first),
        )


def _profiles(subject: Subject) -> tuple[list[Examined], dict[bytes, list[Examined]]]:
    """Return the color images without a profile, and those with each profile."""
    without: list[Examined] = []
    by_profile: dict[bytes, list[Examined]] = {}
    for each in subject.images:
        if each.instance is None or not each.instance.format.is_color:
            continue
        for icc in dict.fromkeys(
            path.icc_profile for path in each.instance.optical_paths
        ):
            files = without if icc is None else by_profile.setdefault(icc, [])
            files.append(each)
    return without, by_profile


def _without_dicom(subject: Subject) -> Iterator[Finding]:
    """Look at a slide of another format, which need not have a profile."""
    slide = subject.slide
    if slide is None or subject.files:
        return
    for path in slide.optical_paths:
        if path.grey_range is None and path.icc_profile is None:
            yield CO1.finding(
                f"{file_name(slide)} has no ICC profile; its colors are taken for "
                "sRGB.",
                Severity.NOTE,
                file=slide.levels[0].file,
                expected="a profile",
            )
            return


def _described(icc: bytes) -> str:
    return f"{profile_description(icc)!r}, {len(icc):,} bytes"


def _right_profile(subject: Subject) -> Iterator[Finding]:
    _, by_profile = _profiles(subject)
    for icc, files in by_profile.items():
        name = in_words([each.path for each in files])
        for clause in [*_faults(icc), *_misnamed(icc, files[0])]:
            yield CO2.finding(
                f"{name}: {clause}.",
                file=files[0].path,
                level=subject.level_of(files[0].path),
                tag=PROFILE,
                found=_described(icc),
                expected="an input profile (scnr) for RGB",
            )
    slide = subject.slide
    for path in () if slide is None or subject.files else slide.optical_paths:
        # Class mntr is no fault outside of DICOM.
        for clause in [] if path.icc_profile is None else _faults(path.icc_profile):
            is_class = "of class" in clause
            yield CO2.finding(
                f"{'' if slide is None else file_name(slide)}: {clause}.",
                Severity.NOTE if is_class else Severity.WARNING,
                file=None if slide is None else slide.levels[0].file,
            )


def _faults(icc: bytes) -> list[str]:
    found = [each.message for each in profile_findings(icc)]
    if len(icc) < HEADER_BYTES or any(
        each.code == "icc-broken" for each in profile_findings(icc)
    ):
        return found
    if icc[8] not in _VERSIONS:
        found.append(f"the ICC profile is of version {icc[8]}, expected 2 or 4")
    problem = profile_problem(icc)
    return [*found, problem] if problem else found


def _misnamed(icc: bytes, file: Examined) -> Iterator[str]:
    """Yield where Color Space names another profile than its description does."""
    for item in items(file.dataset, "OpticalPathSequence"):
        named = text(item, "ColorSpace")
        description = profile_description(icc)
        known = {word for word in _NAMES.values() if word in description.lower()}
        word = _NAMES.get(named.upper())
        if word and known and word not in known:
            yield (
                f"Color Space is {named}, but the ICC profile calls itself "
                f"{description!r}"
            )


def _no_split_colors(subject: Subject) -> Iterator[Finding]:
    slide = subject.slide
    if slide is None or len(slide.optical_paths) != 3:
        return
    if any(path.grey_range is None for path in slide.optical_paths):
        return
    shares = [_light_share(slide, path) for path in range(3)]
    if min(shares) > _MOSTLY:
        yield PX4.finding(
            f"{file_name(slide)}: three grey channels, each with {min(shares):.0%} or "
            "more of its pixels almost white, look like the red, green and blue of a "
            "brightfield picture; fluorescence has a dark background.",
            file=slide.levels[0].file,
            level=stored_levels(slide)[-1],
            tag="PhotometricInterpretation",
            found="MONOCHROME2, 3 optical paths",
            expected="RGB, 1 optical path",
        )


def _light_share(slide: Slide, path: int) -> float:
    """Return how much of the coarsest level is almost white; only some tiles of it."""
    number = stored_levels(slide)[-1]
    level = slide.levels[number]
    low, high = slide.optical_paths[path].grey_range or (0, 255)
    limit = low + _LIGHT * (high - low)
    places = [(x, y) for y in range(level.rows) for x in range(level.columns)]
    light = count = 0
    for column, row in places[:: max(1, len(places) // _TILES)]:
        key = TileKey(slide.serial, number, column, row, 0, path)
        try:
            samples = slide.read_samples(key)
        except BrokenFrame:
            continue
        if not isinstance(samples, Empty):
            light += int((samples >= limit).sum())
            count += samples.size
    return light / count if count else 0.0


COLOR_CHECKS: Final = (
    Check(CO1, _same_profile),
    Check(CO2, _right_profile),
    Check(PX4, _no_split_colors, reads_frames=True, excuse=no_slide),
)
