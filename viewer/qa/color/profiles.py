"""ICC profiles of source and result: the same bytes, changed, lost, or made up."""

import hashlib
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, Final, NamedTuple

from viewer.codecs.icc import profile_description
from viewer.qa.comparing import Comparing
from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.report.section import Table
from viewer.qa.sides import called, capital

CO3: Final = Rule(
    id="CO3",
    severity=Severity.ERROR,
    title="the result has the ICC profile of the source",
    why="Without the scanner's own profile colors are shown duller or other than the "
    "scanner saw them.",
    clause="PS3.3 C.11.15",
    evidence="slim#165, wsidicomizer#95, openslide#637",
    number=17,
)


class ProfilePair(NamedTuple):
    """The profiles of one picture of both slides; `what` is such as "level 0".

    `level` is that of the result, None for label, overview and thumbnail.
    """

    what: str
    level: int | None
    a: bytes | None
    b: bytes | None

    @property
    def verdict(self) -> str:
        """A word for it."""
        if self.a is None or self.b is None:
            missing = {(True, True): "none", (False, True): "lost"}
            return missing.get((self.a is None, self.b is None), "added")
        return "same" if bare(self.a) == bare(self.b) else "changed"


def profile_pairs(comparing: Comparing) -> list[ProfilePair]:
    """Return those of all levels, optical paths of colors and pictures both have."""
    a, b, pairing = comparing.a, comparing.b, comparing.pairing
    pairs: list[ProfilePair] = []
    for path in pairing.optical_paths:
        if b.optical_paths[path.b].grey_range is not None:
            continue
        named = f" of optical path {path.b}" if len(pairing.optical_paths) > 1 else ""
        pairs += [
            ProfilePair(
                f"level {level.b}{named}",
                level.b,
                a.icc_profile(level.a, path.a),
                b.icc_profile(level.b, path.b),
            )
            for level in pairing.levels
        ]
    return pairs + [
        ProfilePair(
            f"the {role}",
            None,
            a.associated[role].icc_profile,
            b.associated[role].icc_profile,
        )
        for role in pairing.associated
    ]


def about_profiles(
    comparing: Comparing, pairs: Sequence[ProfilePair]
) -> Iterator[Finding]:
    """Yield a finding for each way in which profiles differ, naming the pictures.

    What is lost or changed is an error, of the thumbnail, which may itself be lost, a
    warning. What the source did not have is a warning too: nobody measured it.
    """
    for kind in _Kind:
        some = [each for each in pairs if _kind(each) is kind]
        for verdict, look in _SENTENCES.items():
            group = [each for each in some if each.verdict == verdict]
            if group:
                words, found, expected = look(comparing, group[0])
                yield CO3.finding(
                    f"{capital(_named(group))} of {called(comparing.b, 'b')} {words}.",
                    _severity(verdict, kind),
                    side="b",
                    level=group[0].level,
                    found=found,
                    expected=expected,
                    **_file(comparing, group[0]),
                )
    yield from _unlike(comparing, pairs)


def profile_table(pairs: Sequence[ProfilePair]) -> Table:
    """Return what each picture has."""
    return Table(
        "ICC profiles",
        ("picture", "source", "result", "verdict"),
        tuple(
            (each.what, _described(each.a), _described(each.b), each.verdict)
            for each in pairs
        ),
    )


def bare(icc: bytes) -> bytes:
    """Return a profile without what was added to fill up, by the size in its header.

    DICOM pads to an even number of bytes, some to a multiple of four.
    """
    size = int.from_bytes(icc[:4], "big")
    is_padded = _HEADER <= size < len(icc) <= size + 3 and not any(icc[size:])
    return icc[:size] if is_padded else icc


_HEADER: Final = 128


def _named(group: Sequence[ProfilePair]) -> str:
    names = [each.what for each in group]
    if len(names) > 1 and all(
        name.removeprefix("level ").isdecimal() for name in names
    ):
        names = [f"levels {group[0].level}", *(str(each.level) for each in group[1:])]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


class _Kind(Enum):
    """What a profile is of; findings are made of each kind."""

    LEVEL = "level"
    PICTURE = "label or overview"
    THUMBNAIL = "thumbnail"


def _kind(pair: ProfilePair) -> _Kind:
    if pair.level is not None:
        return _Kind.LEVEL
    is_thumbnail = pair.what == "the thumbnail" and pair.verdict != "added"
    return _Kind.THUMBNAIL if is_thumbnail else _Kind.PICTURE


def _severity(verdict: str, kind: _Kind) -> Severity:
    if verdict == "added":
        return Severity.WARNING if kind is _Kind.LEVEL else Severity.NOTE
    return Severity.WARNING if kind is _Kind.THUMBNAIL else Severity.ERROR


def _file(comparing: Comparing, pair: ProfilePair) -> dict[str, Any]:
    if pair.level is not None:
        return {"file": comparing.b.levels[pair.level].file}
    return {"file": comparing.b.associated[pair.what.removeprefix("the ")].file}


_Words = tuple[str, str, str]


def _lost(comparing: Comparing, pair: ProfilePair) -> _Words:
    had = _described(pair.a)
    words = f"lost the ICC profile: {called(comparing.a, 'a')} has {had}"
    return words, "no profile", had


def _changed(comparing: Comparing, pair: ProfilePair) -> _Words:
    had, has = _described(pair.a), _described(pair.b)
    words = f"got another ICC profile: {has}, expected {had} of the source"
    return f"{words} {called(comparing.a, 'a').removeprefix('the source ')}", has, had


def _added(comparing: Comparing, pair: ProfilePair) -> _Words:
    has = _described(pair.b)
    words = f"got an ICC profile from the converter ({has})"
    return f"{words}; {called(comparing.a, 'a')} has none", has, "no profile"


_SENTENCES: Final = {"lost": _lost, "changed": _changed, "added": _added}


def _unlike(comparing: Comparing, pairs: Sequence[ProfilePair]) -> Iterator[Finding]:
    """Tell of levels of the result that got unlike profiles made up."""
    added = [
        each for each in pairs if each.level is not None and each.verdict == "added"
    ]
    other = [each for each in added if bare(each.b or b"") != bare(added[0].b or b"")]
    if other:
        yield CO3.finding(
            f"{capital(_named(other))} of {called(comparing.b, 'b')} has not the "
            f"profile of {added[0].what}: {_described(other[0].b)}, expected "
            f"{_described(added[0].b)}.",
            Severity.WARNING,
            side="b",
            level=other[0].level,
            found=_described(other[0].b),
            expected=_described(added[0].b),
            **_file(comparing, other[0]),
        )


def _described(icc: bytes | None) -> str:
    if icc is None:
        return "none"
    digest = hashlib.sha256(bare(icc)).hexdigest()[:8]
    return f'"{profile_description(icc)}", {len(icc):,} bytes, SHA-256 {digest}'
