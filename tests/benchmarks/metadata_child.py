"""The metadata panel on a long header, timed; prints one line of JSON.

python -m tests.benchmarks.metadata_child
"""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pydicom import dcmread
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from tests.benchmarks.per_frame_items import ITEMS, header_file
from tests.scene.fake_slide import FakeSlide, halving_levels
from viewer.formats.metadata import read_metadata
from viewer.panels.attribute_path import steps_of
from viewer.panels.metadata_panel import PER_FRAME, MetadataPanel
from viewer.slide.files import FileRole, FramePlace
from viewer.slide.geometry import Size
from viewer.slide.metadata import Attribute
from viewer.slide.model import TileKey
from viewer.window.application import new_application

RUNS = 5
_PATIENCE = 300.0  # seconds
_FRAME = 73_512


class HeaderSlide(FakeSlide):
    """A slide whose attributes are those of a file, and whose tiles are one frame."""

    def __init__(self, path: Path) -> None:
        (level,) = halving_levels(Size(102_400, 64_000), 256, 1)
        super().__init__([replace(level, file=path)])
        self.files = [FileRole(path, "level 0", "")]

    def metadata(self, file: Path) -> Attribute:
        return read_metadata(file)

    def frame_at(self, key: TileKey) -> FramePlace | None:
        return FramePlace(self.files[0].path, _FRAME)


class Clock:
    """Turns the event loop until something is true.

    `busy` is the processor time of its longest turn, without waiting for a core or for
    Python's lock; `stop` the time of its longest turn with that.
    """

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self.stop = self.busy = 0.0

    def until(self, true: Callable[[], bool]) -> float:
        """Return the seconds it took; raises TimeoutError."""
        started = time.perf_counter()
        flags = QEventLoop.ProcessEventsFlag.AllEvents
        while not true():
            turn, began = time.perf_counter(), time.thread_time()
            self._application.processEvents(flags)
            now = time.perf_counter()
            self.stop = max(self.stop, now - turn)
            self.busy = max(self.busy, time.thread_time() - began)
            if now - started > _PATIENCE:
                raise TimeoutError("the panel never got there")
            time.sleep(0.001)
        self._application.processEvents(flags)
        return time.perf_counter() - started


def main() -> None:
    """Time the panel and pydicom in turn."""
    application = new_application()
    slide = HeaderSlide(header_file())
    panel = MetadataPanel()
    panel.resize(440, 900)
    panel.show()
    clock = Clock(application)
    seen: dict[str, list[float]] = {"tree": [], "rows": [], "frame": [], "pydicom": []}
    for run in range(RUNS + 1):
        taken = _once(panel, slide, clock)
        if run:  # the first one reads from the disk and imports
            for name, seconds in taken.items():
                seen[name].append(seconds)
        else:
            clock.stop = clock.busy = 0.0
    searching = Clock(application)
    seconds = _search(panel, slide, searching)
    answer = {
        **seen,
        "search": seconds,
        "opening": [clock.busy, clock.stop],
        "searching": [searching.busy, searching.stop],
    }
    panel.show_slide(None)
    print(json.dumps(answer))


def _once(panel: MetadataPanel, slide: HeaderSlide, clock: Clock) -> dict[str, float]:
    panel.show_slide(slide)
    tree = clock.until(panel.is_ready)
    steps = steps_of(PER_FRAME) or ()
    sequence = panel.model.locate(steps)[0]
    panel.tree.expand(sequence)
    rows = clock.until(lambda: panel.model.rowCount(sequence) > 0)
    panel.show_slide(None)
    panel.show_slide(slide)
    clock.until(panel.is_ready)
    panel.show_tile(TileKey(slide.serial, 0, 0, 0))
    frame = clock.until(panel.is_ready)
    current = panel.tree.current()
    assert current is not None
    assert current.path == f"{PER_FRAME}[{_FRAME - 1}]"
    panel.show_slide(None)
    started = time.perf_counter()
    read = dcmread(slide.files[0].path)
    assert len(read[PER_FRAME].value) == ITEMS
    return {
        "tree": tree,
        "rows": rows,
        "frame": frame,
        "pydicom": time.perf_counter() - started,
    }


def _search(panel: MetadataPanel, slide: HeaderSlide, clock: Clock) -> float:
    """Return how long a word takes that every item has."""
    panel.show_slide(slide)
    clock.until(panel.is_ready)
    panel.finder.bar.field.setText("XOffsetInSlide")
    clock.until(panel.is_ready)
    panel.finder.bar.more.click()
    seconds = clock.until(panel.is_ready)
    assert f"{ITEMS:,} matches" in panel.finder.bar.count.text()
    return seconds


if __name__ == "__main__":
    main()
