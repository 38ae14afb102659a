"""Color > Convert to: sRGB, or the monitor's own profile from a file."""

from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from viewer.qt.tasks import Task, run
from viewer.slide.errors import SlideError
from viewer.window.dialogs import ask_profile
from viewer.window.settings import Settings

TARGET: Final = "color/monitor-profile"
"""The setting's name; its value is a path, empty for sRGB."""

SRGB: Final = "sRGB"


class TargetProfile(NamedTuple):
    """A monitor's profile, read and checked; `name` is what it calls itself."""

    path: Path
    icc: bytes
    name: str


class ColorTarget(QObject):
    """What colors are converted to; remembered.

    Invariant: the action of what is used is the one that is checked. GUI thread.
    """

    changed = Signal()
    refused = Signal(str)
    """A sentence: why a profile is not used."""

    def __init__(self, window: QWidget, settings: Settings) -> None:
        """Begin with sRGB; `restore` takes up what is remembered."""
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._profile: TargetProfile | None = None
        self._task: Task | None = None
        self._group = QActionGroup(self)
        self.to_srgb = self._choice(SRGB, "Convert colors for a display that is sRGB")
        self.to_monitor = self._choice(
            "&Monitor Profile …", "Convert colors with the profile of your display"
        )
        self._group.triggered.connect(self._choose)
        self._show()

    @property
    def icc(self) -> bytes | None:
        """The profile; None stands for sRGB."""
        return None if self._profile is None else self._profile.icc

    @property
    def name(self) -> str:
        """What the target is called."""
        return SRGB if self._profile is None else self._profile.name

    @property
    def is_ready(self) -> bool:
        """Whether no profile is being read."""
        return self._task is None

    def offer(self, menu: QMenu, before: QAction) -> None:
        """Put the choice into a menu, before one of its actions."""
        choice = QMenu("&Convert to", menu)
        choice.setToolTipsVisible(True)
        choice.addActions(self._group.actions())
        menu.insertMenu(before, choice)

    def restore(self) -> None:
        """Use the profile that was used last, as soon as it is read."""
        kept = self._settings.text(TARGET)
        if kept:
            self.use(Path(kept))

    def use(self, path: Path) -> None:
        """Read a monitor's profile in the background and use it, or say why not."""
        self.stop()
        self._task = run(lambda: _read(path), self._use, self._refuse)

    def stop(self) -> None:
        """Want no answer any more."""
        if self._task is not None:
            self._task.abandon()
            self._task = None

    def _choice(self, text: str, tip: str) -> QAction:
        action = QAction(text, self._group)
        action.setCheckable(True)
        action.setToolTip(tip)
        return action

    def _choose(self, action: QAction) -> None:
        if action is self.to_srgb:
            self._use(None)
        else:
            self._show()  # Qt has checked it, but nothing is chosen yet
            ask_profile(self._window, lambda paths: self.use(paths[0]))

    def _use(self, profile: TargetProfile | None) -> None:
        self.stop()
        self._profile = profile
        self._settings.set_text(TARGET, "" if profile is None else str(profile.path))
        self._show()
        self.changed.emit()

    def _refuse(self, error: Exception) -> None:
        self._task = None
        self._show()
        if not isinstance(error, SlideError):
            raise error
        self.refused.emit(f"{error} Colors are converted to {self.name}.")

    def _show(self) -> None:
        used = self.to_srgb if self._profile is None else self.to_monitor
        used.setChecked(True)
        name = "" if self._profile is None else f" ({self._profile.name})"
        self.to_monitor.setText(f"&Monitor Profile{name.replace('&', '&&')} …")


def _read(path: Path) -> TargetProfile:
    """Read a monitor's profile; raises SlideError. Background thread."""
    from viewer.codecs.icc import LARGEST_TARGET, profile_description, target_problem
    from viewer.formats.files import RandomAccessFile

    file = RandomAccessFile(path)  # which waits for no pipe
    try:
        icc = file.read_some(0, LARGEST_TARGET + 1)
    finally:
        file.close()
    if len(icc) > LARGEST_TARGET:
        problem = f"it has more than {LARGEST_TARGET >> 20} MiB"
    else:
        problem = target_problem(icc)
    if problem:
        raise SlideError(f"{path.name} is not used as monitor profile: {problem}.")
    return TargetProfile(path, icc, profile_description(icc))
