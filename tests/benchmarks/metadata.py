"""Metadata: 100,000 per-frame items in the panel, from the click to the rows."""

from tests.benchmarks.children import json_of
from tests.benchmarks.per_frame_items import ITEMS, header_file
from tests.benchmarks.table import Figure, Report, of_runs

SECONDS_TO_ROWS = 0.5


def measure() -> Report:
    """Open the panel on the file in turn with pydicom, each several times."""
    header_file()  # made here: a child's answer is one line
    seen = json_of("metadata_child")
    ratios = [
        (tree + rows) / theirs
        for tree, rows, theirs in zip(
            seen["tree"], seen["rows"], seen["pydicom"], strict=True
        )
    ]
    figures = (
        of_runs("click on the file to its attributes", seen["tree"], "s"),
        of_runs(
            f"click on {ITEMS:,} items to their rows",
            seen["rows"],
            "s",
            SECONDS_TO_ROWS,
        ),
        of_runs("click on a tile to its frame's row", seen["frame"], "s"),
        of_runs("pydicom.dcmread of the same file", seen["pydicom"], "s"),
        of_runs("file and rows : pydicom", ratios, "times"),
        Figure("search of all items", seen["search"], "s"),
        *_turns("opening", *seen["opening"]),
        *_turns("searching", *seen["searching"]),
    )
    return Report(
        f"metadata: a header with {ITEMS:,} per-frame items",
        figures,
        ("each click with nothing opened before; pydicom reads the whole header",),
    )


def _turns(name: str, busy: float, stop: float) -> list[Figure]:
    """Return how long the window did not answer, at its own work and altogether."""
    return [
        Figure(f"{name}: longest work of the window", busy * 1000, "ms", 50),
        Figure(f"{name}: longest stop of the window", stop * 1000, "ms"),
    ]
