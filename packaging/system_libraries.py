"""What Qt needs of a Debian or Ubuntu, and how it gets there. Standard library only."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

# What PySide6's wheels expect of the system: drawing, keyboard, and X's own plug-in.
PACKAGES = (
    "libegl1",
    "libgl1",
    "libxkbcommon0",
    "libdbus-1-3",
    "libfontconfig1",
    "libglib2.0-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-render0",
    "libxcb-shape0",
    "libxcb-shm0",
    "libxcb-sync1",
    "libxcb-xfixes0",
    "libxcb-xinerama0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
)
RENAMED = {"libglib2.0-0t64": "libglib2.0-0"}  # since Debian 13 and Ubuntu 24.04
FONT_PACKAGE = "fonts-dejavu-core"  # without any font every text is boxes
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
)
FONT_SUFFIXES = (".ttf", ".otf", ".ttc", ".pfb")


def install_missing() -> bool:
    """Install what is missing; whether all is there now. Elsewhere there is no need."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-query") is None:
        return True
    missing = missing_packages(installed_packages())
    if not has_font(FONT_FOLDERS):
        missing.append(FONT_PACKAGE)
    return not missing or apt_install(missing)


def installed_packages() -> str:
    """Return dpkg-query's lines, "name state", for the packages that Qt needs."""
    show = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\\n"]
    answer = subprocess.run(
        [*show, *PACKAGES, *RENAMED],
        capture_output=True,
        text=True,
        check=False,  # it fails where it does not know one of them, and lists the rest
    )
    return answer.stdout


def missing_packages(listing: str) -> list[str]:
    """Return what is not installed according to lines of "name state"."""
    words = [line.split() for line in listing.splitlines()]
    installed = {line[0] for line in words if line[1:] == ["installed"]}
    installed |= {RENAMED[name] for name in installed if name in RENAMED}
    return [name for name in PACKAGES if name not in installed]


def has_font(folders: tuple[str, ...]) -> bool:
    """Whether there is any font file in the folders where fontconfig looks."""
    return any(
        file.suffix.lower() in FONT_SUFFIXES
        for folder in folders
        for file in Path(folder).expanduser().rglob("*")
    )


def apt_install(packages: list[str]) -> bool:
    """Install with apt where that is allowed without a question, else say the line."""
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    prefix = root_prefix()
    if prefix is not None and shutil.which("apt-get") is not None:
        print(f"Installing {' '.join(packages)} ...", flush=True)
        # The lists may be missing (a bare image) or old (404): then they are fetched.
        update = ["apt-get", "update"]
        if _succeeds([*prefix, *install]) or (
            _succeeds([*prefix, *update]) and _succeeds([*prefix, *install])
        ):
            return True
    line = shlex.join(["sudo", *install])
    print(f"Qt needs more of this system. Please run:\n    {line}", file=sys.stderr)
    return False


def root_prefix() -> list[str] | None:
    """Return what to put before a command to run it as root; None where one may not."""
    if os.name != "posix":
        return None
    if os.geteuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive"]
    sudo = ["sudo", "--non-interactive"]
    if shutil.which("sudo") is None or not _succeeds([*sudo, "true"], quiet=True):
        return None
    return [*sudo, "env", "DEBIAN_FRONTEND=noninteractive"]


def _succeeds(command: list[str], *, quiet: bool = False) -> bool:
    output = subprocess.DEVNULL if quiet else None
    done = subprocess.run(command, stdout=output, stderr=output, check=False)
    return done.returncode == 0
