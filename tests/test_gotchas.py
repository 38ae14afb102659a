"""How many of the known oddities of real files have a test of their own."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.gotcha_table import ENOUGH, GOTCHAS

TESTS = Path(__file__).parent


def marked(source: str) -> Iterator[int]:
    """Yield the numbers of every gotcha marker in a module."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr == "gotcha":
            yield from (ast.literal_eval(each) for each in node.args)


def proved() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for number in marked(path.read_text(encoding="utf-8")):
            found.setdefault(number, []).append(path.name)
    return found


def test_the_table_is_whole() -> None:
    assert list(GOTCHAS) == list(range(1, 97))


def test_every_marker_names_a_row() -> None:
    strangers = {number: files for number, files in proved().items()
                 if number not in GOTCHAS}  # fmt: skip
    assert strangers == {}


def test_enough_rows_are_proved() -> None:
    rows = proved()
    missing = [f"{number}: {what}" for number, what in GOTCHAS.items()
               if number not in rows]  # fmt: skip
    print("not proved:", *missing, sep="\n  ")  # shown where the test fails
    assert len(rows) >= ENOUGH


def test_markers_are_found_wherever_they_stand() -> None:
    source = "@pytest.mark.gotcha(1, 2)\ndef f(): ...\npytestmark = mark.gotcha(3)\n"
    assert list(marked(source)) == [1, 2, 3]
