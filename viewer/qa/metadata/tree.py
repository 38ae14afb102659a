"""Single values out of a tree of Attributes, by path."""

from viewer.slide.metadata import Attribute


def node_at(root: Attribute, path: str) -> Attribute | None:
    """Return the node of a path, None where there is none.

    Only what lies on the way is opened. Raises SlideError where the file cannot be read
    any more.
    """
    node: Attribute | None = root
    while node is not None and node.path != path:
        node = next((each for each in node.children() if _leads(each, path)), None)
    return node


def text_at(root: Attribute, path: str) -> str:
    """Return the whole value of a path as it is stored; "" where there is none.

    Several values stand with backslashes between them, as in DICOM.
    """
    node = node_at(root, path)
    return "" if node is None else text_of(node)


def text_of(node: Attribute) -> str:
    """Return the whole value of a node as it is stored, without its ends."""
    whole = node.value if node.full is None else node.full()
    return whole.strip(" \0\r\n\t")


def numbers_at(root: Attribute, path: str) -> tuple[float, ...]:
    """Return the numbers of a path; none where it holds something else."""
    return numbers_in(text_at(root, path))


def numbers_in(text: str) -> tuple[float, ...]:
    """Return the numbers of a text as `text_at` returns it; none where it is words."""
    try:
        return tuple(float(each) for each in text.split("\\")) if text else ()
    except ValueError:
        return ()


def _leads(node: Attribute, path: str) -> bool:
    """Whether a node is the one of the path, or lies above it."""
    if not node.path or not path.startswith(node.path):
        return False
    return path[len(node.path) : len(node.path) + 1] in {"", ".", "["}
