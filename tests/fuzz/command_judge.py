"""What the commands of quality say of a damaged slide, and whether that is true.

The truth is what reading both slides whole shows (see judge.look_at): a comparison must
not call slides the same of which a tile or picture is another, a check-up must tell
of what the viewer tells of, and copies show what their source shows.
"""

import io
import json
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.fuzz.judge import INTERNAL, Seen, Verdict, difference, look_at
from viewer.app import main

COMMAND_OUTCOMES: Final = (
    "the same",
    "told",
    "refused",
    "false verdict",
    "not told",
    "damaged copy",
    "internal",
    "crash",
    "hang",
    "memory",
)
"""From harmless to worst; the last three are seen from outside."""


class Said(NamedTuple):
    """How a command ended: its exit code, what it wrote as JSON, and its complaint."""

    code: int
    report: dict[str, Any]
    complaint: str


@dataclass(frozen=True)
class Case:
    """A seed and the mutant of it: what is opened of each, and what each shows.

    `file` is the damaged file, `aside` a folder for what commands write. `rules` are
    the findings of a check-up of the seed, counted by rule and severity.
    """

    seed: Path
    mutant: Path
    file: Path
    aside: Path
    truth: Seen
    found: Seen
    rules: Counter[str]


def judge_commands(case: Case) -> Verdict:
    """Run every command on a mutant; the worst of what happened."""
    verdicts = [check(case) for check in _CHECKS]
    return max(verdicts, key=lambda each: COMMAND_OUTCOMES.index(each.outcome))


def rules_of(path: Path) -> Counter[str]:
    """Return the findings of a check-up, counted by rule and severity."""
    return _rules(say("check", path, "--all-frames", "--no-dciodvfy"))


def say(*words: object) -> Said:
    """Run a command that writes JSON, and take down what it says."""
    out, complaint = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(complaint):
        code = main([*map(str, words), "--json"])
    written = out.getvalue()
    report: dict[str, Any] = json.loads(written) if written else {}
    return Said(code, report, complaint.getvalue())


def _compared(case: Case) -> Verdict:
    """Compare the seed with the mutant: what that shows must be what the seed shows."""
    differs = (
        difference(case.found, case.truth)
        or _unread(case.found)
        or _lost(case.found, case.truth)
    )
    return _comparison("damaged result", case.seed, case.mutant, differs)


def _compared_backwards(case: Case) -> Verdict:
    """Compare the mutant with the seed, which is not to blame for what that lacks."""
    differs = difference(case.found, case.truth, but=("empty",))
    return _comparison("damaged source", case.mutant, case.seed, differs)


def _comparison(name: str, a: Path, b: Path, differs: str) -> Verdict:
    said = say("compare", a, b, "--pixels", "all")
    bad = _never(said, f"compare, {name}")
    if bad is not None:
        return bad
    if said.code == 2:
        return Verdict("refused", said.complaint)
    reason = str(said.report["reason"])
    is_told = _RESERVED in reason and not differs.startswith("level")
    if said.code == 0 and differs and not is_told:
        return Verdict("false verdict", f"{name}: {reason} But {differs}")
    return Verdict("told" if said.code else "the same", reason)


def _checked(case: Case) -> Verdict:
    said = say("check", case.mutant, "--all-frames", "--no-dciodvfy")
    bad = _never(said, "check")
    if bad is not None:
        return bad
    if said.code == 2:
        return Verdict("refused", said.complaint)
    news = sorted(case.found.said - case.truth.said) or [_unread(case.found)]
    if news[0] and not _rules(said) - case.rules:
        return Verdict("not told", f"check: nothing new, but {', '.join(news)}")
    return Verdict("told" if said.code else "the same")


def _dual(case: Case) -> Verdict:
    said = say("dual", case.file)
    bad = _never(said, "dual")
    return bad or Verdict("refused" if said.code == 2 else "told")


def _written(case: Case) -> Verdict:
    return _copy(case, "--write")


def _stripped(case: Case) -> Verdict:
    return _copy(case, "--strip")


def _copy(case: Case, option: str) -> Verdict:
    """Copy the damaged file, and see that the copy shows what the file shows."""
    folder = case.aside / option  # opening a file finds the others of its slide
    file, copy = folder / "source" / case.file.name, folder / "copy.dcm"
    file.parent.mkdir(parents=True)
    shutil.copy(case.file, file)
    said = say("dual", file, option, copy)
    bad = _never(said, option)
    if bad is not None:
        return bad
    if file.read_bytes() != case.file.read_bytes():
        return Verdict("damaged copy", f"{option}: the source was changed")
    if said.code == 2:
        left = [each.name for each in folder.iterdir() if each != file.parent]
        words = f"{option}: refused, and {', '.join(left)} is left"
        return Verdict("damaged copy", words) if left else Verdict("refused")
    if option == "--write" and said.report["state"] != "valid":
        return Verdict("damaged copy", f"--write: the copy is {said.report['state']}")
    alone, copied = look_at(file), look_at(copy)
    differs = difference(copied, alone) or difference(alone, copied)
    return Verdict("damaged copy", f"{option}: {differs}") if differs else _TOLD


_RESERVED: Final = "the label, overview or thumbnail is not that of the source"
_TOLD: Final = Verdict("told")
_CHECKS: Final[tuple[Callable[[Case], Verdict], ...]] = (
    _compared,
    _compared_backwards,
    _checked,
    _dual,
    _written,
    _stripped,
)


def _never(said: Said, name: str) -> Verdict | None:
    """Say what no command may do, whatever it is given."""
    told = [str(each["message"]) for each in _findings(said)]
    told += [said.complaint, str(said.report.get("reason", ""))]
    for sentence in told:
        if INTERNAL.search(sentence) or "internal error" in sentence:
            return Verdict("internal", f"{name}: {sentence}")
    if said.code not in (0, 1, 2):
        return Verdict("internal", f"{name}: exit code {said.code}")
    if said.code == 2 and not said.complaint.strip():
        return Verdict("internal", f"{name}: exit code 2 without a sentence")
    if said.code == 1 and not told[:-2]:
        return Verdict("internal", f"{name}: exit code 1 without a finding")
    return None


def _rules(said: Said) -> Counter[str]:
    return Counter(
        f"{finding['rule']} {finding['severity']}" for finding in _findings(said)
    )


def _findings(said: Said) -> list[dict[str, Any]]:
    slides = said.report.get("slides", [said.report])
    return [finding for slide in slides for finding in slide.get("findings", ())]


def _unread(found: Seen) -> str:
    """Tell of a tile or picture that cannot be read."""
    for size, tiles in found.levels.items():
        for where, digest in tiles.items():
            if digest is None:
                return f"level {size}: tile {where} cannot be read"
    for role, digest in found.pictures.items():
        if digest is None:
            return f"the {role} cannot be read"
    return ""


def _lost(found: Seen, truth: Seen) -> str:
    """Tell of a label or overview that is gone, or of a level but the smallest ones."""
    smallest = min(found.levels, default=(0, 0))
    for size in truth.levels:
        if size > smallest and size not in found.levels:
            return f"level {size} is gone"
    gone = [role for role in ("label", "overview") if role in truth.pictures]
    return "".join(f"the {role} is gone" for role in gone if role not in found.pictures)
