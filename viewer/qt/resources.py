"""The one way to icons and other files that come with the program."""

from pathlib import Path

from PySide6.QtGui import QIcon

_PACKAGE = Path(__file__).resolve().parent.parent


def resource(name: str) -> Path:
    """Return the path of a file of resources/.

    An installed program has them in viewer/resources, a checkout beside viewer/. Raises
    FileNotFoundError where neither has it: the installation is not whole.
    """
    for folder in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        path = folder / name
        if path.is_file():
            return path
    raise FileNotFoundError(f"{name}: not among the resources of the program")


def application_icon() -> QIcon:
    """Return the icon of the program and its windows. GUI thread."""
    return QIcon(str(resource("coverslip.svg")))
