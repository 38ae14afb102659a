"""Switch: how soon another open slide is sharp on screen."""

from tests.benchmarks.children import json_of
from tests.benchmarks.data import pyramid
from tests.benchmarks.table import Figure, Report, of_runs

SYNTAXES = {"jpeg": "JPEG", "jpeg2000": "JPEG 2000"}


def measure() -> Report:
    """Measure the way to a slide of each syntax that was never shown before."""
    for syntax in SYNTAXES:
        pyramid(syntax)  # made here: a child's answer is one line
    figures: list[Figure] = []
    for syntax, name in SYNTAXES.items():
        runs = [each * 1000 for each in json_of("switching", syntax)["switch"]]
        figures.append(of_runs(f"{name}: next slide sharp, median", runs, "ms"))
        figures.append(Figure(f"{name}: slowest", max(runs), "ms", 1000))
    return Report(
        "switch: the next of two open slides, 40,000 x 30,000",
        tuple(figures),
        (
            "the whole window at 1600 x 1000; until the complete overview is painted",
            "each run opens both slides anew; the next one was never on screen",
        ),
    )
