"""View > Appearance: light or dark as the system has it, or as the user wants it."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from viewer.qt.palettes import dark, light, with_quiet_text
from viewer.window.settings import Settings

SCHEME: Final = "view/appearance"

_SCHEMES: Final = {
    "system": (
        "As the &System",
        Qt.ColorScheme.Unknown,
        "Light or dark as the desktop is, and when it changes",
    ),
    "light": ("&Light", Qt.ColorScheme.Light, "Dark text on light grounds"),
    "dark": ("&Dark", Qt.ColorScheme.Dark, "Light text on dark grounds"),
}
_PALETTES: Final = {Qt.ColorScheme.Light: light, Qt.ColorScheme.Dark: dark}


class Appearance(QObject):
    """Lets the application be light or dark; remembered in the settings.

    The system's choice is followed while the program runs. Where Qt cannot ask the
    desktop for the other scheme, as on plain X servers, the palettes are our own.
    """

    def __init__(self, window: QWidget, settings: Settings) -> None:
        """Take up what is remembered."""
        super().__init__(window)
        self._settings = settings
        self._wanted = Qt.ColorScheme.Unknown
        self._group = QActionGroup(self)
        kept = settings.text(SCHEME)
        remembered = kept if kept in _SCHEMES else "system"
        for name, (text, _scheme, tip) in _SCHEMES.items():
            action = QAction(text, self._group)
            action.setObjectName(f"appearance_{name}")
            action.setToolTip(tip)
            action.setCheckable(True)
            action.setData(name)
            action.setChecked(name == remembered)
        self._group.triggered.connect(self._choose)
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow)
        window.installEventFilter(self)
        self._show(remembered)

    def offer(self, menu: QMenu) -> None:
        """Put the choice into a menu."""
        choice = menu.addMenu("&Appearance")
        choice.setToolTipsVisible(True)
        choice.addActions(self._group.actions())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep quiet text readable when the system's colors change."""
        if event.type() == QEvent.Type.ApplicationPaletteChange and not _is_own():
            _lay_quiet_text()
        return super().eventFilter(watched, event)

    def _choose(self, action: QAction) -> None:
        name = str(action.data())
        self._settings.set_text(SCHEME, name)
        self._settings.save()
        self._show(name)

    def _show(self, name: str) -> None:
        self._wanted = _SCHEMES[name][1]
        QGuiApplication.styleHints().setColorScheme(self._wanted)
        self._lay_palette()

    def _follow(self, _scheme: Qt.ColorScheme) -> None:
        self._lay_palette()

    def _lay_palette(self) -> None:
        """Lay over the system's palette what it lacks."""
        follows = QGuiApplication.styleHints().colorScheme() == self._wanted
        if self._wanted in _PALETTES and not follows:
            QApplication.setPalette(_PALETTES[self._wanted]())
        else:
            if _is_own():
                QApplication.setPalette(QPalette())  # the system's again
            _lay_quiet_text()


def _lay_quiet_text() -> None:
    """Lay over the system's palette; the same is not laid twice, for that is news."""
    usual = QApplication.palette()
    quiet = with_quiet_text(usual)
    if quiet.placeholderText().color() != usual.placeholderText().color():
        QApplication.setPalette(quiet)


def _is_own() -> bool:
    """Whether one of our own palettes is laid over the system's."""
    active = QPalette.ColorGroup.Active
    return QApplication.palette().isBrushSet(active, QPalette.ColorRole.Window)
