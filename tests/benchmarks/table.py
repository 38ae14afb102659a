"""Figures of a benchmark: what was measured, and whether promises hold."""

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from statistics import median
from typing import Any, Literal

_PACKAGES = (
    "PySide6-Essentials",
    "numpy",
    "simplejpeg",
    "imagecodecs",
    "openslide-python",
    "openslide-bin",
    "wsidicom",
)


@dataclass(frozen=True)
class Figure:
    """One line of the table; `bound` with its `sense` is the promise, if any.

    `samples` are the single runs behind `value`, for the JSON.
    """

    name: str
    value: float
    unit: str = ""
    bound: float | None = None
    sense: Literal["at least", "at most"] = "at most"
    samples: tuple[float, ...] = ()

    @property
    def met(self) -> bool | None:
        """Whether the promise holds; None where there is none."""
        if self.bound is None:
            return None
        if self.sense == "at least":
            return self.value >= self.bound
        return self.value <= self.bound

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "bound": self.bound,
            "sense": self.sense if self.bound is not None else None,
            "met": self.met,
            "samples": list(self.samples),
        }


@dataclass(frozen=True)
class Report:
    """What one benchmark found: figures, and sentences about how it was measured."""

    title: str
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def missed(self) -> list[Figure]:
        """The promises that do not hold."""
        return [figure for figure in self.figures if figure.met is False]

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "title": self.title,
            "figures": [figure.as_json() for figure in self.figures],
            "notes": list(self.notes),
        }


def of_runs(
    name: str,
    runs: Sequence[float],
    unit: str = "",
    bound: float | None = None,
    sense: Literal["at least", "at most"] = "at most",
) -> Figure:
    """Return the median of several runs as a figure."""
    return Figure(name, median(runs), unit, bound, sense, tuple(runs))


def machine() -> dict[str, Any]:
    """Return what the figures depend on: cores, load, versions."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load": load,
        "Python": sys.version.split()[0],
        **{name: version(name) for name in _PACKAGES},
    }


def print_machine(facts: dict[str, Any]) -> None:
    """Print the machine's facts, and say so when it is busy with something else."""
    print(", ".join(f"{name} {fact}" for name, fact in facts.items()))
    load = facts["load"]
    if load is not None and load > 0.5:
        print(f"The machine is not quiet (load {load:.1f}): trust the ratios at most.")


def print_report(report: Report) -> None:
    """Print one benchmark's table."""
    print(f"\n{report.title}")
    width = max(len(figure.name) for figure in report.figures)
    for figure in report.figures:
        line = f"  {figure.name:<{width}}  {_number(figure.value):>10} {figure.unit:<8}"
        if figure.bound is not None:
            verdict = "met" if figure.met else "MISSED"
            line += f"  {figure.sense} {_number(figure.bound)}: {verdict}"
        print(line.rstrip())
    for note in report.notes:
        print(f"  ({note})")
    sys.stdout.flush()


def as_markdown(facts: dict[str, Any], reports: Sequence[Report]) -> str:
    """Return what was promised and what was found, as the README quotes it."""
    lines = [", ".join(f"{name} {fact}" for name, fact in facts.items()), ""]
    lines += ["| figure | found | promised |", "|---|---|---|"]
    for report in reports:
        lines.append(f"| **{report.title}** | | |")
        for figure in report.figures:
            if figure.bound is None:
                continue
            found = f"{_number(figure.value)} {figure.unit}".strip()
            verdict = "" if figure.met else ", missed"
            bound = f"{figure.sense} {_number(figure.bound)}{verdict}"
            lines.append(f"| {figure.name} | {found} | {bound} |")
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"
