"""packaging/system_libraries.py against an apt-get and a dpkg-query of our own."""

import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="makes shell scripts")

ALL = """\
libegl1 installed
libgl1 installed
libxkbcommon0 installed
libdbus-1-3 installed
libfontconfig1 installed
libglib2.0-0 installed
libxcb-cursor0 installed
libxcb-icccm4 installed
libxcb-image0 installed
libxcb-keysyms1 installed
libxcb-randr0 installed
libxcb-render-util0 installed
libxcb-render0 installed
libxcb-shape0 installed
libxcb-shm0 installed
libxcb-sync1 installed
libxcb-xfixes0 installed
libxcb-xinerama0 installed
libxcb-xkb1 installed
libxkbcommon-x11-0 installed
"""


@pytest.fixture
def system() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(PACKAGING))
        yield importlib.import_module("system_libraries")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH; each program there notes how it was called."""
    folder = tmp_path / "programs"
    folder.mkdir()
    (folder / "env").symlink_to("/usr/bin/env")
    monkeypatch.setenv("PATH", str(folder))
    return folder


def put(folder: Path, name: str, body: str) -> None:
    """Write a program that notes what it is asked to do, and then does `body`."""
    note = f'[ "$1" = --show ] || echo "{name} $*" >> {folder}/calls.txt'
    (folder / name).write_text(f"#!/bin/sh\n{note}\n{body}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def calls(folder: Path) -> list[str]:
    file = folder / "calls.txt"
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def test_nothing_is_missing_where_all_is_installed(system: ModuleType) -> None:
    assert system.missing_packages(ALL) == []


@pytest.mark.parametrize(
    "line", ["libegl1 not-installed", "libegl1 config-files", "libegl1", ""]
)
def test_a_package_that_is_not_installed_is_missing(
    system: ModuleType, line: str
) -> None:
    listing = ALL.replace("libegl1 installed", line)
    assert system.missing_packages(listing) == ["libegl1"]


def test_a_package_under_its_new_name_is_there(system: ModuleType) -> None:
    listing = ALL.replace("libglib2.0-0 ", "libglib2.0-0t64 ")
    assert system.missing_packages(listing) == []


def test_a_system_that_knows_nothing_lacks_everything(system: ModuleType) -> None:
    assert system.missing_packages("") == list(system.PACKAGES)


def test_a_font_is_found_however_deep(system: ModuleType, tmp_path: Path) -> None:
    folders = (str(tmp_path / "none"), str(tmp_path / "fonts"))
    deep = tmp_path / "fonts" / "truetype" / "one"
    deep.mkdir(parents=True)
    (deep / "README.txt").touch()
    assert not system.has_font(folders)
    (deep / "One.TTF").touch()
    assert system.has_font(folders)


def test_without_root_the_exact_line_is_printed(
    system: ModuleType,
    programs: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    put(programs, "apt-get", "exit 0")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not system.apt_install(["libegl1", "fonts-dejavu-core"])
    assert calls(programs) == []
    assert capsys.readouterr().err == (
        "Qt needs more of this system. Please run:\n"
        "    sudo apt-get install --yes --no-install-recommends "
        "libegl1 fonts-dejavu-core\n"
    )


def test_sudo_is_used_where_it_asks_no_password(
    system: ModuleType, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(programs, "sudo", 'shift; [ "$1" = true ] || exec "$@"')
    put(programs, "apt-get", '[ "$DEBIAN_FRONTEND" = noninteractive ]')
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert system.apt_install(["libegl1"])
    assert calls(programs)[0] == "sudo --non-interactive true"
    assert calls(programs)[-1] == (
        "apt-get install --yes --no-install-recommends libegl1"
    )


def test_sudo_with_a_password_is_not_used(
    system: ModuleType, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(programs, "sudo", "exit 1")
    put(programs, "apt-get", "exit 0")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not system.apt_install(["libegl1"])
    assert calls(programs) == ["sudo --non-interactive true"]


def test_the_lists_are_fetched_where_apt_does_not_know_the_package(
    system: ModuleType, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    updated = programs / "updated"
    body = f'if [ "$1" = update ]; then : > {updated}; fi; [ -e {updated} ]'
    put(programs, "apt-get", body)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert system.apt_install(["libegl1"])
    verbs = [line.split()[1] for line in calls(programs)]
    assert verbs == ["install", "update", "install"]


def test_only_what_is_missing_is_installed(
    system: ModuleType, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = ALL.replace("libgl1 installed", "libgl1 not-installed")
    put(programs, "dpkg-query", f"printf '%s' '{listing}'; exit 1")
    put(programs, "apt-get", "exit 0")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(system, "FONT_FOLDERS", (str(programs / "none"),))
    assert system.install_missing()
    assert calls(programs) == [
        "apt-get install --yes --no-install-recommends libgl1 fonts-dejavu-core"
    ]


def test_other_systems_are_left_alone(system: ModuleType, programs: Path) -> None:
    assert system.install_missing()
    assert calls(programs) == []
