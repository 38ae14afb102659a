"""The program among a Linux desktop's applications, for one user; needs no display.

Sources: Desktop Entry Specification 1.5, Icon Theme Specification, Shared MIME-info
Database, XDG Base Directory Specification. The program is offered in "Open With" and
takes what is dropped on its icon; what is opened by default is never touched.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from viewer.qt.resources import drawn_icon
from viewer.shipped import resource
from viewer.slide.errors import UnsupportedFile

NAME: Final = "coverslip"
MIME_TYPES: Final = ("application/dicom", "image/tiff")
"""A dual-personality file is one or the other, by its name. Folders are left out:
where nothing else is the default, the desktop would open every folder with slides."""

ICON_SIZES: Final = (48, 128, 256)

ENTRY: Final = f"applications/{NAME}.desktop"
TYPES: Final = f"mime/packages/{NAME}.xml"
SVG: Final = f"icons/hicolor/scalable/apps/{NAME}.svg"

_DICOM: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="application/dicom">
    <comment>DICOM image</comment>
    <magic priority="50"><match type="string" offset="128" value="DICM"/></magic>
    <glob pattern="*.dcm"/>
  </mime-type>
</mime-info>
"""
_TOOLS: Final = {TYPES: "update-mime-database", ENTRY: "update-desktop-database"}
_RESERVED: Final = '"`$\\'  # to be escaped within quotation marks, by the specification


def install() -> list[Path]:
    """Write entry and icons into the user's data folder; return the files written.

    The MIME type of DICOM is added only where the system does not know it. Once more
    replaces what is there. Raises UnsupportedFile where there are no desktop entries
    (Windows, macOS), OSError where a file cannot be written.
    """
    data = _data_folder()
    contents: dict[str, bytes] = {ENTRY: entry().encode()}
    contents.update(_icons())
    if not _knows_dicom(data):
        contents[TYPES] = _DICOM.encode()
    for name, content in contents.items():
        _write(data / name, content)
    _refresh(data, contents)
    return [data / name for name in contents]


def uninstall() -> list[Path]:
    """Remove what `install` writes, and nothing else; return the files removed.

    Raises as `install` does.
    """
    data = _data_folder()
    names = (ENTRY, TYPES, SVG, *(_png(size) for size in ICON_SIZES))
    there = [name for name in names if os.path.lexists(data / name)]
    for name in there:
        (data / name).unlink()
    _refresh(data, there)
    for name in there:
        with suppress(OSError):  # not empty: somebody else's files are in it
            for folder in list((data / name).parents)[: name.count("/")]:
                folder.rmdir()
    return [data / name for name in there]


def entry() -> str:
    """Return the desktop entry; it starts the program that is running now."""
    command, folder = _command()
    program = command[0]
    if "=" in program:
        raise UnsupportedFile(
            f"{program}: the path holds an equals sign, which a desktop entry must not "
            "have in its program's path; install Coverslip elsewhere."
        )
    keys = {
        "Type": "Application",
        "Version": "1.5",
        "Name": "Coverslip",
        "GenericName": "Whole-Slide Image Viewer",
        "Comment": "Look at whole-slide images",
        "Exec": _string(" ".join([*map(_quoted, command), "%F"])),
        "TryExec": _string(program),
        "Icon": NAME,
        "Terminal": "false",
        "StartupNotify": "true",
        "StartupWMClass": NAME,
        "Categories": "Graphics;Viewer;MedicalSoftware;",
        "Keywords": "pathology;histology;microscopy;DICOM;WSI;slide;",
        "MimeType": "".join(f"{each};" for each in MIME_TYPES),
    }
    if folder is not None:
        keys["Path"] = _string(str(folder))
    lines = ["[Desktop Entry]", *(f"{key}={value}" for key, value in keys.items())]
    return "\n".join(lines) + "\n"


def _data_folder() -> Path:
    if not sys.platform.startswith(("linux", "freebsd")):
        raise UnsupportedFile(
            "Desktop entries are for Linux desktops; on this system drop files on the "
            "window, or choose the program in the system's own settings."
        )
    named = os.environ.get("XDG_DATA_HOME", "")
    # The specification has relative paths ignored.
    return Path(named) if Path(named).is_absolute() else Path.home() / ".local/share"


def _command() -> tuple[list[str], Path | None]:
    """Return how the running program is started again, and the folder to do it in."""
    package = Path(__file__).resolve().parent.parent
    interpreter = os.path.abspath(sys.executable)  # noqa: PTH100 never resolved: a venv
    installed = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    if not any(package.is_relative_to(Path(each).resolve()) for each in installed):
        return [interpreter, "-m", "viewer"], package.parent  # a checkout
    script = Path(interpreter).parent / NAME
    if os.access(script, os.X_OK):
        return [str(script)], None
    # -P, or a folder called viewer where the desktop starts programs would win.
    return [interpreter, "-P", "-m", "viewer"], None


def _quoted(argument: str) -> str:
    """Quote one argument of Exec, whose field codes begin with a percent sign."""
    escaped = "".join(f"\\{each}" if each in _RESERVED else each for each in argument)
    return f'"{escaped}"'.replace("%", "%%")


def _string(value: str) -> str:
    """Escape a value of type string; it comes on top of the quoting."""
    escaped = value.replace("\\", "\\\\")
    for letter, code in (("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
        escaped = escaped.replace(letter, code)
    return escaped


def _icons() -> Mapping[str, bytes]:
    """Return the icons by name; without the pixel sizes where Qt cannot be loaded."""
    icons = {SVG: resource(f"{NAME}.svg").read_bytes()}
    with suppress(ImportError):  # a machine without the libraries of a window
        icons.update((_png(size), drawn_icon(size)) for size in ICON_SIZES)
    return icons


def _png(size: int) -> str:
    return f"icons/hicolor/{size}x{size}/apps/{NAME}.png"


def _knows_dicom(data: Path) -> bool:
    """Whether the system has the type by itself, with or without our own package."""
    if (data / TYPES).is_file():
        return False
    listed = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    folders = [data, *map(Path, listed.split(":"))]
    return any((folder / "mime/application/dicom.xml").is_file() for folder in folders)


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    made = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        made.chmod(0o644)
        made.replace(path)
    except OSError:
        made.unlink(missing_ok=True)
        raise


def _refresh(data: Path, changed: Collection[str]) -> None:
    """Tell the desktop what changed; without these tools it finds out later."""
    icons = data / "icons/hicolor"
    if icons.is_dir():
        with suppress(OSError):
            os.utime(icons)  # by which desktops see that their cache is old
    for name, tool in _TOOLS.items():
        program = shutil.which(tool)
        folder = data / name.partition("/")[0]
        if name in changed and program is not None and folder.is_dir():
            with suppress(OSError, subprocess.SubprocessError):
                subprocess.run(  # noqa: S603 a tool of the desktop, the user's folder
                    [program, str(folder)], capture_output=True, timeout=60, check=False
                )
