"""Shows the second of two open slides, again and again; prints its seconds as JSON.

    python -m tests.benchmarks.switching jpeg|jpeg2000

Both slides are opened anew each time, and the second one was never on screen before:
nothing of it is in the cache but what the tray may have read.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.data import pyramid
from tests.benchmarks.stage import HEIGHT, WIDTH, run_until
from viewer.slide.model import Slide
from viewer.window.application import new_application
from viewer.window.main_window import MainWindow
from viewer.window.settings import Settings

RUNS = 9
_OTHER = {"jpeg": "jpeg2000", "jpeg2000": "jpeg"}
_PATIENCE = 60.0  # seconds


class Switching:
    """A real window with two slides, of which the second is shown."""

    def __init__(self, folders: list[Path], home: Path) -> None:
        self._folders = folders
        self._window = MainWindow(Settings(home / "coverslip.ini"))
        self._window.resize(WIDTH, HEIGHT)
        self._window.show()

    def seconds(self) -> float:
        """Return the time from asking for the second slide until it is sharp."""
        window = self._window
        before = window.session.slides
        window.open(self._folders)
        self._run_until(lambda: window.session.slides != before)
        self._run_until(window.is_settled)
        first, second = window.session.slides
        assert window.view.slide is first
        started = time.perf_counter()
        window.show_slide(second)
        self._run_until(lambda: self._is_sharp(second))
        return time.perf_counter() - started

    def close(self) -> None:
        """Close the window."""
        self._window.close()

    def _is_sharp(self, slide: Slide) -> bool:
        view = self._window.view
        return view.slide is slide and view.is_complete()

    def _run_until(self, condition: Callable[[], bool]) -> None:
        if not run_until(condition, _PATIENCE):
            sys.exit("a benchmark's slide does not come")


def main(syntax: str) -> None:
    """Switch to the slide of a syntax and print {"switch": [...]}."""
    wanted, other = pyramid(syntax), pyramid(_OTHER[syntax])
    for slide in (wanted, other):
        slide.read_once()
    application = new_application()
    with tempfile.TemporaryDirectory() as home:
        switching = Switching([other.folder, wanted.folder], Path(home))
        taken = [switching.seconds() for _ in range(RUNS + 1)][1:]
        switching.close()
    application.processEvents()
    print(json.dumps({"switch": taken}))


if __name__ == "__main__":
    main(sys.argv[1])
