"""Sets up, runs, tests and measures Coverslip from a checkout.

    python3 packaging/dev.py run [FILES]          opens slides, or the demo slide
    python3 packaging/dev.py test [PYTEST ARGS]   every check of the project
    python3 packaging/dev.py bench [NAME] [--markdown FILE]

Each command makes what it needs first: a virtual environment in .venv, with the pinned
versions of packaging/constraints.txt, and on Debian and Ubuntu the system's libraries
that Qt needs. When nothing has changed, that takes no time. Needs only the standard
library.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import system_libraries

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
CONSTRAINTS = CHECKOUT / "packaging" / "constraints.txt"
OLDEST_PYTHON = (3, 11)

CHECKS = (
    ("format", ("ruff", "format", "--check")),
    ("lint", ("ruff", "check")),
    ("types", ("pyright",)),
    ("import contracts", ("lint-imports",)),
    ("tests", ("pytest",)),
)


class SetupError(Exception):
    """Setting up did not work; the sentence says what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    if sys.version_info < OLDEST_PYTHON:
        print(python_too_old(sys.version_info[:3], sys.executable), file=sys.stderr)
        return 2
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=list(COMMANDS))
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="...")
    wish = parser.parse_args(arguments)
    try:
        return COMMANDS[wish.command](wish.rest)
    except SetupError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def run(files: list[str]) -> int:
    """Open files in the window, the demo slide without any."""
    python = set_up(with_dev=False)
    # -P: a folder named "viewer" where the user stands is not the program.
    return call([python, "-P", "-m", "viewer", *(files or ["demo"])])


def test(pytest_arguments: list[str]) -> int:
    """Run every check, say how each went, and fail when one did."""
    set_up(with_dev=True)
    results: list[tuple[str, int, float]] = []
    for name, command in CHECKS:
        program, *options = command
        more = pytest_arguments if program == "pytest" else []
        print(f"\n== {name}: {shlex.join([*command, *more])}", flush=True)
        start = time.monotonic()
        code = call([script(program), *options, *more], cwd=CHECKOUT)
        results.append((name, code, time.monotonic() - start))
    print()
    for name, code, seconds in results:
        verdict = "ok" if code == 0 else f"FAILED (exit code {code})"
        print(f"{name:18} {verdict} in {seconds:.1f} s")
    return int(any(code for _, code, _ in results))


def bench(arguments: list[str]) -> int:
    """Run the benchmarks."""
    python = set_up(with_dev=True)
    return call([python, CHECKOUT / "tests" / "benchmarks" / "run.py", *arguments])


COMMANDS = {"run": run, "test": test, "bench": bench}


def python_too_old(version: tuple[int, ...], executable: str) -> str:
    """Return the sentence for a Python that is too old."""
    found = ".".join(map(str, version))
    needed = ".".join(map(str, OLDEST_PYTHON))
    return f"Coverslip needs Python {needed} or later; {executable} is Python {found}."


def set_up(*, with_dev: bool) -> Path:
    """Make or complete .venv and return its interpreter; quick where nothing changed.

    Raises SetupError with a sentence where that fails.
    """
    stamp = VENV / "coverslip-stamp.json"
    state = read_stamp(stamp)
    hashed = wanted_state()
    ready = state.get("hash") == hashed and interpreter().exists()
    if not state.get("system") or not ready:
        state["system"] = system_libraries.install_missing()
    if not ready or (with_dev and not state.get("dev")):
        with_dev = with_dev or bool(state.get("dev"))
        install(with_dev=with_dev)
        state |= {"hash": hashed, "dev": with_dev}
    write_stamp(stamp, state)
    return interpreter()


def read_stamp(stamp: Path) -> dict[str, object]:
    """Return what an earlier set-up wrote down; empty where nothing sensible is."""
    try:
        state = json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def write_stamp(stamp: Path, state: dict[str, object]) -> None:
    """Write the state down where it differs from what is there."""
    if read_stamp(stamp) != state:
        stamp.write_text(json.dumps(state), encoding="utf-8")


def wanted_state() -> str:
    """Return a hash of everything that decides what .venv must hold."""
    parts = [
        (CHECKOUT / "pyproject.toml").read_bytes(),
        CONSTRAINTS.read_bytes(),
        sys.version.encode(),
        str(VENV).encode(),  # a moved environment is a broken one
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def interpreter() -> Path:
    """Return where the Python of .venv is, or would be."""
    return script("python")


def script(name: str) -> Path:
    """Return where a program of .venv is, or would be."""
    windows = os.name == "nt"
    return VENV / ("Scripts" if windows else "bin") / (name + ".exe" * windows)


def install(*, with_dev: bool) -> None:
    """Install the package into .venv, editable; remake .venv where it is broken."""
    if not is_sound():
        make_venv()
    print("Installing Coverslip and what it needs into .venv ...", flush=True)
    target = f"{CHECKOUT}[dev]" if with_dev else str(CHECKOUT)
    unfinished = unfinished_mark()
    unfinished.touch()
    code = call(
        [
            *(interpreter(), "-m", "pip", "install"),
            *("--constraint", CONSTRAINTS, "--editable", target),
        ]
    )
    unfinished.unlink()
    if code != 0:
        raise SetupError(f"pip failed with exit code {code}; its reason is above")


def unfinished_mark() -> Path:
    """Return the file that is in .venv while pip works; kept where pip was killed."""
    return VENV / "coverslip-unfinished"


def is_sound() -> bool:
    """Whether .venv has this Python and a pip that was never killed at its work."""
    if not interpreter().exists() or unfinished_mark().exists():
        return False
    probe = "import sys, pip; print(sys.version)"
    try:
        answer = subprocess.run(
            [interpreter(), "-c", probe], capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.strip() == sys.version.strip()


def make_venv() -> None:
    """Make .venv anew."""
    if importlib.util.find_spec("ensurepip") is None:  # Debian packs it apart
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if not system_libraries.apt_install([package]):
            raise SetupError(f"{VENV} cannot be made without {package}")
    if VENV.is_symlink():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(VENV)
    print(f"Making {VENV} ...", flush=True)
    if call([sys.executable, "-m", "venv", VENV]) != 0:
        raise SetupError(f"{VENV} could not be made; the reason is above")


def call(command: list[str | Path], *, cwd: Path | None = None) -> int:
    """Run a program to its end and return its exit code; a signal is 128 and more."""
    try:
        code = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env=environment(os.environ),
            check=False,
        ).returncode
    except OSError as error:
        raise SetupError(f"{command[0]} cannot be run: {error.strerror}") from error
    return code if code >= 0 else 128 - code


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of what is run: pip's settings stay as they are."""
    variables = {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1",  # about newer versions than the pinned
    } | dict(inherited)
    variables.pop("PYTHONHOME", None)
    variables.pop("PYTHONPATH", None)
    return variables


if __name__ == "__main__":
    sys.exit(main())
