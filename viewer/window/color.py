"""From the bytes of ICC profiles to corrections, in the background."""

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from viewer.qt.tasks import Task, run
from viewer.slide.errors import BrokenProfile
from viewer.window import faults
from viewer.window.slide_profiles import OpenedProfile

if TYPE_CHECKING:  # numpy would be in the way of the window's first paint
    from viewer.codecs.icc import TableCorrection

TABLES: Final = 1
"""Color tables that are kept, of the profiles used last: each takes 64 MB.

A view is drawn without one too, in a sixth of a second more at worst.
"""

REMEMBERED: Final = 12
"""Profiles that stay open, with or without a table."""


class ColorPreparation(QObject):
    """Opens the profiles of one slide at a time, then makes them fast.

    A profile that is open corrects at once, if slowly; the tables follow in silence and
    change no color. Only the newest `prepare` is answered. Invariant: at most TABLES of
    those in `_opened`, the newest last, have tables or are about to.
    """

    prepared = Signal(object)  # a list of OpenedProfile; after `prepare` returned None

    def __init__(self, parent: QObject | None = None) -> None:
        """Start with nothing open."""
        super().__init__(parent)
        self._opened: list[OpenedProfile] = []
        self._task: Task | None = None
        self._building: _Building | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the newest `prepare` has been answered."""
        return self._task is None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is done in the background any more."""
        return self._task is None and self._building is None

    def prepare(
        self, profiles: Sequence[bytes], target: bytes | None = None
    ) -> list[OpenedProfile] | None:
        """Return what became of profiles; None where `prepared` will say so.

        `target` is the profile of the display, None that of sRGB.
        """
        self._abandon()
        known = [self._known(icc, target) for icc in profiles]
        opened = [each for each in known if each is not None]
        if len(opened) == len(profiles):
            self._use(opened)
            return opened
        self._task = run(
            lambda: [_opened(icc, target) for icc in profiles],
            self._finish,
            lambda error: self._fail(profiles, target, error),
        )
        return None

    def stop(self) -> None:
        """Want no answer any more, and no tables."""
        self._abandon()
        self._stop_building()

    def _abandon(self) -> None:
        if self._task is not None:
            self._task.abandon()
            self._task = None

    def _stop_building(self) -> None:
        if self._building is not None:
            self._building.given_up.set()
            self._building.task.abandon()
            self._building = None

    def _known(self, icc: bytes, target: bytes | None) -> OpenedProfile | None:
        wanted = icc, target
        opened = self._opened
        return next(
            (each for each in opened if (each.icc, each.target) == wanted), None
        )

    def _finish(self, fresh: list[OpenedProfile]) -> None:
        self._task = None
        opened = [self._known(each.icc, each.target) or each for each in fresh]
        self._use(opened)
        self.prepared.emit(opened)

    def _fail(
        self, profiles: Sequence[bytes], target: bytes | None, error: Exception
    ) -> None:
        """Leave colors as stored after a bug."""
        self._task = None
        sentence = faults.record(error).sentence
        self.prepared.emit(
            [OpenedProfile(icc, "", "", None, sentence, target) for icc in profiles]
        )

    def _use(self, opened: Sequence[OpenedProfile]) -> None:
        """Remember these as the newest, the first of them last; give them tables."""
        others = [each for each in self._opened if each not in opened]
        self._opened = [*others, *reversed(opened)][-REMEMBERED:]
        wanted = [each.correction for each in opened if each.correction is not None]
        missing = [each for each in wanted[:TABLES] if not each.has_table]
        if not missing or (self._building and self._building.corrections == missing):
            return
        self._stop_building()
        newest = (each.correction for each in reversed(self._opened))
        for correction in [each for each in newest if each is not None][TABLES:]:
            correction.drop_table()
        self._building = _Building(missing, self._end)

    def _end(self, error: Exception | None) -> None:
        self._building = None
        if error is not None:
            faults.record(error)  # colors are right without tables too


class _Building:
    """Tables being filled in the background, one after the other."""

    def __init__(
        self,
        corrections: "Sequence[TableCorrection]",
        end: Callable[[Exception | None], None],
    ) -> None:
        self.corrections = corrections
        self.given_up = threading.Event()
        self.task = run(self._work, lambda _none: end(None), end)

    def _work(self) -> None:
        for correction in self.corrections:
            correction.build_table(self.given_up.is_set)


def _opened(icc: bytes, target: bytes | None = None) -> OpenedProfile:
    """Open one profile. Background thread."""
    from viewer.codecs.icc import TableCorrection, profile_class, profile_description

    name, device_class = profile_description(icc), profile_class(icc)
    try:
        correction = TableCorrection(icc, target)
    except BrokenProfile as error:
        return OpenedProfile(icc, name, device_class, None, str(error), target)
    return OpenedProfile(icc, name, device_class, correction, target=target)
