"""SlidePlan: which files make a slide, before any of them is opened for reading."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from viewer.formats.dicom.instance import Instance
from viewer.slide.files import FileRole
from viewer.slide.warnings import SlideWarning

_PLACEHOLDERS: Final = frozenset({"", "unknown", "none", "null"})
_UNREADABLE: Final = re.compile(r"[0-9.]{20,}|[0-9a-fA-F-]{32,}")
"""UIDs, UUIDs and hashes, which archives and converters call files by."""
_LAST: Final = 6
"""So many characters of such a name tell the slides of a folder apart."""


@dataclass
class SlidePlan:
    """A slide about to be opened: its levels finest first, of one or more instances.

    Those are parts of concatenations, and images of other optical paths or planes.
    `remarks` tell it from other slides of its name. Built up by grouping, only read by
    others.
    """

    levels: list[list[Instance]]
    associated: dict[str, Instance] = field(default_factory=dict[str, Instance])
    roles: list[FileRole] = field(default_factory=list[FileRole])
    warnings: list[SlideWarning] = field(default_factory=list[SlideWarning])
    remarks: list[str] = field(default_factory=list[str])

    @property
    def base(self) -> Instance:
        """The (first) instance of the finest level."""
        return self.levels[0][0]

    @property
    def name(self) -> str:
        """Container Identifier unless it is a placeholder, else after the file.

        Behind it, in brackets, what tells it from other slides of that name.
        """
        name = self.base.container
        if name.lower() in _PLACEHOLDERS:
            name = name_of(self.base.path)
        return f"{name} ({', '.join(self.remarks)})" if self.remarks else name

    def warn(self, code: str, sentence: str, instance: Instance) -> None:
        """Add a warning about one file."""
        self.warnings.append(SlideWarning(code, sentence, instance.path))

    def leave_out(self, instance: Instance, reason: str) -> None:
        """List a file of the slide that is not used."""
        self.add(instance, "not used", reason)

    def add(self, instance: Instance, role: str, reason: str) -> None:
        """List a file of the slide."""
        syntax = instance.header.transfer_syntax
        self.roles.append(FileRole(instance.path, role, reason, instance.size, syntax))


def name_of(path: Path) -> str:
    """Return what to call a file's slide: its stem, or its folder where that is a UID.

    The end of the UID goes with the folder, which may hold several slides. The last
    component of a UID is no extension.
    """
    stem = path.name if path.suffix[1:].isdecimal() else path.stem
    folder = path.absolute().parent.name
    if not _UNREADABLE.fullmatch(stem) or not folder or _UNREADABLE.fullmatch(folder):
        return stem
    return f"{folder} \N{HORIZONTAL ELLIPSIS}{stem[-_LAST:]}"
