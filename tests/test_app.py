"""The program as a user starts it: exit codes and one sentence each."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.synthetic import write_slide
from viewer import __version__
from viewer.app import COMMANDS, main
from viewer.slide.errors import BrokenFile, Cancelled

SECONDS = 60


def coverslip(
    *words: str, code: str = "", **environment: str
) -> "subprocess.CompletedProcess[str]":
    start = ["-c", code] if code else ["-m", "viewer"]
    return subprocess.run(
        [sys.executable, *start, *words],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        env={**os.environ, **environment},
    )


def test_version_imports_neither_qt_nor_numpy() -> None:
    code = (
        "import sys; from viewer.app import main; main(['--version']); "
        "print(sorted({'numpy', 'PySide6', 'pydicom', 'PIL'} & set(sys.modules)))"
    )
    result = coverslip(code=code)
    assert result.stdout.splitlines() == [f"coverslip {__version__}", "[]"]


def test_help_lists_every_command_and_needs_no_qt() -> None:
    code = (
        "import sys; from viewer.app import main; main(['--help']); "
        "print('PySide6' in sys.modules)"
    )
    lines = coverslip(code=code).stdout.splitlines()
    below = lines[lines.index("commands:") + 1 :]
    listed = [line.split()[0] for line in below if line.startswith("  ")]
    assert listed == list(COMMANDS)
    assert "Not for primary diagnosis" in " ".join(lines)
    assert lines[-1] == "False"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    result = coverslip(name, "--help")
    assert result.returncode == 0
    assert result.stdout.startswith(f"usage: coverslip {name}")
    assert result.stderr == ""


def test_missing_arguments_are_one_sentence() -> None:
    result = coverslip("snapshot")
    assert result.returncode == 2
    assert result.stderr == (
        "coverslip snapshot: the following arguments are required: PATH, -o/--output; "
        "coverslip snapshot --help explains.\n"
    )


def test_json_before_the_paths_means_them_where_one_would_be_missing(
    tmp_path: Path,
) -> None:
    (path,) = write_slide(tmp_path / "a", levels=1, label=False, overview=False)
    slide = str(path)
    for words in (
        ("compare", "--json", slide, slide),
        ("compare", slide, "--json", slide),
        ("check", "--json", slide),
        ("dual", "--json", slide),
    ):
        result = coverslip(*words)
        assert result.stderr == ""
        assert json.loads(result.stdout)["findings"] is not None
    result = coverslip("compare", "--json", slide)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        "coverslip compare: the following arguments are required: A, B; "
        "coverslip compare --help explains.\n"
    )


def test_unknown_option_is_one_sentence() -> None:
    result = coverslip("--frobnicate")
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr == (
        "coverslip: there is no option --frobnicate; coverslip --help lists them all.\n"
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11 and Wayland")
def test_without_a_display_the_window_says_so() -> None:
    result = coverslip(DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert result.returncode == 2
    assert result.stderr.startswith("coverslip: there is no display")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11")
@pytest.mark.parametrize(
    ("variables", "cause"),
    [
        ({"DISPLAY": ":9999"}, "could not connect to display :9999"),
        ({"QT_QPA_PLATFORM": "abacus"}, 'not find the Qt platform plugin "abacus"'),
    ],
)
def test_a_display_that_does_not_answer_is_one_sentence(
    variables: dict[str, str], cause: str
) -> None:
    result = coverslip(**{"WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": "xcb", **variables})
    assert result.returncode == 2
    assert result.stderr.startswith("coverslip: the window cannot be opened (")
    assert cause in result.stderr or "libxcb" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_slide_errors_become_their_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(monkeypatch, BrokenFile("x.dcm: ends early.")) == 2
    assert capsys.readouterr().err == "coverslip: x.dcm: ends early.\n"


def test_output_errors_name_file_and_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = OSError(28, "No space left on device", "out.png")
    assert ran(monkeypatch, full) == 2
    assert capsys.readouterr().err == "coverslip: out.png: No space left on device.\n"


def test_cancelling_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(monkeypatch, Cancelled("whatever")) == 2
    assert capsys.readouterr().err == "coverslip: cancelled.\n"


def test_ctrl_c_ends_quietly_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(monkeypatch, KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == ""


def test_a_bug_is_one_sentence_and_a_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(monkeypatch, ZeroDivisionError("canary")) == 2
    said = capsys.readouterr().err
    assert said.startswith("coverslip: an internal error stopped this (ZeroDivision")
    assert len(said.splitlines()) == 1
    log = Path(said.split("report is in ")[1].strip().rstrip("."))
    assert "ZeroDivisionError" in log.read_text()


def ran(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    """Return what main answers when `info` raises an error."""

    def stumble(_arguments: object) -> int:
        raise error

    monkeypatch.setattr("viewer.commands.info.run", stumble)
    return main(["info", "x"])


@pytest.mark.skipif(sys.platform == "win32", reason="no such pipes")
def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    code = "import sys; from viewer.app import main; sys.exit(main(['--help']))"
    reading, writing = os.pipe()
    os.close(reading)
    try:
        result = subprocess.run(
            [sys.executable, "-c", code],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    finally:
        os.close(writing)
    assert result.stderr == ""
    assert result.returncode == 0


def test_a_folder_called_like_a_command_opens_with_a_dot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted: list[list[Path]] = []

    def run_window(paths: list[Path], *, demo: bool) -> int:
        wanted.append(paths)
        return 0

    monkeypatch.setattr("viewer.window.application.run_window", run_window)
    assert main(["./info", "b"]) == 0
    assert main(["--", "info"]) == 0
    assert wanted == [[Path("info"), Path("b")], [Path("info")]]


def test_demo_without_folder_opens_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[bool] = []

    def run_window(_paths: list[Path], *, demo: bool) -> int:
        wanted.append(demo)
        return 0

    monkeypatch.setattr("viewer.window.application.run_window", run_window)
    assert main(["demo"]) == 0
    assert wanted == [True]


READY = """
import gc
import sys
from viewer.window import application
begin = application._begin
def say_ready(*words, **more):
    begin(*words, **more)
    print("ready" if gc.isenabled() else "never collects garbage", flush=True)
application._begin = say_ready
sys.exit(application.run_window([]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window_and_the_process_ends_cleanly(
    number: signal.Signals,
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", READY],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        out, err = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    assert (process.returncode, out, err) == (0, "", "")


def test_help_tells_of_the_desktop() -> None:
    said = coverslip("--help").stdout
    assert "--install-desktop" in said
    assert "--uninstall-desktop" in said
