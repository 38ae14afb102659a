"""Versions of the libraries that decode, and of the native code within them."""

import re
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Final


def codec_versions() -> list[str]:
    """Return a line for each library, such as "pillow 12.0.0: littlecms2 2.17".

    It imports all of them, which takes a moment: not for the GUI thread. One that is
    absent or broken is a line that says so.
    """
    return [library_version(name, native) for name, native in _NATIVE.items()]


def library_version(name: str, native: Callable[[], list[str]] | None = None) -> str:
    """Return a line for a distribution; `native` tells of what it is built on."""
    try:
        line = f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} is not installed"
    if native is None:
        return line
    try:
        inside = ", ".join(native())
    except Exception as error:  # noqa: BLE001 foreign; a report must come in any case
        return f"{line}: does not load ({type(error).__name__})"
    return f"{line}: {inside}" if inside else line


def _simplejpeg() -> list[str]:
    """Find what the library itself does not tell: the text of its copyright notice."""
    module = find_spec("simplejpeg._jpeg")
    if module is None or module.origin is None:
        return []
    built = Path(module.origin).read_bytes()
    found = re.search(rb"libjpeg-turbo version (\d+(?:\.\d+)+)", built)
    return [f"libjpeg-turbo {found[1].decode()}"] if found else []


def _imagecodecs() -> list[str]:
    import imagecodecs

    names = ("jpeg2k", "htj2k", "jpegls", "jpeg8", "jpegxl")
    found: list[str] = []
    for name in names:
        if getattr(imagecodecs, name.upper()).available:
            told = str(getattr(imagecodecs, f"{name}_version")())
            found.append(told.replace("_", "-").partition("/")[0])
    return found


def _openjpeg() -> list[str]:
    from openjpeg.utils import get_openjpeg_version

    return ["openjpeg " + ".".join(map(str, get_openjpeg_version()))]


def _pillow() -> list[str]:
    from PIL import features

    found = {name: features.version(name) for name in ("littlecms2", "zlib")}
    return [f"{name} {each}" for name, each in found.items() if each]


_NATIVE: Final[Mapping[str, Callable[[], list[str]]]] = MappingProxyType(
    {
        "simplejpeg": _simplejpeg,
        "imagecodecs": _imagecodecs,
        "pylibjpeg-openjpeg": _openjpeg,
        "pillow": _pillow,
    }
)
