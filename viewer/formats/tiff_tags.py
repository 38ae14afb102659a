"""The directories of a TIFF file, or of the TIFF side of another, as Attributes."""

from contextlib import closing
from enum import Enum
from functools import partial
from math import isfinite
from pathlib import Path
from typing import Any, Final, cast

from viewer.formats.files import RandomAccessFile
from viewer.formats.tiff_file import opened_tiff, pages_of
from viewer.slide.errors import BrokenFile
from viewer.slide.metadata import Attribute


def tiff_tree(path: Path, head: bytes) -> Attribute:
    """Return a node "TIFF directories" whose children are the directories in turn.

    `head` is how the file begins. The file is read when the node is opened; its
    `children` raise BrokenFile where there is no directory that can be read. Any
    thread.
    """
    kind = "BigTIFF" if b"+" in head[2:4] else "TIFF"
    order = "big endian" if head[:2] == b"MM" else "little endian"
    return Attribute(
        tag="",
        keyword="",
        name="TIFF directories",
        vr="",
        vm=0,
        value=f"{kind}, {order}",
        expand=partial(_directories, path),
        path="TIFF",
        as_json=partial(tiff_json, path),
    )


def tiff_json(path: Path) -> list[dict[str, object]]:
    """Return one object a directory: by tag name its code, type, count and value.

    Directories below one are its "directories". Values longer than a megabyte are
    null. Raises BrokenFile.
    """
    return [_directory_json(each) for each in _directories(path) if each.has_children]


def _directory_json(directory: Attribute) -> dict[str, object]:
    nodes = directory.children()
    tags = [each for each in nodes if not each.has_children]
    found: dict[str, object] = {
        each.keyword or each.tag: _json_of(each) for each in tags
    }
    below = [_directory_json(each) for each in nodes if each.has_children]
    return {**found, "directories": below} if below else found


def _json_of(node: Attribute) -> object:
    value = None if node.as_json is None else node.as_json()
    return {"code": int(node.tag), "type": node.vr, "count": node.vm, "value": value}


_LONGEST_LINE: Final = 512
_MOST_BYTES: Final = 1 << 20


def _directories(path: Path) -> list[Attribute]:
    """Read all directories, the values of their tags included."""
    nodes: list[Attribute] = []
    try:
        with closing(RandomAccessFile(path)) as file, opened_tiff(file) as tiff:
            for number, page in enumerate(pages_of(tiff.pages)):
                nodes.append(_directory(page, f"TIFF[{number}]"))
    except Exception:  # noqa: BLE001  tifffile raises whatever it meets
        sentence = f"{path.name}: TIFF directory {len(nodes)} cannot be read."
        nodes.append(Attribute("", "", "Unreadable", "", 0, sentence, path="TIFF"))
    if not any(each.has_children for each in nodes):
        raise BrokenFile(f"{path.name}: there is no TIFF directory that can be read.")
    return nodes


def _directory(page: Any, path: str) -> Attribute:
    """Return a directory, with those below it (SubIFDs) behind its tags."""
    nodes = [_node(tag, path) for tag in page.tags]
    below = page.pages if page.subifds else ()
    nodes += [
        _directory(each, f"{path}.SubIFDs[{number}]")
        for number, each in enumerate(pages_of(below))
    ]
    tiled = (
        f" in tiles of {page.tilewidth} x {page.tilelength}" if page.is_tiled else ""
    )
    return Attribute(
        tag="",
        keyword="",
        name=f"Directory {path.rpartition('[')[2].rstrip(']')}",
        vr="",
        vm=0,
        value=f"{page.imagewidth} x {page.imagelength} pixels{tiled}",
        expand=lambda: nodes,
        path=path,
    )


def _node(tag: Any, above: str) -> Attribute:
    name = str(tag.name)
    value, line, whole = _value(tag)
    return Attribute(
        tag=str(tag.code),
        keyword="" if name.isdigit() else name,
        name=f"Tag {name}" if name.isdigit() else name,
        vr=_TYPES.get(int(tag.dtype), f"type {int(tag.dtype)}"),
        vm=int(tag.count),
        value=line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 3]}...",
        path=f"{above}.{name}",
        full=lambda: whole,
        as_json=lambda: value,
    )


_TYPES: Final = {
    1: "BYTE", 2: "ASCII", 3: "SHORT", 4: "LONG", 5: "RATIONAL", 6: "SBYTE",
    7: "UNDEFINED", 8: "SSHORT", 9: "SLONG", 10: "SRATIONAL", 11: "FLOAT",
    12: "DOUBLE", 13: "IFD", 16: "LONG8", 17: "SLONG8", 18: "IFD8",
}  # fmt: skip
_RATIONAL: Final = frozenset({5, 10})
_ICC_PROFILE: Final = 34675


def _value(tag: Any) -> tuple[object, str, str]:
    """Return the value for JSON, in one line, and as a whole."""
    if tag.valuebytecount > _MOST_BYTES:
        words = f"{tag.count} values in {tag.valuebytecount} bytes, not read"
        return None, words, words
    try:
        found = tag.value
    except Exception:  # noqa: BLE001  tifffile raises what the bytes made it meet
        return None, "cannot be read", "cannot be read"
    if isinstance(found, bytes):
        return found.hex(), _bytes_line(int(tag.code), found), found.hex(" ")
    if isinstance(found, Enum):
        name = found.name.lower().replace("_", " ")
        # tifffile calls 0, which means nothing special, "undefined".
        words = f"{found.value} ({name})" if found.value else str(found.value)
        return found.value, words, words
    if isinstance(found, str):
        return found, " ".join(found.split()), found
    plain = [_plain(each) for each in _listed(found)]
    words = _joined([str(each) for each in plain], int(tag.dtype))
    return plain if len(plain) != 1 else plain[0], words, words


def _listed(found: Any) -> list[Any]:
    """Return several values, or one, as a list."""
    many = cast("tuple[Any, ...]", found)
    return list(many) if isinstance(found, tuple | list) else [found]


def _plain(value: Any) -> object:
    """Return a value that JSON knows."""
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if isinstance(value, Enum):
        return _plain(value.value)
    return value if isinstance(value, int | str) else str(value)


def _joined(words: list[str], kind: int) -> str:
    if kind not in _RATIONAL:
        return " ".join(words)
    pairs = zip(words[::2], words[1::2], strict=False)
    return " ".join(f"{above}/{below}" for above, below in pairs)


def _bytes_line(code: int, data: bytes) -> str:
    if code == _ICC_PROFILE:
        from viewer.codecs.icc_summary import profile_facts, profile_line

        facts = profile_facts(data)
        if facts:
            return profile_line(facts)
    dots = " ..." if len(data) > _HEAD else ""
    return f"{len(data)} bytes: {data[:_HEAD].hex(' ')}{dots}"


_HEAD: Final = 16
