"""One start of a window, up to an event; the process ends right there.

    python -m tests.benchmarks.startup_child bare
    python -m tests.benchmarks.startup_child window
    python -m tests.benchmarks.startup_child slide PATH

`window` and `slide` run the program itself, from its entry on, with nothing but an
event filter added.
"""

import os
import sys


def bare() -> None:
    """Show an empty QMainWindow; end when it has been painted."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Window(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
            super().paintEvent(event)
            QTimer.singleShot(0, _end)

    application = QApplication(["bare"])
    window = Window()
    window.resize(1400, 900)
    window.show()
    application.exec()


def program(paths: list[str]) -> None:
    """Start the program; end when it is ready for a drop, or shows `paths` sharp."""
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    from viewer.app import main

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.Paint:
                QTimer.singleShot(0, look)
            return False

    def look() -> None:
        for window in application.topLevelWidgets():
            if isinstance(window, QMainWindow) and window.isVisible():
                if paths and _is_sharp(window):
                    _end()
                if not paths and _takes_a_drag(window):
                    _end()

    application = QApplication(["coverslip"])
    watch = Watch()
    application.installEventFilter(watch)
    main(paths)


def _is_sharp(window: object) -> bool:
    from viewer.window.main_window import MainWindow

    assert isinstance(window, MainWindow)
    return window.view.slide is not None and window.view.is_complete()


def _takes_a_drag(window: object) -> bool:
    """Drag a file over the window and see whether it would take it."""
    from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
    from PySide6.QtGui import QDragEnterEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    assert isinstance(window, QMainWindow)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(os.curdir)])
    event = QDragEnterEvent(
        QPoint(200, 200),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.ignore()
    QApplication.sendEvent(window, event)
    return window.acceptDrops() and event.isAccepted()


def _end() -> None:
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        bare()
    else:
        program(sys.argv[2:])
    sys.exit("the window ended by itself")
