"""What every test gets: no display, own folders, blame for what it leaves behind."""

import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

CHECKOUT = Path(__file__).resolve().parent.parent
PATIENCE = 2.0  # seconds that threads and deleted widgets get to end by themselves

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# No test measures time: an example may take as long as a busy machine lets it.
settings.register_profile("coverslip", deadline=None)
settings.load_profile("coverslip")


@pytest.fixture(scope="session")
def slides_folder() -> Path:
    """The folder of real slides, or a skip that says where it was looked for."""
    named = os.environ.get("COVERSLIP_SLIDES")
    folder = Path(named) if named else CHECKOUT.parent / "shared" / "slides"
    if not folder.is_dir():
        pytest.skip(f"no real slides: {folder} is no folder (set COVERSLIP_SLIDES)")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _own_user_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep settings, caches and logs of tests out of the user's folders."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("CONFIG", "CACHE", "DATA", "STATE"):
            patch.setenv(f"XDG_{variable}_HOME", str(home / variable.lower()))
        patch.setenv("HOME", str(home))
        patch.setenv("LOCALAPPDATA", str(home / "local"))
        patch.setenv("APPDATA", str(home / "roaming"))
        yield


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that leaves a thread, a timer or a window behind.

    Threads of fixtures with a wider scope are there before and not the test's own. Qt
    is looked at only where the test has an application, which costs some 30 ms.
    """
    before = set(threading.enumerate())
    with_qt = "qapp" in request.fixturenames or _qt_application() is None
    yield
    leftovers = _leftovers(before, with_qt)
    deadline = time.monotonic() + PATIENCE
    while leftovers and time.monotonic() < deadline:
        _let_qt_finish()
        time.sleep(0.01)
        leftovers = _leftovers(before, with_qt)
    if leftovers:
        _stop_qt_things()  # so that the next test is not blamed for them
        pytest.fail("left behind: " + "; ".join(leftovers))


def _leftovers(before: set[threading.Thread], with_qt: bool) -> list[str]:
    threads = [
        f"thread {thread.name}"
        for thread in threading.enumerate()
        # A dummy stands for a foreign thread that once called Python: Qt's own pool.
        if thread not in before and not isinstance(thread, threading._DummyThread)
    ]
    return threads + [what for what, _ in (_qt_things() if with_qt else [])]


def _qt_application() -> Any:
    core = sys.modules.get("PySide6.QtCore")
    return None if core is None else core.QCoreApplication.instance()


def _qt_things() -> list[tuple[str, Callable[[], object]]]:
    """Return what goes on in Qt, in words, with the way to stop it."""
    application = _qt_application()
    if application is None:
        return []
    windows: list[Any] = getattr(application, "topLevelWidgets", list)()
    return [*_qt_clocks(application)] + [
        (f"visible window {_called(window)}", window.close)
        for window in windows
        if window.isVisible()
    ]


def _qt_clocks(application: Any) -> Iterator[tuple[str, Callable[[], object]]]:
    from PySide6.QtCore import QThread, QTimer
    from shiboken6 import Shiboken

    main_thread = application.thread()  # runs as long as Qt does
    things = gc.get_objects()
    # Over types first: asking each of some 100,000 objects is what takes the time.
    kinds = {
        kind for kind in set(map(type, things)) if issubclass(kind, QTimer | QThread)
    }
    for thing in [thing for thing in things if type(thing) in kinds]:
        if not Shiboken.isValid(thing):
            continue
        if isinstance(thing, QTimer) and thing.isActive():
            yield f"active timer {_called(thing)}", thing.stop
        if isinstance(thing, QThread) and thing.isRunning() and thing != main_thread:
            yield f"running QThread {_called(thing)}", thing.quit


def _called(thing: Any) -> str:
    parent = thing.parent()
    owner = "" if parent is None else f" of {type(parent).__name__}"
    return f"{thing.objectName() or type(thing).__name__}{owner}"


def _let_qt_finish() -> None:
    application = _qt_application()
    if application is not None:
        from PySide6.QtCore import QEvent

        application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        application.processEvents()


def _stop_qt_things() -> None:
    for _, stop in _qt_things():
        stop()
    _let_qt_finish()
