"""Quit: 200 windows closed while they decode, 50 of them with the process."""

import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.children import CHECKOUT, command, environment
from tests.benchmarks.data import pyramid, single_level
from tests.benchmarks.table import Figure, Report, of_runs

PROCESSES = 50
_PATIENCE = 60.0  # seconds


@dataclass
class Ends:
    """How windows and processes ended."""

    windows: list[float] = field(default_factory=list)
    processes: list[float] = field(default_factory=list)
    threads_left: list[str] = field(default_factory=list)
    unclean: list[str] = field(default_factory=list)


def measure() -> Report:
    """Run the children one after the other."""
    slides = [
        str(slide.folder)
        for slide in (pyramid("jpeg2000"), single_level(), pyramid("jpeg"))
    ]
    ends = Ends()
    with tempfile.TemporaryDirectory() as home:
        for seed in range(PROCESSES):
            _run(seed, slides, Path(home), ends)
    count = len(ends.windows) + len(ends.processes)
    return Report(
        "quit: windows closed while opening and decoding",
        (
            Figure("quits", count, "", 4 * PROCESSES, "at least"),
            Figure("not clean", len(ends.unclean), "", 0),
            Figure("threads left behind by a window", len(ends.threads_left), "", 0),
            of_runs("closing a window, median", ends.windows, "ms"),
            Figure("closing a window, longest", max(ends.windows), "ms", 500),
            of_runs("end of the process, median", ends.processes, "ms"),
            Figure("end of the process, longest", max(ends.processes), "ms", 500),
        ),
        (*ends.unclean[:5], *sorted(set(ends.threads_left))),
    )


def _run(seed: int, slides: list[str], home: Path, ends: Ends) -> None:
    with subprocess.Popen(
        command("quit_child", seed, *slides),
        cwd=CHECKOUT,
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            if line == "quitting\n":
                break
            code, seconds, *threads = line.split()
            ends.windows.append(float(seconds) * 1000)
            ends.threads_left += threads
            if code != "0":
                ends.unclean.append(f"process {seed}: a window ended with {code}")
        quitting = time.perf_counter()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
        ends.processes.append((time.perf_counter() - quitting) * 1000)
        said = process.stderr.read().strip()
    if process.returncode or said:
        ends.unclean.append(f"process {seed}: code {process.returncode} {said[-300:]}")
