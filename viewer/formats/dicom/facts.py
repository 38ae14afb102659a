"""Single attributes of a pydicom data set; what cannot be read counts as absent.

Any thread; nothing is raised, whatever the bytes are.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple, cast

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence


def text(dataset: Dataset, keyword: str) -> str:
    """Return an attribute as stripped text; empty where absent or unreadable.

    Several values stand as in the file, with backslashes between them.
    """
    value = value_of(dataset, keyword)
    if isinstance(value, MultiValue):
        value = "\\".join(texts(dataset, keyword))
    return _shown(value).strip(" \0")


def texts(dataset: Dataset, keyword: str) -> list[str]:
    """Return the values of an attribute as text, as written.

    None where it is absent, or a sequence: its items are no text.
    """
    value = value_of(dataset, keyword)
    if value is None or isinstance(value, bytes | Sequence):
        return []
    if isinstance(value, str):
        return [value] if value else []
    is_one = not isinstance(value, MultiValue | list)
    values = [value] if is_one else cast("Iterable[Any]", value)
    return [_shown(each) for each in values]


def written(dataset: Dataset, keyword: str) -> str:
    """Return an attribute as it is written, also where it is not what its VR asks for.

    Bytes that are no text are shown as numbers. Empty where it is absent.
    """
    values = texts(dataset, keyword)
    if values or keyword not in dataset:
        return "\\".join(values).strip(" \0")
    raw = raw_of(dataset, keyword)
    if raw is None:
        return ""
    shown = raw.value.decode("latin-1").strip(" \0")
    return shown if shown.isprintable() else raw.value[:16].hex(" ")


def number(dataset: Dataset, keyword: str, default: int) -> int:
    """Return a whole number; `default` where it is absent or no number."""
    try:
        return int(_shown(value_of(dataset, keyword)))
    except ValueError:
        return default


def floats(dataset: Dataset, keyword: str) -> list[float]:
    """Return an attribute's numbers; none where it is absent or holds no numbers.

    They may be infinite or NaN, as the file says.
    """
    value = value_of(dataset, keyword)
    if value is None or value == "" or isinstance(value, bytes | Sequence):
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


class Raw(NamedTuple):
    """An attribute's bytes as they lie in the file; the VR may be unknown ("UN")."""

    value: bytes
    vr: str
    little_endian: bool


def raw_of(dataset: Dataset, keyword: str) -> Raw | None:
    """Return an attribute that pydicom did not convert; None where there is none."""
    try:
        element = dataset.get_item(keyword)
    except Exception:  # noqa: BLE001  the same; it converts what is empty
        return None
    value = element.value
    if not isinstance(value, bytes):
        return None
    little = element.is_little_endian if isinstance(element, RawDataElement) else True
    return Raw(value, str(getattr(element, "VR", "") or "UN"), little)


def value_of(dataset: Dataset, keyword: str) -> Any:
    """Return what pydicom makes of an attribute; None where absent or unreadable."""
    try:
        return dataset.get(keyword)
    except Exception:  # noqa: BLE001  pydicom raises what the bad bytes made it meet
        return None


def _shown(value: Any) -> str:
    """Return a value as text; nothing of a sequence, or of what has no text."""
    if value is None or isinstance(value, Sequence):
        return ""
    try:
        return str(value)
    except Exception:  # noqa: BLE001  pydicom raises what the bad bytes made it meet
        return ""
