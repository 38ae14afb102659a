"""Child processes that judge mutants, watched from outside.

A child that dies, works for more than five seconds on one mutant or grows by more than
256 MiB is judged here, and another takes its place.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final, NamedTuple

from tests.fuzz.seeds import Mutant

SECONDS: Final = 5.0
"""Processor time that one mutant may take: other work on the machine does not count."""

GROWTH: Final = 256 << 20
"""Bytes by which a child may grow over one mutant."""


class Limits(NamedTuple):
    """What one mutant may take: seconds of processor time, bytes of growth."""

    seconds: float = SECONDS
    growth: int = GROWTH


LIMITS: Final = Limits()
COMMAND_LIMITS: Final = Limits(seconds=20.0)
"""Of all commands together."""


class Judged(NamedTuple):
    """A mutant, its outcome (see judge.OUTCOMES), and both in words."""

    mutant: Mutant
    outcome: str
    reason: str
    damage: str


def judged(
    folder: Path, mutants: Iterable[Mutant], jobs: int, what: str = "opening"
) -> Iterator[Judged]:
    """Judge mutants of the seeds in a folder; yields as they come, in no order.

    `what` of them is judged is "opening" or "commands". Mutants that turned out as no
    damage at all are left out.
    """
    program = ["-m", "tests.fuzz.child", what, str(folder)]
    todo: queue.SimpleQueue[Mutant] = queue.SimpleQueue()
    for mutant in mutants:
        todo.put(mutant)
    done: queue.SimpleQueue[Judged | BaseException | None] = queue.SimpleQueue()
    threads = [
        threading.Thread(target=_work, args=(program, what, todo, done))
        for _ in range(jobs)
    ]
    for thread in threads:
        thread.start()
    try:
        while jobs:
            verdict = done.get()
            if isinstance(verdict, BaseException):
                raise verdict
            if verdict is None:
                jobs -= 1
            elif verdict.outcome:
                yield verdict
    finally:
        _empty(todo)
        for thread in threads:
            thread.join()


def _empty(todo: "queue.SimpleQueue[Mutant]") -> None:
    with suppress(queue.Empty):
        while True:
            todo.get_nowait()


def _work(
    program: Sequence[str],
    what: str,
    todo: "queue.SimpleQueue[Mutant]",
    done: "queue.SimpleQueue[Judged | BaseException | None]",
) -> None:
    """Judge what there is to do, with a child of one's own; None is the end."""
    child = Child(program, LIMITS if what == "opening" else COMMAND_LIMITS)
    try:
        while True:
            done.put(child.judge(todo.get_nowait()))
    except queue.Empty:
        done.put(None)
    except BaseException as error:  # noqa: BLE001  the caller gets it
        done.put(error)
    finally:
        child.stop()


class Child:
    """One process at a time, replaced when it ends; used by one thread.

    `program` is what runs: a module that reads mutants and answers, and its arguments.
    """

    def __init__(self, program: Sequence[str], limits: Limits = LIMITS) -> None:
        self._program = program
        self._limits = limits
        self._running: _Running | None = None

    def judge(self, mutant: Mutant) -> Judged:
        """Have a mutant judged; judge the child where that is due."""
        child = self._started(mutant.seed)
        pid = child.process.pid
        before, busy = _status(pid, "VmRSS"), _busy(pid)
        _reset_peak(pid)
        child.ask(json.dumps(asdict(mutant)))
        damage = ""
        while True:
            said = child.line(0.2)
            damage = said.get("damage", damage)
            growth = _status(pid, "VmHWM") - before
            if "outcome" in said:
                if growth > self._limits.growth:
                    return Judged(mutant, "memory", f"{growth >> 20} MiB", damage)
                return Judged(mutant, said["outcome"], said["reason"], damage)
            outcome, reason = self._outside(child, growth, _busy(pid) - busy)
            if outcome:
                self.stop()
                return Judged(mutant, outcome, reason, damage)

    def stop(self) -> None:
        """End the process."""
        running, self._running = self._running, None
        if running is not None:
            running.stop()

    def _outside(self, child: "_Running", growth: int, busy: float) -> tuple[str, str]:
        """Judge a child that does not answer: outcome and reason, or nothing yet."""
        code = child.process.poll()
        if code is not None:
            return "crash", f"exit code {code}: {child.last_words()}"
        if growth > 2 * self._limits.growth:
            return "memory", f"{growth >> 20} MiB, and it went on"
        if busy > self._limits.seconds:
            return "hang", f"more than {self._limits.seconds:.0f} s"
        return "", ""

    def _started(self, seed: str) -> "_Running":
        if self._running is None or self._running.process.poll() is not None:
            self.stop()
            self._running = _Running([*self._program, seed])
            began = time.monotonic()
            while "ready" not in self._running.line(1):
                ended = self._running.process.poll() is not None
                if ended or time.monotonic() > began + _START:
                    words = self._running.last_words()
                    raise RuntimeError(f"the child does not start: {words}")
        return self._running


class _Running:
    """A process, what it says, and where its complaints go."""

    def __init__(self, command: Sequence[str]) -> None:
        self._complaints = TemporaryFile()  # noqa: SIM115  closed in stop
        self.process = subprocess.Popen(
            [sys.executable, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
            cwd=Path(__file__).resolve().parent.parent.parent,
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def ask(self, line: str) -> None:
        """Send a line; one that a dying process does not take is dropped."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()

    def line(self, seconds: float) -> dict[str, Any]:
        """Return what it says next, or nothing after so long."""
        try:
            return json.loads(self._lines.get(timeout=seconds))
        except queue.Empty:
            return {}

    def last_words(self) -> str:
        """Return the end of what it complained of."""
        self._complaints.seek(0)
        return self._complaints.read().decode(errors="replace")[-500:]

    def stop(self) -> None:
        """Kill it and let go of everything."""
        self.process.kill()
        self.process.wait()
        self._listening.join()
        for stream in (self.process.stdin, self.process.stdout, self._complaints):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)


_START: Final = 120  # seconds, on a busy machine


def _busy(pid: int) -> float:
    """Return the processor time of a process in seconds; 0 where nobody tells."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _status(pid: int, name: str) -> int:
    """Return a size from the process's status in bytes; 0 where there is none."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    found = [line.split()[1] for line in lines if line.startswith(name)]
    return int(found[0]) << 10 if found else 0


def _reset_peak(pid: int) -> None:
    try:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    except OSError:
        return
