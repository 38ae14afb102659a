"""The program among a desktop's applications: what is written, run and removed."""

import configparser
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.slide.errors import UnsupportedFile
from viewer.window import desktop_entry

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="Linux desktops"
)

CHECKOUT = Path(__file__).resolve().parents[2]
MIME_XML = "{http://www.freedesktop.org/standards/shared-mime-info}"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home of a system that knows no MIME types."""
    home = tmp_path / "home of 100% $me"
    home.mkdir()
    return home


def coverslip(home: Path, option: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "XDG_DATA_DIRS": str(home / "no" / "system"),
        **more,
    }
    return subprocess.run(
        [sys.executable, "-m", "viewer", option],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def files_in(folder: Path) -> set[str]:
    """The files we are to answer for; the desktop's own tools make caches beside."""
    caches = {"mimeinfo.cache"}
    return {
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*")
        if file.is_file()
        and file.name not in caches
        and not (file.parent.name != "packages" and "mime" in file.parts)
    }


def entry_of(text: str) -> dict[str, str]:
    parser = configparser.RawConfigParser(strict=True, delimiters=("=",))
    parser.optionxform = str  # pyright: ignore[reportAttributeAccessIssue]
    parser.read_string(text)
    return dict(parser["Desktop Entry"])


def unescaped(value: str) -> str:
    """A value of type string, read as the specification has it."""
    codes = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
    letters = iter(value)
    return "".join(codes[next(letters)] if x == "\\" else x for x in letters)


def arguments(value: str) -> list[str]:
    """An Exec value, read as the specification has it: quotes, then field codes."""
    found, word, quoted, letters = [], "", False, iter(unescaped(value))
    for letter in letters:
        if letter == '"':
            quoted = not quoted
        elif quoted and letter == "\\":
            word += next(letters)
        elif letter == "%" and (code := next(letters)) != "%":
            word += f"<{code}>"
        elif letter == " " and not quoted:
            found.append(word)
            word = ""
        else:
            word += letter
    assert not quoted
    return [*found, word]


def test_entry_icons_and_type_are_written_and_exactly_they_are_removed(
    home: Path,
) -> None:
    data = home / ".local" / "share"
    other = data / "applications" / "other.desktop"
    other.parent.mkdir(parents=True)
    other.write_text("[Desktop Entry]\n")
    done = coverslip(home, "--install-desktop")
    assert done.returncode == 0, done.stderr
    written = files_in(data)
    assert written == {
        "applications/other.desktop",
        "applications/coverslip.desktop",
        "mime/packages/coverslip.xml",
        "icons/hicolor/scalable/apps/coverslip.svg",
        "icons/hicolor/48x48/apps/coverslip.png",
        "icons/hicolor/128x128/apps/coverslip.png",
        "icons/hicolor/256x256/apps/coverslip.png",
    }
    told = [Path(line.strip()) for line in done.stdout.splitlines()[1:]]
    assert {path.relative_to(data).as_posix() for path in told} == written - {
        "applications/other.desktop"
    }
    first = {name: (data / name).read_bytes() for name in written}
    assert coverslip(home, "--install-desktop").returncode == 0
    assert {name: (data / name).read_bytes() for name in files_in(data)} == first
    done = coverslip(home, "--uninstall-desktop")
    assert done.returncode == 0, done.stderr
    assert files_in(data) == {"applications/other.desktop"}
    assert not (data / "icons").exists()
    done = coverslip(home, "--uninstall-desktop")
    assert done.stdout == "There was nothing to remove.\n"
    assert done.returncode == 0


def test_the_entry_runs_this_program_and_claims_no_default(home: Path) -> None:
    assert coverslip(home, "--install-desktop").returncode == 0
    data = home / ".local" / "share"
    entry = entry_of((data / "applications/coverslip.desktop").read_text())
    assert arguments(entry["Exec"]) == [sys.executable, "-m", "viewer", "<F>"]
    assert entry["Path"] == str(CHECKOUT)
    assert entry["TryExec"] == sys.executable
    assert entry["MimeType"] == "application/dicom;image/tiff;"
    assert entry["Type"] == "Application"
    assert entry["Terminal"] == "false"
    done = subprocess.run(
        [*arguments(entry["Exec"])[:-1], "--version"],
        cwd=entry["Path"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.startswith("coverslip ")
    assert not [*home.rglob("mimeapps.list"), *home.rglob("defaults.list")]


def test_the_icons_have_their_sizes(home: Path) -> None:
    from PIL import Image

    coverslip(home, "--install-desktop")
    for size in (48, 128, 256):
        name = f".local/share/icons/hicolor/{size}x{size}/apps/coverslip.png"
        with Image.open(home / name) as icon:
            assert icon.size == (size, size)
            assert icon.mode == "RGBA"
            alpha = icon.getchannel("A")
            assert alpha.getpixel((0, 0)) == 0
            assert alpha.getpixel((size // 2, size // 2)) == 255


def test_a_relative_data_folder_is_ignored_and_an_absolute_one_used(
    home: Path,
) -> None:
    coverslip(home, "--install-desktop", XDG_DATA_HOME="relative")
    assert (home / ".local/share/applications/coverslip.desktop").is_file()
    other = home / "elsewhere"
    coverslip(home, "--install-desktop", XDG_DATA_HOME=str(other))
    assert (other / "applications/coverslip.desktop").is_file()


def test_the_type_of_dicom_is_left_to_a_system_that_knows_it(home: Path) -> None:
    system = home / "system"
    (system / "mime/application").mkdir(parents=True)
    (system / "mime/application/dicom.xml").touch()
    coverslip(home, "--install-desktop", XDG_DATA_DIRS=str(system))
    assert not [*(home / ".local").rglob("coverslip.xml")]


def test_the_type_says_what_a_dicom_file_looks_like(home: Path) -> None:
    coverslip(home, "--install-desktop")
    file = home / ".local/share/mime/packages/coverslip.xml"
    kind = ET.parse(file).getroot().find(f"{MIME_XML}mime-type")  # noqa: S314 ours
    assert kind is not None
    assert kind.get("type") == "application/dicom"
    match, glob = kind.find(f".//{MIME_XML}match"), kind.find(f"{MIME_XML}glob")
    assert match is not None
    assert glob is not None
    assert (match.get("offset"), match.get("value")) == ("128", "DICM")
    assert glob.get("pattern") == "*.dcm"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_a_sentence(home: Path) -> None:
    home.chmod(0o500)
    done = coverslip(home, "--install-desktop")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_a_file_in_the_way_is_a_sentence(home: Path) -> None:
    (home / ".local").touch()
    done = coverslip(home, "--install-desktop")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert ".local" in done.stderr


def test_other_systems_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(UnsupportedFile, match="Linux desktops"):
        desktop_entry.install()
    with pytest.raises(UnsupportedFile, match="Linux desktops"):
        desktop_entry.uninstall()


AWKWARD = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0="), max_size=20
)


@given(AWKWARD)
def test_any_path_of_the_program_is_read_back(name: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", f"/opt/x{name}/python".replace("/./", "/"))
        text = desktop_entry.entry()
        exec_line, try_line = (
            next(line for line in text.split("\n") if line.startswith(key))
            for key in ("Exec=", "TryExec=")
        )
        program = os.path.abspath(sys.executable)  # noqa: PTH100
    assert arguments(exec_line.removeprefix("Exec="))[0] == program
    assert unescaped(try_line.removeprefix("TryExec=")) == program


def test_a_path_that_no_entry_can_hold_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/a=b/python")
    with pytest.raises(UnsupportedFile, match="equals sign"):
        desktop_entry.entry()


def test_an_installed_program_is_started_from_anywhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def installed(_kind: str) -> str:
        return str(CHECKOUT)

    monkeypatch.setattr("sysconfig.get_path", installed)
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    monkeypatch.setattr(sys, "executable", str(python))
    entry = entry_of(desktop_entry.entry())
    assert arguments(entry["Exec"]) == [str(python), "-P", "-m", "viewer", "<F>"]
    assert "Path" not in entry
    script = python.with_name("coverslip")
    script.touch(mode=0o755)
    entry = entry_of(desktop_entry.entry())
    assert arguments(entry["Exec"]) == [str(script), "<F>"]


@pytest.mark.skipif(shutil.which("gio") is None, reason="GLib's gio is not installed")
def test_glib_starts_the_program_with_the_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """GLib reads the entry as GNOME does, and hands over two awkward names."""
    folder = tmp_path / "\"a\" $b `c` \\d 'e'"
    folder.mkdir()
    program, said = folder / "python", tmp_path / "said"
    program.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > {said}.part\nmv {said}.part {said}\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    file = tmp_path / "coverslip.desktop"
    file.write_text(desktop_entry.entry())
    slides = [tmp_path / "a b.dcm", tmp_path / "50%.dcm"]
    for slide in slides:
        slide.touch()
    done = subprocess.run(
        ["gio", "launch", file, *slides],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    deadline = time.monotonic() + 10
    while not said.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert said.read_text().splitlines() == ["-m", "viewer", *map(str, slides)]


@pytest.mark.skipif(
    shutil.which("desktop-file-validate") is None, reason="desktop-file-utils"
)
def test_the_validator_has_no_complaint(tmp_path: Path) -> None:
    file = tmp_path / "coverslip.desktop"
    file.write_text(desktop_entry.entry())
    done = subprocess.run(
        ["desktop-file-validate", "--no-hints", file],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0
