"""What a check-up looked at, as the first section of its report."""

from collections.abc import Sequence

from viewer.qa.checkup.subject import Check, Subject
from viewer.qa.report.section import Section, Table


def overview(subject: Subject, checks: Sequence[Check]) -> Section:
    """Say which rules and files were looked at, and which rules do not apply."""
    excused = [(check, check.excuse(subject)) for check in checks if check.excuse]
    idle = [(check.rule, why) for check, why in excused if why]
    idle_ids = {rule.id for rule, _ in idle}
    applied = list(
        dict.fromkeys(each.rule for each in checks if each.rule.id not in idle_ids)
    )
    files = _file_rows(subject)
    return Section(
        name="overview",
        title="What was looked at",
        lines=(
            f"{len(applied)} rules were applied to {_counted(len(files), 'file')}.",
            _frames(subject),
        ),
        facts={
            "rules": [rule.id for rule in applied],
            "not_applied": {rule.id: why for rule, why in idle},
            "all_frames": subject.all_frames,
        },
        tables=(
            Table("Files", ("file", "what it is", "transfer syntax"), files),
            Table(
                "Rules that do not apply",
                ("rule", "title", "why"),
                tuple((rule.id, rule.title, why) for rule, why in idle),
            ),
        ),
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _frames(subject: Subject) -> str:
    if subject.slide is None:
        return "No frame was looked at, since no slide could be opened."
    if subject.all_frames:
        return "Every frame was looked at."
    return "Of the frames a sample was looked at; --all-frames looks at each."


def _file_rows(subject: Subject) -> tuple[tuple[str, ...], ...]:
    rows = {each.path: (each.path.name, "left out", "") for each in subject.files}
    slide = subject.slide
    for each in () if slide is None else slide.files:
        rows[each.path] = (
            each.path.name,
            f"{each.role}: {each.reason}",
            each.transfer_syntax,
        )
    return tuple(rows.values())
