"""The metadata tree of DICOM files: whole, damaged, huge, and no slides at all."""

import os
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageCms
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from tests.formats.dicom.raw_files import (
    BIG_ENDIAN,
    DELIMITER,
    EXPLICIT,
    IMPLICIT,
    ITEM_END,
    UNDEFINED,
    element,
    encapsulated,
    item,
    items,
    start,
    text,
)
from tests.synthetic import write_slide
from viewer.formats.dicom.metadata import read_metadata
from viewer.slide.errors import SlideError, UnsupportedFile
from viewer.slide.metadata import Attribute

CODE = (
    element(0x00080100, b"SH", text("12710003"))
    + element(0x00080102, b"SH", text("SCT"))
    + element(0x00080104, b"LO", text("Hematoxylin"))
)


def tree(folder: Path, content: bytes) -> list[Attribute]:
    path = folder / "x.dcm"
    path.write_bytes(content)
    return list(read_metadata(path).children())


def saved(folder: Path, **attributes: object) -> list[Attribute]:
    """Write attributes with pydicom and read them as a tree."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    dataset.save_as(folder / "x.dcm", enforce_file_format=False)
    return list(read_metadata(folder / "x.dcm").children())


def named(nodes: list[Attribute], keyword: str) -> Attribute:
    return next(each for each in nodes if each.keyword == keyword)


def everything(node: Attribute) -> Iterator[Attribute]:
    yield node
    for child in node.children():
        yield from everything(child)


def follow(root: Attribute, path: str) -> Attribute:
    """Walk a path down as a user reads it."""
    node = root
    for step in path.replace("[", ".[").split("."):
        children = node.children()
        if step.startswith("["):
            node = children[int(step[1:-1])]
        else:
            node = next(each for each in children if step in {each.keyword, each.tag})
    return node


@pytest.mark.parametrize(
    ("keyword", "value", "shown"),
    [
        ("StudyDate", "20250131", "20250131 (2025-01-31)"),
        ("StudyTime", "235959.25", "235959.25 (23:59:59.25)"),
        ("StudyTime", "2359", "2359 (23:59)"),
        (
            "AcquisitionDateTime",
            "20250131235959.5-0130",
            "20250131235959.5-0130 (2025-01-31 23:59:59.5 -01:30)",
        ),
        ("AcquisitionDateTime", "2025", "2025"),
        ("PatientName", "Made^Up=某^人", "Made^Up=某^人"),
        ("Modality", "SM", "SM (Slide Microscopy)"),
        ("ImageType", ["ORIGINAL", "PRIMARY"], "ORIGINAL\\PRIMARY"),
        ("PixelSpacing", ["0.0005", "0.00050"], "0.0005\\0.00050"),
        ("ImagedVolumeWidth", 1.1, "1.1"),
        ("DimensionIndexPointer", 0x0048021E, None),
        ("BurnedInAnnotation", "NO", "NO"),
        ("PatientSex", "", ""),
        (
            "SOPClassUID",
            "1.2.840.10008.5.1.4.1.1.77.1.6",
            "VL Whole Slide Microscopy Image Storage (1.2.840.10008.5.1.4.1.1.77.1.6)",
        ),
        ("StudyInstanceUID", "1.2.3", "1.2.3"),
    ],
)
def test_values_are_shown_as_stored_with_what_they_mean(
    tmp_path: Path, keyword: str, value: object, shown: str | None
) -> None:
    nodes = saved(tmp_path, SpecificCharacterSet="ISO_IR 192", **{keyword: value})
    pointer = "(0048,021E) (ColumnPositionInTotalImagePixelMatrix)"
    assert named(nodes, keyword).value == (pointer if shown is None else shown)


def test_the_whole_value_is_the_stored_one(tmp_path: Path) -> None:
    words = "line one\nline two " * 100
    nodes = saved(tmp_path, StudyDate="20250131", ImageComments=words.strip())
    assert (named(nodes, "StudyDate").full or str)() == "20250131"
    comments = named(nodes, "ImageComments")
    assert (comments.full or str)() == words.strip()
    assert len(comments.value) == 512
    assert "\n" not in comments.value


def test_codes_are_shown_in_words_in_item_and_sequence(tmp_path: Path) -> None:
    one = element(0x00081032, b"SQ", item(CODE))
    two = element(0x00189346, b"SQ", item(CODE) + item(CODE))
    plain = element(0x00400560, b"SQ", item(element(0x00400551, b"LO", b"S1")))
    nodes = tree(tmp_path, start() + one + two + plain)
    words = "Hematoxylin (12710003, SCT)"
    assert named(nodes, "ProcedureCodeSequence").value == words
    assert named(nodes, "ProcedureCodeSequence").children()[0].value == words
    several = named(nodes, "CTDIPhantomTypeCodeSequence")
    assert several.value == f"2 items: {words}; {words}"
    specimens = named(nodes, "SpecimenDescriptionSequence")
    assert (specimens.value, specimens.children()[0].value) == ("1 item", "")


def test_codes_are_shown_in_words_in_big_endian_too(tmp_path: Path) -> None:
    parts = [(0x00080100, b"SH", "A1"), (0x00080104, b"LO", "Meaning")]
    code = b"".join(
        element(tag, vr, text(words), encoding=BIG_ENDIAN) for tag, vr, words in parts
    )
    value = item(code, order=">")
    sequence = element(0x00081032, b"SQ", value, encoding=BIG_ENDIAN)
    nodes = tree(tmp_path, start(BIG_ENDIAN) + sequence)
    assert named(nodes, "ProcedureCodeSequence").value == "Meaning (A1)"


def test_private_attributes_are_named_with_their_creator(tmp_path: Path) -> None:
    known = element(0x00290010, b"LO", text("SIEMENS CSA HEADER"))
    known += element(0x00291008, b"CS", text("IMAGE NUM 4"))
    unknown = element(0x00310011, b"LO", text("Nobody"))
    unknown += element(0x00311108, b"LO", text("what"))
    orphan = element(0x00331008, b"LO", text("lost"))
    nodes = tree(tmp_path, start() + known + unknown + orphan)
    assert [(each.tag, each.name, each.value) for each in nodes[-5:]] == [
        ("(0029,0010)", "Private Creator", "SIEMENS CSA HEADER"),
        ("(0029,1008)", "[SIEMENS CSA HEADER] CSA Image Header Type", "IMAGE NUM 4"),
        ("(0031,0011)", "Private Creator", "Nobody"),
        ("(0031,1108)", "[Nobody] private attribute", "what"),
        ("(0033,1008)", "[no private creator] private attribute", "lost"),
    ]
    assert nodes[-1].path == "(0033,1008)"


def test_paths_lead_from_the_root_to_every_node(tmp_path: Path) -> None:
    (path, *_) = write_slide(tmp_path, layout="TILED_SPARSE", levels=1, size=(300, 300))
    root = read_metadata(path)
    nodes = [each for each in everything(root) if each.path]
    assert len(nodes) > 100
    for node in nodes:
        assert follow(root, node.path).value == node.value
    paths = {each.path for each in nodes}
    assert "OpticalPathSequence[0].OpticalPathIdentifier" in paths
    assert "PerFrameFunctionalGroupsSequence[3].FrameContentSequence[0]" in paths


@pytest.mark.parametrize("encoding", ["explicit", "implicit", "big-endian", "deflated"])
def test_tree_holds_every_attribute_that_pydicom_reads(
    tmp_path: Path, encoding: str
) -> None:
    (path, *_) = write_slide(
        tmp_path, encoding=encoding, layout="TILED_SPARSE", levels=1, size=(300, 300)
    )
    truth = dcmread(path)

    def described(dataset: Dataset) -> list[object]:
        found: list[object] = []
        for each in dataset:
            tag = f"({each.tag.group:04X},{each.tag.element:04X})"
            if each.VR == "SQ":
                found.append((tag, [described(one) for one in each.value]))
            else:
                found.append((tag, each.VR, 1 if each.tag == 0x7FE00010 else each.VM))
        return found

    def listed(node: Attribute) -> list[object]:
        return [
            (each.tag, [listed(one) for one in each.children()])
            if each.vr == "SQ"
            else (each.tag, each.vr, each.vm)
            for each in node.children()
        ]

    assert listed(read_metadata(path)) == described(truth.file_meta) + described(truth)


def test_binary_is_length_and_head_and_wholly_a_dump(tmp_path: Path) -> None:
    nodes = tree(tmp_path, start() + element(0x00420011, b"OB", bytes(range(40, 70))))
    head = " ".join(f"{byte:02x}" for byte in range(40, 56))
    assert nodes[-1].value == f"30 bytes: {head} ..."
    assert (nodes[-1].full or str)().splitlines() == [
        f"00000000  {head}  ()*+,-./01234567",
        "00000010  " + " ".join(f"{byte:02x}" for byte in range(56, 70)) + " " * 8
        + "89:;<=>?@ABCDE",
    ]  # fmt: skip


def test_profile_is_a_summary_that_opens(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile += b"\0" * (len(profile) % 2)
    nodes = tree(tmp_path, start() + element(0x00282000, b"OB", profile))
    assert nodes[-1].value.startswith("sRGB built-in, display device (mntr), RGB to ")
    facts = {each.name: each.value for each in nodes[-1].children()}
    assert facts["Color space"] == "RGB"
    assert facts["Connection space"] == "XYZ"
    assert facts["Size"] == f"{int.from_bytes(profile[:4], 'big')} bytes"
    damaged = tree(tmp_path, start() + element(0x00282000, b"OB", b"no profile"))[-1]
    assert damaged.value == "10 bytes: 6e 6f 20 70 72 6f 66 69 6c 65"
    assert not damaged.has_children


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("delimited", [False, True])
def test_a_hundred_thousand_items_are_counted_and_made_one_by_one(
    tmp_path: Path, delimited: bool, order: str
) -> None:
    count = 20_000
    pieces = [
        element(
            0x00209057, b"UL", struct.pack(order + "I", number),
            encoding=BIG_ENDIAN if order == ">" else EXPLICIT,
        )
        for number in range(count)
    ]  # fmt: skip
    inner, outer = (order + "HHI", order + "HHI")
    if delimited:
        end = struct.pack(inner, 0xFFFE, 0xE00D, 0)
        body = b"".join(
            item(each + end, length=UNDEFINED, order=order) for each in pieces
        )
        body += struct.pack(outer, 0xFFFE, 0xE0DD, 0)
    else:
        body = b"".join(item(each, order=order) for each in pieces)
    syntax = BIG_ENDIAN if order == ">" else EXPLICIT
    sequence = element(
        0x52009230, b"SQ", body, length=UNDEFINED if delimited else None,
        encoding=syntax,
    )  # fmt: skip
    behind = element(0x52009999, b"LO", b"here", encoding=syntax)
    nodes = tree(tmp_path, start(syntax) + sequence + behind)
    frames = named(nodes, "PerFrameFunctionalGroupsSequence")
    assert frames.value == f"{count} items"
    assert nodes[-1].value == "here"
    made = frames.children()
    assert len(made) == count
    for number in (0, 255, 256, 7351, count - 1, -1):
        (only,) = made[number].children()
        assert only.value == str(number % count)
        assert made[number].path == (
            f"PerFrameFunctionalGroupsSequence[{number % count}]"
        )
    assert [each.name for each in made[10:13]] == ["Item 11", "Item 12", "Item 13"]
    with pytest.raises(IndexError):
        made[count]


def test_nested_delimiters_are_not_taken_for_those_of_the_items(
    tmp_path: Path,
) -> None:
    def nested(number: int) -> bytes:
        code = item(CODE + ITEM_END, length=UNDEFINED) * (number % 3)
        inside = element(0x00081032, b"SQ", code + DELIMITER, length=UNDEFINED)
        # Bytes in a value that look like delimiters of an item and a sequence.
        liar = (
            element(0x00420011, b"OB", ITEM_END + DELIMITER) if number == 700 else b""
        )
        whole = inside + liar + element(0x52009999, b"LO", b"%06d" % number)
        return item(whole + ITEM_END, length=UNDEFINED)

    body = b"".join(map(nested, range(1000))) + DELIMITER
    content = start() + element(0x52009230, b"SQ", body, length=UNDEFINED)
    made = tree(tmp_path, content)[-1].children()
    assert len(made) == 1000
    for number in (0, 300, 699, 700, 701, 999):
        children = made[number].children()
        assert children[-1].value == f"{number:06}"
        assert len(children[0].children()) == number % 3


def test_value_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    size = (5 << 30) - (5 << 30) % 2
    head = start() + element(0x00420011, b"OB", b"", length=0xFFFFFFF0)
    with path.open("wb") as file:
        file.write(head)
        file.write(b"begins")
        file.seek(len(head) + 0xFFFFFFF0)
        file.write(element(0x00420012, b"LO", b"behind"))
        file.write(element(0x7FE00010, b"OB", b"", length=UNDEFINED))
        file.truncate(size)
    if path.stat().st_blocks * 512 > 64 << 20:
        path.unlink()
        pytest.skip("this file system has no holes")
    nodes = list(read_metadata(path).children())
    assert nodes[-3].value.startswith("4294967280 bytes: 62 65 67 69 6e 73 00")
    assert len((nodes[-3].full or str)()) < 2 << 20
    assert nodes[-2].value == "behind"
    assert nodes[-1].keyword == "PixelData"
    path.unlink()


def test_pixel_data_is_one_line_and_what_follows_is_shown(tmp_path: Path) -> None:
    frames = [bytes(100)] * 6000
    padding = element(0xFFFCFFFC, b"OB", b"pads")
    # Six thousand fragments are too many to step over without a table of them.
    table = struct.pack("<6000I", *range(0, 108 * 6000, 108))
    for basic, last in ((b"", "PixelData"), (table, "DataSetTrailingPadding")):
        content = encapsulated(basic, items(frames) + DELIMITER + padding)
        nodes = tree(tmp_path, content)
        assert nodes[-1].keyword == last
        pixels = named(nodes, "PixelData")
        assert pixels.value.startswith("pixels, encapsulated in ")
        assert not pixels.has_children


def test_unknown_vr_is_shown_as_bytes_and_harms_no_other(tmp_path: Path) -> None:
    odd = element(0x00080102, b"XP", b"") + element(0x00080104, b"XP", b"word")
    behind = element(0x00081040, b"LO", b"fine")
    sequence = element(0x00081032, b"SQ", item(odd))
    nodes = tree(tmp_path, start() + sequence + behind)
    (only,) = named(nodes, "ProcedureCodeSequence").children()
    assert [(each.keyword, each.vr, each.value) for each in only.children()] == [
        ("CodingSchemeDesignator", "UN", "0 bytes"),
        ("CodeMeaning", "UN", "4 bytes: 77 6f 72 64"),
    ]
    assert nodes[-1].value == "fine"


def test_damage_in_an_item_is_a_node_and_its_neighbors_are_read(
    tmp_path: Path,
) -> None:
    broken = element(0x00400551, b"LO", b"S1", length=500)
    stray = element(0x00400551, b"LO", b"S2") + b"\x01\x00\x00\x00garbage!"
    sound = element(0x00400551, b"LO", b"S3")
    sequence = element(0x00400560, b"SQ", item(broken) + item(stray) + item(sound))
    behind = element(0x00400561, b"LO", b"fine")
    nodes = tree(tmp_path, start() + sequence + behind)
    first, second, third = nodes[-2].children()
    (cut,) = first.children()
    assert cut.value == "S1 (cut off, 2 of 500 bytes are there)"
    good, lost = second.children()
    assert good.value == "S2"
    assert lost.name == "Unreadable"
    assert "there is no attribute at byte" in lost.value.lower()
    assert third.children()[0].value == "S3"
    assert nodes[-1].value == "fine"


def test_file_that_ends_early_shows_what_is_there(tmp_path: Path) -> None:
    content = start() + element(0x00400560, b"SQ", item(CODE) * 400)
    nodes = tree(tmp_path, content[:-30])
    assert "are there" in nodes[-1].value
    assert len(nodes[-1].children()) == 400
    assert nodes[-1].children()[398].value == "Hematoxylin (12710003, SCT)"


def test_sequences_nested_too_deep_end_with_a_sentence(tmp_path: Path) -> None:
    content = b""
    for _ in range(100):
        content = element(0x00081032, b"SQ", item(content))
    deepest = list(everything(tree(tmp_path, start() + content)[-1]))[-1]
    assert deepest.value == "Nested too deep to show"


def test_no_slides_and_files_without_a_preamble_are_read(tmp_path: Path) -> None:
    report = element(0x00080016, b"UI", b"1.2\0") + element(0x0040A040, b"CS", b"TEXT")
    nodes = tree(tmp_path, report)
    assert [(each.keyword, each.value) for each in nodes] == [
        ("SOPClassUID", "1.2"),
        ("ValueType", "TEXT"),
    ]
    with pytest.raises(UnsupportedFile, match=r"x\.dcm is not a DICOM file"):
        tree(tmp_path, b"no DICOM")


def test_unknown_with_a_known_tag_is_read_as_what_it_is(tmp_path: Path) -> None:
    inside = element(0x00080100, b"", text("A1"), encoding=IMPLICIT)
    hidden = element(0x00081032, b"UN", item(inside))
    width = element(0x00280011, b"UN", b"\x02\x01")
    nodes = tree(tmp_path, start() + hidden + width)
    assert named(nodes, "ProcedureCodeSequence").value == "A1"
    assert (named(nodes, "Columns").vr, named(nodes, "Columns").value) == ("US", "258")


@pytest.mark.parametrize(
    ("representation", "vr", "value"), [(0, "US", "65535"), (1, "SS", "-1")]
)
def test_signed_pixels_decide_vrs_that_depend_on_them_and_no_others(
    tmp_path: Path, representation: int, vr: str, value: str
) -> None:
    nodes = tree(
        tmp_path,
        start(IMPLICIT)
        + element(0x00280103, b"", bytes([representation, 0]), encoding=IMPLICIT)
        + element(0x00280106, b"", b"\xff\xff", encoding=IMPLICIT)
        + element(0x00281050, b"", b"1.5 ", encoding=IMPLICIT),
    )
    smallest = named(nodes, "SmallestImagePixelValue")
    assert (smallest.vr, smallest.value) == (vr, value)
    center = named(nodes, "WindowCenter")
    assert (center.vr, center.value) == ("DS", "1.5")


@pytest.mark.parametrize(
    ("term", "encoding", "name"),
    [
        ("ISO_IR 100", "latin-1", "Äneas"),
        ("ISO_IR 192", "utf-8", "Ελένη"),
        ("GB18030", "gb18030", "王小东"),  # 0x5C is part of some of its characters
        ("ISO_IR 999", "latin-1", "Äneas"),
        ("", "utf-8", "Ελένη"),
    ],
)
def test_text_is_decoded_by_its_character_set(
    tmp_path: Path, term: str, encoding: str, name: str
) -> None:
    written = name.encode(encoding)
    content = element(0x00080005, b"CS", text(term)) + element(
        0x00100010, b"PN", written + b" " * (len(written) % 2)
    )
    assert tree(tmp_path, start() + content)[-1].value == name


def test_tree_stays_readable_from_threads_after_the_file_is_gone(
    tmp_path: Path,
) -> None:
    (path, *_) = write_slide(tmp_path, layout="TILED_SPARSE", levels=1, size=(600, 600))
    root = read_metadata(path)
    if os.name == "posix":
        path.unlink()
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda: counts.append(len(list(everything(root)))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(counts)) == 1
    assert len(counts) == 4


def test_json_too_long_to_show_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.formats.dicom.attributes.MOST_JSON", 100)
    nodes = tree(tmp_path, start() + element(0x00400560, b"SQ", item(CODE) * 3))
    with pytest.raises(SlideError, match=r"too long to show, expected at most 100"):
        (nodes[-1].as_json or str)()
    assert (nodes[-1].children()[0].as_json or str)() == {
        "00080100": {"vr": "SH", "Value": ["12710003"]},
        "00080102": {"vr": "SH", "Value": ["SCT"]},
        "00080104": {"vr": "LO", "Value": ["Hematoxylin"]},
    }


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("sound")
    (path, *_) = write_slide(folder, layout="TILED_SPARSE", levels=1, size=(300, 300))
    nested = item(element(0x00081032, b"SQ", item(CODE + ITEM_END, length=UNDEFINED)))
    whole = element(0x00400555, b"SQ", nested + DELIMITER, length=UNDEFINED)
    return start() + whole + path.read_bytes()[400:9000]


@settings(max_examples=150, deadline=None)
@given(
    changes=st.lists(
        st.tuples(
            st.integers(140, 5000),
            st.sampled_from([b"\xff\xff\xff\xff", b"\0\0\0\0", b"SQ", b"UN", b"\x02"])
            | st.binary(min_size=1, max_size=12),
        ),
        min_size=1,
        max_size=8,
    ),
    length=st.integers(200, 9000),
)
def test_nothing_but_slide_errors_comes_out_of_damaged_files(
    sound: bytes,
    tmp_path_factory: pytest.TempPathFactory,
    changes: list[tuple[int, bytes]],
    length: int,
) -> None:
    content = bytearray(sound)
    for place, value in changes:
        content[place : place + len(value)] = value
    path = tmp_path_factory.getbasetemp() / "mutant.dcm"
    path.write_bytes(content[:length])
    try:
        nodes = list(everything(read_metadata(path)))
    except SlideError:
        return
    assert len(nodes) < 10 * len(content)
    for node in nodes:
        assert "\n" not in node.value
        if node.full is not None:
            node.full()
        if node.as_json is not None:
            node.as_json()
