"""Single attributes of a pydicom data set; what cannot be read counts as absent.

Any thread; nothing is raised, whatever the bytes are.
"""

from collections.abc import Iterable
from typing import Any

from pydicom.dataset import Dataset


def text(dataset: Dataset, keyword: str) -> str:
    """Return an attribute as stripped text; empty where absent or unreadable."""
    value = value_of(dataset, keyword)
    return "" if value is None else str(value).strip(" \0")


def number(dataset: Dataset, keyword: str, default: int) -> int:
    """Return a whole number; `default` where it is absent or no number."""
    try:
        return int(str(value_of(dataset, keyword)))
    except ValueError:
        return default


def floats(dataset: Dataset, keyword: str) -> list[float]:
    """Return an attribute's numbers; none where it is absent or holds no numbers.

    They may be infinite or NaN, as the file says.
    """
    value = value_of(dataset, keyword)
    if value is None or value == "" or isinstance(value, bytes):
        return []
    values: Iterable[Any] = [value] if isinstance(value, str | int | float) else value
    try:
        return [float(each) for each in values]
    except (TypeError, ValueError, OverflowError):
        return []


def items(dataset: Dataset, keyword: str) -> list[Dataset]:
    """Return the items of a sequence; none where it is absent or unreadable."""
    value = value_of(dataset, keyword)
    if value is None or isinstance(value, str | bytes):
        return []
    try:
        return [item for item in value if isinstance(item, Dataset)]
    except TypeError:
        return []


def value_of(dataset: Dataset, keyword: str) -> Any:
    """Return what pydicom makes of an attribute; None where absent or unreadable."""
    try:
        return dataset.get(keyword)
    except Exception:  # noqa: BLE001  pydicom raises what the bad bytes made it meet
        return None
