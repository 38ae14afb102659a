"""Which slide of one folder is which of another, without holding them open."""

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from viewer.formats import Ignored, OpenOptions, is_unpacked, open_slides
from viewer.formats.gathering import head_of
from viewer.qa.finding import Finding, Rule, Severity, Side
from viewer.qa.report.place import shown_files
from viewer.slide.errors import Cancelled, SlideError
from viewer.slide.model import Slide

PARTNER: Final = Rule(
    "BA1",
    Severity.ERROR,
    "Every slide of one folder has a partner in the other",
    "A slide that was not converted is lost, and one that comes from nowhere is not "
    "proven by anything.",
)
LEFT_OUT: Final = Rule(
    "BA2",
    Severity.NOTE,
    "Every file of the folders is part of a slide",
    "What could not be opened was not compared.",
)

MOST_LEFT_OUT: Final = 20
"""Files left out that are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class ListedSlide:
    """A slide of a folder, closed again.

    `paths` open it, as the `number`-th of the slides in them. `stems` are the names of
    its file and of the folders that hold it, the nearest first, `name` is its Container
    Identifier, or the name of its file. `title` is where it lies in the folder: an
    identifier may be a patient's.
    """

    name: str
    stems: tuple[str, ...]
    paths: tuple[Path, ...]
    number: int = 0
    title: str = ""

    @contextmanager
    def opened(self, options: OpenOptions) -> Generator[Slide]:
        """Open it again; raises SlideError where it is gone."""
        with ExitStack() as stack:
            slides = open_slides(self.paths, options).slides
            for slide in slides:
                stack.callback(slide.close)
            if self.number >= len(slides):
                raise SlideError(f"{self.title}: is not there any more.")
            yield slides[self.number]


class Listing(NamedTuple):
    """The slides of a folder, and what is no slide."""

    slides: tuple[ListedSlide, ...]
    ignored: tuple[Ignored, ...]


class Match(NamedTuple):
    """A slide of each folder that belong together."""

    a: ListedSlide
    b: ListedSlide


class Matches(NamedTuple):
    """What belongs together, and what is said of the rest."""

    pairs: tuple[Match, ...]
    findings: tuple[Finding, ...]


def list_slides(folder: Path, options: OpenOptions) -> Listing:
    """Open the slides of a folder part by part, close them, and return what they are.

    A part is a file, folder or archive in it, or all DICOM files that lie in the folder
    itself: of hundreds of slides those of one part are open at a time. Raises
    SlideError where the folder cannot be searched, Cancelled.
    """
    slides: list[ListedSlide] = []
    ignored: list[Ignored] = []
    known: set[Path] = set()
    for part in _parts(folder):
        if known.issuperset(part):  # the file of a slide that has several
            continue
        try:
            opened = open_slides(part, options)
        except Cancelled:
            raise
        except SlideError as error:
            ignored.append(Ignored(part[0], str(error)))
            continue
        try:
            slides.extend(
                _listed(folder, part, number, slide)
                for number, slide in enumerate(opened.slides)
            )
            known.update(each.path for slide in opened.slides for each in slide.files)
        finally:
            for slide in opened.slides:
                slide.close()
        ignored.extend(opened.ignored)
    return Listing(tuple(slides), tuple(_not_below(ignored, known)))


def match_slides(a: Listing, b: Listing) -> Matches:
    """Pair by names of files and folders, then by Container Identifier.

    Only what is the one of its name on both sides is paired.
    """
    rest_a, rest_b = list(a.slides), list(b.slides)
    pairs: list[Match] = []
    for names in _NAMES:
        for match in _matched(rest_a, rest_b, names):
            pairs.append(match)
            rest_a.remove(match.a)
            rest_b.remove(match.b)
    order = {slide: number for number, slide in enumerate(a.slides)}
    pairs.sort(key=lambda match: order[match.a])
    findings = [
        *_without_partner(rest_a, rest_b, "a"),
        *_without_partner(rest_b, rest_a, "b"),
        *_left_out(a.ignored, "a"),
        *_left_out(b.ignored, "b"),
    ]
    return Matches(tuple(pairs), tuple(findings))


_Names = Callable[[ListedSlide], Iterable[str]]

_NAMES: Final[tuple[_Names, ...]] = (
    lambda slide: slide.stems,
    lambda slide: (slide.name,),
    lambda slide: (*slide.stems, slide.name),
)


def _parts(folder: Path) -> Iterator[list[Path]]:
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise SlideError(f"{folder} cannot be searched: {reason}.") from error
    together = [path for path in paths if path.is_file() and _is_dicom(path)]
    if together:
        yield together
    yield from ([path] for path in paths if path not in set(together))


def _is_dicom(path: Path) -> bool:
    try:
        return head_of(path)[128:132] == b"DICM"
    except SlideError:
        return False


def _listed(folder: Path, part: list[Path], number: int, slide: Slide) -> ListedSlide:
    files = tuple(dict.fromkeys(each.path for each in slide.files))
    if not files or any(map(is_unpacked, files)):
        title = f"{part[0].name}, slide {number}"
        return ListedSlide(slide.name, (part[0].stem,), tuple(part), number, title)
    stems = [_stem(files[0])] if len({_stem(each) for each in files}) == 1 else []
    stems += [each.name for each in _folders_between(folder, files)]
    title = shown_files(files).removeprefix(f"{folder}{os.sep}")
    return ListedSlide(slide.name, tuple(dict.fromkeys(stems)), files, title=title)


def _folders_between(folder: Path, files: Sequence[Path]) -> Iterator[Path]:
    """Yield the folders below one that hold all of these files, the nearest first."""
    for parent in files[0].parents:
        if folder not in parent.parents:
            return
        if all(parent in each.parents for each in files):
            yield parent


def _stem(path: Path) -> str:
    return path.stem.removesuffix(".ome")


def _not_below(ignored: Iterable[Ignored], known: set[Path]) -> Iterator[Ignored]:
    """Leave out folders that hold parts of slides beside them (MIRAX)."""
    folders = {path.with_suffix("") for path in known}
    return (each for each in ignored if each.path not in folders | known)


def _matched(
    rest_a: Sequence[ListedSlide], rest_b: Sequence[ListedSlide], names: _Names
) -> list[Match]:
    ours, theirs = _by_name(rest_a, names), _by_name(rest_b, names)
    found: list[Match] = []
    used: set[ListedSlide] = set()
    for name, slides in ours.items():
        others = theirs.get(name, [])
        if len(slides) == len(others) == 1 and not used & {*slides, *others}:
            found.append(Match(slides[0], others[0]))
            used.update((*slides, *others))
    return found


def _by_name(
    slides: Iterable[ListedSlide], names: _Names
) -> dict[str, list[ListedSlide]]:
    by_name: dict[str, list[ListedSlide]] = {}
    for slide in slides:
        for name in dict.fromkeys(names(slide)):
            by_name.setdefault(name, []).append(slide)
    return by_name


_WORDS: Final = {"a": ("source", "result"), "b": ("result", "source")}


def _without_partner(
    slides: Iterable[ListedSlide], others: Sequence[ListedSlide], side: Side
) -> Iterator[Finding]:
    here, there = _WORDS[side]
    for slide in slides:
        own = {*slide.stems, slide.name}
        alike = [each.title for each in others if own & {*each.stems, each.name}]
        why = (
            f"several slides have a name of it ({', '.join(alike[:5])})"
            if alike
            else "none has its file name, folder name or Container Identifier"
        )
        yield PARTNER.finding(
            f"The slide {slide.title} of the {here} folder has no partner in the "
            f"{there} folder: {why}.",
            side=side,
            file=slide.paths[0],
        )


def _left_out(ignored: Sequence[Ignored], side: Side) -> Iterator[Finding]:
    here, _ = _WORDS[side]
    for each in ignored[:MOST_LEFT_OUT]:
        yield LEFT_OUT.finding(
            f"Left out of the {here} folder: {each.reason}", side=side, file=each.path
        )
    if len(ignored) > MOST_LEFT_OUT:
        yield LEFT_OUT.finding(
            f"Left out of the {here} folder: {len(ignored) - MOST_LEFT_OUT:,} files "
            "more.",
            side=side,
        )
