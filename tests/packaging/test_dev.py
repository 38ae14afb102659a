"""The pure parts of packaging/dev.py, with programs that only write down their call."""

import importlib
import importlib.util
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGING = CHECKOUT / "packaging"
posix = pytest.mark.skipif(os.name != "posix", reason="makes shell scripts")


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[ModuleType]:
    """dev.py over an empty checkout of its own; nothing outside is touched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(PACKAGING))
        module = importlib.import_module("dev")
        patch.setattr(module, "CHECKOUT", tmp_path)
        patch.setattr(module, "VENV", tmp_path / ".venv")
        patch.setattr(module, "CONSTRAINTS", tmp_path / "constraints.txt")
        for name in ("pyproject.toml", "constraints.txt"):
            (tmp_path / name).write_text("first\n", encoding="utf-8")
        yield module


@pytest.fixture
def installs(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """The `with_dev` of each installation, which only makes the interpreter."""
    calls: list[bool] = []

    def install(*, with_dev: bool) -> None:
        calls.append(with_dev)
        dev.interpreter().parent.mkdir(parents=True, exist_ok=True)
        dev.interpreter().touch()

    monkeypatch.setattr(dev, "install", install)
    monkeypatch.setattr(dev.system_libraries, "install_missing", lambda: True)
    return calls


@pytest.fixture
def calls(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The programs that were run: all end well, those with "fails" in them badly."""
    seen: list[list[str]] = []

    def call(command: list[str | Path], *, cwd: Path | None = None) -> int:
        seen.append([str(part) for part in command])
        return 3 if "fails" in str(command) else 0

    monkeypatch.setattr(dev, "call", call)
    return seen


def test_an_old_python_is_told_what_is_needed(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.python_too_old((3, 9, 2), "/usr/bin/python3") == (
        "Coverslip needs Python 3.11 or later; /usr/bin/python3 is Python 3.9.2."
    )
    monkeypatch.setattr(dev, "OLDEST_PYTHON", (9, 0))
    assert dev.main(["run"]) == 2
    assert "needs Python 9.0 or later" in capsys.readouterr().err


def test_help_explains_the_commands(
    dev: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        dev.main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(f"dev.py {command}" in shown for command in ("run", "test", "bench"))


def test_nothing_is_installed_twice(dev: ModuleType, installs: list[bool]) -> None:
    assert dev.set_up(with_dev=False) == dev.interpreter()
    dev.set_up(with_dev=False)
    assert installs == [False]


def test_the_development_tools_are_added_when_needed_and_stay(
    dev: ModuleType, installs: list[bool]
) -> None:
    dev.set_up(with_dev=False)
    dev.set_up(with_dev=True)
    dev.set_up(with_dev=False)
    dev.set_up(with_dev=True)
    assert installs == [False, True]
    (dev.CHECKOUT / "pyproject.toml").write_text("second\n", encoding="utf-8")
    dev.set_up(with_dev=False)
    assert installs == [False, True, True]


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_file_leads_to_an_installation(
    dev: ModuleType, installs: list[bool], name: str
) -> None:
    dev.set_up(with_dev=True)
    (dev.CHECKOUT / name).write_text("second\n", encoding="utf-8")
    dev.set_up(with_dev=True)
    assert installs == [True, True]


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b"\xff\xfe", b'{"hash": 1}'])
def test_a_damaged_stamp_leads_to_an_installation(
    dev: ModuleType, installs: list[bool], damage: bytes
) -> None:
    dev.set_up(with_dev=True)
    (dev.VENV / "coverslip-stamp.json").write_bytes(damage)
    dev.set_up(with_dev=True)
    assert installs == [True, True]


def test_a_lost_interpreter_leads_to_an_installation(
    dev: ModuleType, installs: list[bool]
) -> None:
    dev.set_up(with_dev=True)
    dev.interpreter().unlink()
    dev.set_up(with_dev=True)
    assert installs == [True, True]


def test_the_system_is_looked_at_until_all_is_there(
    dev: ModuleType, installs: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([False, False, True])
    monkeypatch.setattr(dev.system_libraries, "install_missing", lambda: next(answers))
    for _ in range(5):
        dev.set_up(with_dev=False)
    assert next(answers, "asked three times") == "asked three times"
    assert installs == [False]


def put_interpreter(dev: ModuleType, script: str) -> None:
    dev.interpreter().parent.mkdir(parents=True)
    dev.interpreter().write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    dev.interpreter().chmod(0o755)


@posix
def test_a_venv_with_this_python_and_pip_is_sound(dev: ModuleType) -> None:
    put_interpreter(dev, f'exec "{sys.executable}" "$@"')
    assert dev.is_sound()
    dev.unfinished_mark().touch()
    assert not dev.is_sound()


@posix
@pytest.mark.parametrize(
    "script", ["echo 3.11.0 of somebody else", "exit 1", "exec /nowhere/python"]
)
def test_a_venv_with_another_python_is_not_sound(dev: ModuleType, script: str) -> None:
    assert not dev.is_sound()
    put_interpreter(dev, script)
    assert not dev.is_sound()


@posix
def test_an_interpreter_that_is_no_program_is_not_sound(dev: ModuleType) -> None:
    put_interpreter(dev, "")
    dev.interpreter().write_bytes(b"\x7fELF but not really")
    assert not dev.is_sound()


def test_a_linked_venv_is_unlinked_and_never_emptied(
    dev: ModuleType, calls: list[list[str]], tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    dev.VENV.symlink_to(elsewhere)
    dev.make_venv()
    assert (elsewhere / "precious").exists()
    assert not dev.VENV.is_symlink()
    assert calls == [[sys.executable, "-m", "venv", str(dev.VENV)]]


def test_a_broken_venv_is_made_anew(dev: ModuleType, calls: list[list[str]]) -> None:
    dev.VENV.mkdir()
    (dev.VENV / "rubbish").touch()
    dev.make_venv()
    assert not dev.VENV.exists()  # it is venv, not run here, that makes it again
    assert len(calls) == 1


def test_a_python_without_ensurepip_names_the_package(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[str] = []

    def refuse(packages: list[str]) -> bool:
        wanted.extend(packages)
        return False

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(dev.system_libraries, "apt_install", refuse)
    package = "python{}.{}-venv".format(*sys.version_info)
    with pytest.raises(dev.SetupError, match=f"cannot be made without {package}"):
        dev.make_venv()
    assert wanted == [package]


def test_the_installation_is_editable_and_pinned(
    dev: ModuleType, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "is_sound", lambda: True)
    dev.VENV.mkdir()
    dev.install(with_dev=True)
    pinned = ["--constraint", str(dev.CONSTRAINTS)]
    assert calls[0][1:4] == ["-m", "pip", "install"]
    assert calls[0][4:] == [*pinned, "--editable", f"{dev.CHECKOUT}[dev]"]
    assert not dev.unfinished_mark().exists()


def test_a_failing_pip_is_a_sentence_and_leaves_the_venv_alone(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "is_sound", lambda: True)
    monkeypatch.setattr(dev, "call", lambda command: 1)
    monkeypatch.setattr(dev.system_libraries, "install_missing", lambda: True)
    dev.VENV.mkdir()
    assert dev.main(["test"]) == 2
    assert capsys.readouterr().err == (
        "dev.py: pip failed with exit code 1; its reason is above\n"
    )
    assert dev.VENV.exists()
    assert not dev.unfinished_mark().exists()


def test_a_pip_that_was_killed_leaves_its_mark(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(command: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(dev, "is_sound", lambda: True)
    monkeypatch.setattr(dev, "call", interrupt)
    monkeypatch.setattr(dev.system_libraries, "install_missing", lambda: True)
    dev.VENV.mkdir()
    assert dev.main(["run"]) == 130
    assert dev.unfinished_mark().exists()


@pytest.mark.parametrize(
    ("files", "shown"),
    [([], ["demo"]), (["a.dcm", "--odd"], ["a.dcm", "--odd"])],
)
def test_run_opens_the_files_or_the_demo(
    dev: ModuleType,
    installs: list[bool],
    calls: list[list[str]],
    files: list[str],
    shown: list[str],
) -> None:
    assert dev.main(["run", *files]) == 0
    assert calls == [[str(dev.interpreter()), "-P", "-m", "viewer", *shown]]
    assert installs == [False]


def test_bench_passes_its_arguments_on(
    dev: ModuleType, installs: list[bool], calls: list[list[str]]
) -> None:
    assert dev.main(["bench", "samples", "--json", "out.json"]) == 0
    assert calls[0][1].endswith("run.py")
    assert calls[0][2:] == ["samples", "--json", "out.json"]
    assert installs == [True]


def test_every_check_runs_although_one_fails(
    dev: ModuleType,
    installs: list[bool],
    calls: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    checks = (("first", ("one-fails",)), ("second", ("two",)), ("tests", ("pytest",)))
    monkeypatch.setattr(dev, "CHECKS", checks)
    assert dev.main(["test", "-k", "name", "--co"]) == 1
    assert calls == [
        [str(dev.script("one-fails"))],
        [str(dev.script("two"))],
        [str(dev.script("pytest")), "-k", "name", "--co"],
    ]
    verdicts = capsys.readouterr().out.splitlines()[-3:]
    assert verdicts[0].split()[:5] == ["first", "FAILED", "(exit", "code", "3)"]
    assert [line.split()[:2] for line in verdicts[1:]] == [
        ["second", "ok"],
        ["tests", "ok"],
    ]


def test_all_checks_good_is_exit_code_0(
    dev: ModuleType, installs: list[bool], calls: list[list[str]]
) -> None:
    assert dev.main(["test"]) == 0
    programs = [Path(command[0]).stem for command in calls]
    assert programs == ["ruff", "ruff", "pyright", "lint-imports", "pytest"]


def test_the_settings_of_pip_stay_and_foreign_paths_go(dev: ModuleType) -> None:
    given = {"PIP_INDEX_URL": "somewhere", "PYTHONPATH": "/x", "PYTHONHOME": "/y"}
    assert dev.environment(given) == {
        "PIP_INDEX_URL": "somewhere",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1",
    }
    kept = {"PIP_DISABLE_PIP_VERSION_CHECK": "0"}
    assert dev.environment(kept)["PIP_DISABLE_PIP_VERSION_CHECK"] == "0"


@posix
def test_exit_codes_pass_through_and_a_signal_counts_from_128(dev: ModuleType) -> None:
    assert dev.call([sys.executable, "-c", "raise SystemExit(7)"]) == 7
    assert dev.call(["/bin/sh", "-c", "kill -9 $$"]) == 137


def test_a_missing_program_is_a_sentence(dev: ModuleType) -> None:
    missing = dev.CHECKOUT / "nothing"
    with pytest.raises(dev.SetupError, match="nothing cannot be run: No such file"):
        dev.call([missing])


@posix
def test_a_real_venv_without_pip_is_not_sound(dev: ModuleType) -> None:
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", dev.VENV], check=True
    )
    assert dev.interpreter().exists()
    assert not dev.is_sound()


def pins() -> dict[str, str]:
    text = (PACKAGING / "constraints.txt").read_text(encoding="utf-8")
    pairs = [line.split("==") for line in text.splitlines()]
    return {canonicalize_name(name): version for name, version in pairs}


def test_constraints_hold_names_and_versions_only() -> None:
    text = (PACKAGING / "constraints.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        requirement = Requirement(line)
        assert requirement.url is None
        assert requirement.marker is None
        assert [part.operator for part in requirement.specifier] == ["=="]


def test_every_dependency_is_pinned_to_a_version_it_allows() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["dev"],
    ]
    pinned = pins()
    for requirement in map(Requirement, wanted):
        version = pinned[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), requirement
    assert pinned["shiboken6"] == pinned["pyside6-essentials"]
