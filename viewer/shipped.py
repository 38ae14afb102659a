"""The one way to the files that come with the program: icons, templates."""

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent


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
