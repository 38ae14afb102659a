"""From the profile of a slide to the look it is shown with."""

import threading
from collections import OrderedDict
from typing import Final

from PySide6.QtCore import QObject, Signal

from viewer.qt.tasks import Task, run
from viewer.slide.errors import BrokenProfile
from viewer.slide.look import Correction, Look
from viewer.slide.model import OpticalPath, Slide
from viewer.window import faults

KEPT: Final = 2
"""Corrections kept, the newest first: a table takes 64 MB."""


class ColorPreparation(QObject):
    """Builds the correction of one slide at a time, in the background.

    Only the newest `prepare` is answered. A correction already built is reused, for it
    depends on nothing but the profile's bytes.
    """

    ready = Signal(object)  # Look; after `prepare` returned a look without correction
    chip_changed = Signal(str, str)  # a few words, and a sentence

    def __init__(self, parent: QObject | None = None) -> None:
        """Start with nothing built."""
        super().__init__(parent)
        self._built: OrderedDict[bytes, tuple[Correction, str]] = OrderedDict()
        self._task: Task | None = None
        self._given_up = threading.Event()
        self._path = OpticalPath("")

    @property
    def is_ready(self) -> bool:
        """Whether nothing is being built."""
        return self._task is None

    def prepare(self, slide: Slide | None) -> Look:
        """Return the look to begin with; `ready` brings the one with the correction."""
        self.stop()
        self._path = OpticalPath("") if slide is None else slide.optical_paths[0]
        profile = self._path.icc_profile
        if slide is None:
            self.chip_changed.emit("", "")
        elif profile is None:
            tip = "This slide has no ICC profile: colors are shown as stored."
            self.chip_changed.emit("no ICC profile", tip)
        elif profile in self._built:
            return self._finished(profile, *self._built[profile])
        else:
            self._start(profile)
        return Look.natural(self._path)

    def stop(self) -> None:
        """Want no answer any more."""
        self._given_up.set()
        if self._task is not None:
            self._task.abandon()
            self._task = None

    def _start(self, profile: bytes) -> None:
        tip = "The color table is being built; until then colors are as stored."
        self.chip_changed.emit("ICC: preparing", tip)
        given_up = self._given_up = threading.Event()
        self._task = run(
            lambda: _build(profile, given_up),
            lambda built: self.ready.emit(self._finished(profile, *built)),
            self._fail,
        )

    def _finished(self, profile: bytes, correction: Correction, name: str) -> Look:
        self._task = None
        self._built[profile] = (correction, name)
        self._built.move_to_end(profile)
        while len(self._built) > KEPT:
            self._built.popitem(last=False)
        tip = f"Colors are converted from the slide's profile ({name}) to sRGB."
        self.chip_changed.emit(f"ICC: {name} \N{RIGHTWARDS ARROW} sRGB", tip)
        return Look.natural(self._path, correction=correction)

    def _fail(self, error: Exception) -> None:
        self._task = None
        known = isinstance(error, BrokenProfile)
        tip = str(error) if known else faults.record(error).sentence
        self.chip_changed.emit("ICC profile broken: colors as stored", tip)


def _build(profile: bytes, given_up: threading.Event) -> tuple[Correction, str]:
    """Build the table. Background thread; raises BrokenProfile, Cancelled."""
    from viewer.codecs.icc import TableCorrection, profile_description

    name = profile_description(profile)
    return TableCorrection.build(profile, given_up.is_set), name
