"""Child processes of the benchmarks: our own modules, run beside the checkout."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks.data import data_folder

CHECKOUT = Path(__file__).resolve().parent.parent.parent
_PATIENCE = 600.0  # seconds


def command(module: str, *arguments: object) -> list[str]:
    """Return the command line of a module of this folder."""
    words = [str(argument) for argument in arguments]
    return [sys.executable, "-m", f"tests.benchmarks.{module}", *words]


def environment(home: Path | None = None) -> dict[str, str]:
    """Return the variables of a child: no screen, and settings and logs of its own.

    It also keeps its compiled modules in `home`, as an installed program has them,
    whatever this process is told about writing such files.
    """
    home = home or data_folder() / "home"
    variables = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    variables["PYTHONPYCACHEPREFIX"] = str(home / "compiled")
    for variable in ("CONFIG", "CACHE", "DATA", "STATE"):
        variables[f"XDG_{variable}_HOME"] = str(home / variable.lower())
    return variables


def json_of(module: str, *arguments: object) -> dict[str, Any]:
    """Run a module to its end and return the object that its last line holds."""
    done = subprocess.run(
        command(module, *arguments),
        cwd=CHECKOUT,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
        timeout=_PATIENCE,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


class Child:
    """A process that answers lines with lines."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, line: object) -> str:
        """Send a line and return the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self.line()

    def line(self) -> str:
        """Return the next line; raises EOFError when the process has ended."""
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        if not answer:
            raise EOFError(f"a child process ended: {self._process.args}")
        return answer.strip()


@contextmanager
def answering(module: str, *arguments: object) -> Iterator[Child]:
    """Run a module that answers lines, until the end of the block."""
    with subprocess.Popen(
        command(module, *arguments),
        cwd=CHECKOUT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Child(process)
        finally:
            if process.stdin is not None:
                process.stdin.close()
