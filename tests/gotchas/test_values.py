"""Character sets, nesting and damaged values: never an exception, never endless."""

import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pydicom.data
import pytest

from tests.formats.dicom.raw_files import (
    BIG_ENDIAN,
    DELIMITER,
    EXPLICIT,
    IMPLICIT,
    ITEM_END,
    UNDEFINED,
    element,
    item,
)
from tests.gotchas.one_slide import codes, is_whole, one, told, written
from viewer.formats import open_slides, read_metadata
from viewer.slide.errors import SlideError
from viewer.slide.metadata import Attribute

PATIENT = b"\x10\0\x10\0PN"
MOST_NODES = 20_000


def walked(node: Attribute, depth: int = 0) -> Iterator[tuple[int, Attribute]]:
    """Yield the nodes of a tree with their depths, looking at all of each."""
    yield depth, node
    if node.full is not None:
        node.full()
    for child in node.children():
        yield from walked(child, depth + 1)


def with_charset(path: Path, terms: bytes, name: bytes) -> Path:
    """Give a slide a Specific Character Set and a Patient's Name in it."""
    content = path.read_bytes()
    at = content.index(b"\x08\0\x08\0CS")
    charset = element(0x00080005, b"CS", terms + b" " * (len(terms) % 2))
    content = content[:at] + charset + content[at:]
    at = content.index(PATIENT)
    end = at + 8 + int.from_bytes(content[at + 6 : at + 8], "little")
    named = element(0x00100010, b"PN", name + b" " * (len(name) % 2))
    path.write_bytes(content[:at] + named + content[end:])
    return path


YAMADA = b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B"
SHOWN = "Yamada^Tarou=山田^太郎"


@pytest.mark.gotcha(84)
@pytest.mark.parametrize(
    ("terms", "name", "shown"),
    [
        (rb"\ISO 2022 IR 87", YAMADA, SHOWN),
        (rb"ISO 2022 IR 6\ISO 2022 IR 87", YAMADA, SHOWN),
        (rb"ISO_2022_IR_6\ISO_2022_IR_87", YAMADA, SHOWN),
        (rb"ISO 2022 IR 13\ISO 2022 IR 87", b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3",
         "ﾔﾏﾀﾞ^ﾀﾛｳ"),
        (rb"\ISO 2022 IR 149", b"Hong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7",
         "Hong=洪^吉洞"),
        (b"ISO IR 192", "Wang^小東".encode(), "Wang^小東"),
        (b"ISO_IR 192", "Wang^小東".encode(), "Wang^小東"),
        (b"UTF-8", "Wang^小東".encode(), "Wang^小東"),
        (b"GB18030", "Wang^小東".encode("gb18030"), "Wang^小東"),
        (rb"ISO_IR 100\GB18030", b"Buc^J\xe9r\xf4me", "Buc^Jérôme"),
        (b"ISO_IR 144", b"\xbb\xee\xda", "Люк"),
        (b"", "Grün".encode(), "Grün"),
        (b"NO SUCH SET", b"Buc^J\xe9r\xf4me", "Buc^Jérôme"),
    ],
)  # fmt: skip
def test_character_sets_however_they_are_spelt(
    tmp_path: Path, terms: bytes, name: bytes, shown: str
) -> None:
    path = with_charset(written(tmp_path), terms, name)
    with one(path) as slide:
        nodes = {node.keyword: node for _, node in walked(slide.metadata(path))}
        assert nodes["PatientName"].value == shown
        assert is_whole(slide)


@pytest.mark.gotcha(84)
@pytest.mark.parametrize(
    "name", [b"\x1b", b"a\x1b$B", b"\x1b$B\x80\x80", b"\xff\xfe\x1b(J=\x1b", b"\x1b$)C"]
)
@pytest.mark.parametrize("terms", [rb"\ISO 2022 IR 87", rb"GB18030\X", b"ISO_IR 192"])
def test_broken_text_is_shown_somehow(
    tmp_path: Path, terms: bytes, name: bytes
) -> None:
    path = with_charset(written(tmp_path), terms, name)
    with one(path) as slide:
        assert sum(1 for _ in walked(slide.metadata(path))) > 50
        assert is_whole(slide)


def nested(depth: int, encoding: str, *, undefined: bool) -> bytes:
    """Return private sequences within each other, with a value in the innermost."""
    order = ">" if encoding == BIG_ENDIAN else "<"
    ends = [DELIMITER, ITEM_END] if order == "<" else [
        b"\xff\xfe\xe0\xdd" + bytes(4), b"\xff\xfe\xe0\x0d" + bytes(4)
    ]  # fmt: skip
    inside = element(0x00091002, b"LO", b"innermost ", encoding=encoding)
    for _ in range(depth):
        if undefined:
            inside = item(inside, length=UNDEFINED, order=order) + ends[1]
            inside = element(
                0x00091001, b"SQ", inside, length=UNDEFINED, encoding=encoding
            )
            inside += ends[0]
        else:
            inside = item(inside, order=order)
            inside = element(0x00091001, b"SQ", inside, encoding=encoding)
    return inside


ENCODINGS = {EXPLICIT: "explicit", IMPLICIT: "implicit", BIG_ENDIAN: "big-endian"}


@pytest.mark.gotcha(91)
@pytest.mark.parametrize("undefined", [True, False])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("depth", [60, 65, 300, 5000])
def test_nesting_without_end_is_cut_where_it_is_shown(
    tmp_path: Path, depth: int, encoding: str, undefined: bool
) -> None:
    path = written(tmp_path, encoding=ENCODINGS[encoding])
    content = path.read_bytes()
    order = "big" if encoding == BIG_ENDIAN else "little"
    at = content.index(b"".join(each.to_bytes(2, order) for each in (0x0010, 0x0010)))
    while content[at - 2 : at] == b"IN":  # inside another value
        at = content.index(b"\x10\0\x10\0", at + 1)
    deep = nested(depth, encoding, undefined=undefined)
    path.write_bytes(content[:at] + deep + content[at:])
    started = time.process_time()
    with one(path) as slide:
        assert is_whole(slide)
        found = [each for each in slide.metadata(path).children()
                 if each.tag == "(0009,1001)"]  # fmt: skip
        deepest = max((level for each in found for level, _ in walked(each)), default=0)
        assert deepest <= 2 * 64 + 1
    assert time.process_time() - started < 5


@pytest.mark.parametrize("tile", [(128, 128), (33, 33)])
def test_bytes_in_big_endian_words_are_put_in_order(
    tmp_path: Path, tile: tuple[int, int]
) -> None:
    path = written(tmp_path, encoding=ENCODINGS[BIG_ENDIAN], tile=tile)
    content = path.read_bytes()
    at = content.rindex(b"\x7f\xe0\x00\x10OB") + 4
    words = np.frombuffer(content[at + 8 :], ">u2").astype("<u2")
    path.write_bytes(content[:at] + b"OW" + content[at + 2 : at + 8] + words.tobytes())
    with one(path) as slide:
        assert codes(slide) == set()
        assert is_whole(slide, tile=tile)


CORPUS = Path(pydicom.data.__file__).parent / "test_files"
LARGEST_GROWTH = 256 << 10  # KiB
LONGEST = 2.0


def corpus() -> list[Path]:
    return sorted(path for path in CORPUS.rglob("*") if path.is_file())


@pytest.mark.gotcha(83)
@pytest.mark.parametrize("path", corpus(), ids=lambda path: path.name)
@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
def test_files_of_all_kinds_are_a_sentence_or_a_tree(path: Path) -> None:
    resource = pytest.importorskip("resource", reason="no figures on memory here")
    started = time.process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = _sentence(lambda: _open_and_close(path))
    assert not said or path.name in said
    read: list[Attribute] = []
    said = _sentence(lambda: read.extend(_most_nodes(path)))
    assert bool(said) != bool(read)
    assert time.process_time() - started < LONGEST
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < LARGEST_GROWTH


def _sentence(action: Callable[[], None]) -> str:
    """Return what the user is told of a failure, "" where there is none."""
    try:
        action()
    except SlideError as error:
        return _checked(str(error))
    return ""


def _checked(sentence: str) -> str:
    assert sentence.endswith(".")
    assert "Error" not in sentence
    return sentence


def _open_and_close(path: Path) -> None:
    for slide in open_slides([path]).slides:
        slide.close()


def _most_nodes(path: Path) -> list[Attribute]:
    nodes = (node for _, node in walked(read_metadata(path)))
    return list(islice(nodes, MOST_NODES))


def test_the_corpus_is_there() -> None:
    assert len(corpus()) >= 86, "pydicom no longer brings its own test files"


def test_a_tree_tells_what_it_does_not_show(tmp_path: Path) -> None:
    path = written(tmp_path)
    content = path.read_bytes()
    at = content.index(PATIENT)
    deep = nested(70, EXPLICIT, undefined=False)
    path.write_bytes(content[:at] + deep + content[at:])
    with one(path) as slide:
        nodes = [node for _, node in walked(slide.metadata(path))]
        assert any("nested too deep to show" in node.value.lower() for node in nodes)
        assert told(slide, "broken-frame") == []
