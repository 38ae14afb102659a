"""A TIFF side is read by everybody alike, and nothing else of the file is touched."""

import errno
import os
import shutil
import struct
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.uid import UID

from tests.dual_side import add_tiff_side
from tests.profiles import of_class
from tests.synthetic import SyntheticSlide, expected_level, write_slide
from tests.tiff_readers import (
    READERS,
    by_libtiff,
    by_openslide,
    by_pydicom,
    by_tifffile,
    farthest,
)
from viewer.formats.dicom.tiff_writing import strip_tiff_side, write_tiff_side
from viewer.formats.dicom.tiff_writing_tags import LONG, Directories, numbers, rational
from viewer.slide.errors import Cancelled, SlideError

SMALL: dict[str, Any] = {"levels": 1, "size": (300, 200), "tile": (64, 64)}
DECODERS_DIFFER = 2
"""Of 255: pydicom's JPEG decoder rounds and upsamples otherwise than the others'."""


def one_file(folder: Path, **description: Any) -> Path:
    description = {**SMALL, "label": False, "overview": False, **description}
    return write_slide(folder, **description)[0]


def written(folder: Path, **description: Any) -> tuple[Path, Path]:
    source = one_file(folder, **description)
    target = folder / "dual.tif"
    write_tiff_side(source, target)
    return source, target


def tags_of(path: Path, page: int = 0) -> dict[int, Any]:
    with tifffile.TiffFile(path) as file:
        tags: Any = file.pages[page].aspage().tags
        return {tag.code: tag.value for tag in tags}


CODINGS: dict[str, dict[str, Any]] = {
    "uncompressed": {},
    "implicit": {"encoding": "implicit"},
    "jpeg-422": {"syntax": "jpeg"},
    "jpeg-444": {"syntax": "jpeg", "photometric": "YBR_FULL"},
    "jpeg-rgb": {"syntax": "jpeg", "photometric": "RGB"},
    "jpeg-odd-tiles": {"syntax": "jpeg", "tile": (50, 70)},
}


@pytest.mark.parametrize("coding", CODINGS)
def test_all_readers_see_the_same_pixels(coding: str, tmp_path: Path) -> None:
    source, target = written(tmp_path, **CODINGS[coding])
    due = by_pydicom(source)
    lossless = "jpeg" not in coding
    for name, read in READERS.items():
        apart = farthest(read(target), due)
        assert apart <= (0 if lossless else DECODERS_DIFFER), name
    if lossless:
        described = SyntheticSlide(**SMALL, **CODINGS[coding])
        assert farthest(due, expected_level(described, 0)) == 0


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_grey_samples_are_the_same(bits: int, photometric: str, tmp_path: Path) -> None:
    _, target = written(tmp_path, photometric=photometric, bits=bits)
    due = by_pydicom(target)
    assert due.dtype == f"u{bits // 8}"
    assert farthest(by_tifffile(target), due) == 0
    assert tags_of(target)[262] == {"MONOCHROME1": 0, "MONOCHROME2": 1}[photometric]
    if photometric == "MONOCHROME2":
        assert farthest(by_libtiff(target), due) == 0


@pytest.mark.parametrize("syntax", ["jpeg2000", "jpeg2000-lossless"])
@pytest.mark.parametrize("photometric", ["RGB", None])
def test_jpeg_2000_is_read_by_tifffile_and_pydicom(
    syntax: str, photometric: str | None, tmp_path: Path
) -> None:
    source, target = written(tmp_path, syntax=syntax, photometric=photometric)
    assert farthest(by_tifffile(target), by_pydicom(source)) <= 1
    assert farthest(by_pydicom(target), by_pydicom(source)) == 0
    assert (tags_of(target)[259], tags_of(target)[262]) == (33005, 2)


def test_samples_that_lie_plane_by_plane_are_read_alike(tmp_path: Path) -> None:
    source = one_file(tmp_path)
    due = by_pydicom(source)
    dataset = pydicom.dcmread(source)
    frames = np.frombuffer(dataset.PixelData, np.uint8).reshape(-1, 64, 64, 3)
    dataset.PixelData = frames.transpose(0, 3, 1, 2).tobytes()
    dataset.PlanarConfiguration = 1
    dataset.save_as(source)
    target = tmp_path / "dual.tif"
    write_tiff_side(source, target)
    assert tags_of(target)[284] == 2
    for name, read in READERS.items():
        pixels = read(target)
        planes_first = np.moveaxis(pixels, 0, -1)  # tifffile keeps them apart
        found = planes_first if pixels.shape[0] == 3 else pixels
        assert farthest(found, due) == 0, name


@pytest.mark.parametrize("role", ["label", "overview", "thumbnail"])
@pytest.mark.parametrize("syntax", ["uncompressed", "jpeg"])
def test_pictures_of_one_frame_are_read_alike(
    role: str, syntax: str, tmp_path: Path
) -> None:
    files = write_slide(
        tmp_path, **SMALL, syntax=syntax, label=True, overview=True, thumbnail=True
    )
    source = next(path for path in files if path.stem.endswith(role))
    target = tmp_path / "dual.tif"
    write_tiff_side(source, target)
    due = by_pydicom(source)
    for read in (by_libtiff, by_tifffile, by_pydicom):
        assert farthest(read(target), due) <= DECODERS_DIFFER
    if syntax == "jpeg":  # OpenSlide reads no strips
        assert farthest(by_openslide(target), due) <= DECODERS_DIFFER


@pytest.mark.parametrize("coding", [*CODINGS, "jpeg2000"])
def test_only_preamble_and_trailing_padding_are_new(
    coding: str, tmp_path: Path
) -> None:
    source, target = written(tmp_path, **CODINGS.get(coding, {"syntax": "jpeg2000"}))
    before, after = source.read_bytes(), target.read_bytes()
    assert after[128 : len(before)] == before[128:]
    rest = after[len(before) :]
    header = 8 if coding == "implicit" else 12
    assert rest[:4] == b"\xfc\xff\xfc\xff"
    assert struct.unpack_from("<I", rest, header - 4)[0] == len(rest) - header
    assert struct.unpack_from("<I", after, 4)[0] == len(before) + header
    old, new = pydicom.dcmread(source), pydicom.dcmread(target)
    del new[0xFFFCFFFC]
    assert new == old


@pytest.mark.parametrize("coding", [*CODINGS, "jpeg2000"])
def test_stripping_gives_the_original_back(coding: str, tmp_path: Path) -> None:
    source, target = written(tmp_path, **CODINGS.get(coding, {"syntax": "jpeg2000"}))
    back = tmp_path / "back.dcm"
    strip_tiff_side(target, back)
    assert back.read_bytes() == source.read_bytes()


@pytest.mark.parametrize("syntax", ["jpeg", "jpeg2000"])
def test_tiles_end_with_their_codestreams(syntax: str, tmp_path: Path) -> None:
    _, target = written(tmp_path, syntax=syntax)
    tags, content = tags_of(target), target.read_bytes()
    assert len(tags[324]) == 20
    ends = [at + size for at, size in zip(tags[324], tags[325], strict=True)]
    assert {content[end - 2 : end] for end in ends} == {b"\xff\xd9"}
    assert any(size % 2 for size in tags[325])


def test_tags_tell_scale_color_and_maker(tmp_path: Path) -> None:
    profile = of_class("scnr")
    _, target = written(
        tmp_path, syntax="jpeg", icc_profile=profile, spacing=(0.00025, 0.000499)
    )
    tags = tags_of(target)
    assert Fraction(*tags[282]) == Fraction(10_000_000, 499)
    assert Fraction(*tags[283]) == 40000
    assert tags[296] == 3
    assert tags[34675].rstrip(b"\0") == profile.rstrip(b"\0")
    assert tags[530] == (2, 1)
    assert tags[305].startswith("Coverslip ")
    assert 270 not in tags


@pytest.mark.skipif(shutil.which("tiffinfo") is None, reason="needs libtiff's tools")
@pytest.mark.parametrize("syntax", ["uncompressed", "jpeg"])
def test_libtiff_has_nothing_to_complain_of(syntax: str, tmp_path: Path) -> None:
    source, target = written(tmp_path, syntax=syntax)
    command = ["tiffinfo", str(target)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")
    copied = tmp_path / "copied.tif"
    subprocess.run(["tiffcp", "-c", "none", str(target), str(copied)], check=True)
    if syntax == "uncompressed":
        assert farthest(by_tifffile(copied), by_pydicom(source)) == 0


def test_openslide_knows_the_scale(tmp_path: Path) -> None:
    import openslide

    _, target = written(tmp_path, syntax="jpeg", spacing=(0.0005, 0.0005))
    with openslide.OpenSlide(target) as slide:
        assert float(slide.properties["openslide.mpp-x"]) == pytest.approx(0.5)


def test_planes_and_paths_are_pages_that_tell_which_they_are(tmp_path: Path) -> None:
    _, target = written(
        tmp_path, photometric="MONOCHROME2", focal_planes=3, optical_paths=2
    )
    with tifffile.TiffFile(target) as file:
        series = file.series[0]
        assert (series.axes, series.shape) == ("CZYX", (2, 3, 200, 300))
        whole = series.asarray().reshape(6, 200, 300)
    for page in range(6):
        assert farthest(whole[page], by_pydicom(target, page)) == 0


def test_the_codestream_decides_on_color_not_the_label(tmp_path: Path) -> None:
    def lie(dataset: Dataset) -> None:
        dataset.PhotometricInterpretation = "RGB"

    _, target = written(tmp_path, syntax="jpeg", photometric="YBR_FULL", mutate=lie)
    assert (tags_of(target)[262], tags_of(target)[530]) == (6, (1, 1))
    due = expected_level(SyntheticSlide(**SMALL), 0)
    assert farthest(by_libtiff(target), due) < 24
    assert farthest(by_openslide(target), by_libtiff(target)) <= 1


def test_a_stale_side_is_replaced(tmp_path: Path) -> None:
    source = one_file(tmp_path, syntax="jpeg")
    plain = source.read_bytes()
    add_tiff_side(source)
    dataset = pydicom.dcmread(source)
    dataset.PatientComments = "moves everything behind it"
    dataset.save_as(source)
    target, back = tmp_path / "dual.tif", tmp_path / "back.dcm"
    write_tiff_side(source, target)
    assert farthest(by_libtiff(target), by_pydicom(source)) <= DECODERS_DIFFER
    assert target.read_bytes().count(b"\xfc\xff\xfc\xffOB") == 1
    strip_tiff_side(target, back)
    dataset = pydicom.dcmread(back)
    del dataset.PatientComments
    dataset.save_as(back)
    assert back.read_bytes() == plain


def test_only_what_is_the_tiff_side_is_stripped(tmp_path: Path) -> None:
    source, back = one_file(tmp_path), tmp_path / "back.dcm"
    plain = source.read_bytes()
    padding = b"\xfc\xff\xfc\xffOB\0\0" + struct.pack("<I", 64) + bytes(64)
    source.write_bytes(b"MZ" + plain[2:] + padding)
    strip_tiff_side(source, back)
    assert back.read_bytes() == plain + padding


def test_nothing_to_strip_is_said(tmp_path: Path) -> None:
    source = one_file(tmp_path)
    with pytest.raises(SlideError, match="has no TIFF side"):
        strip_tiff_side(source, tmp_path / "back.dcm")


def ycbcr_label(dataset: Dataset) -> None:
    dataset.PhotometricInterpretation = "YBR_FULL"


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "fragments": ({"syntax": "jpeg", "fragments_per_frame": 2}, "fragments"),
    "holes": ({"layout": "TILED_SPARSE", "holes": frozenset({(1, 1)})}, "sparse"),
    "shuffled": ({"layout": "TILED_SPARSE", "shuffled": True}, "not in the order"),
    "deflated": ({"encoding": "deflated"}, "Deflated"),
    "big-endian": ({"encoding": "big-endian"}, "Big Endian"),
    "odd-tiles": ({"tile": (50, 70)}, "multiples of 16"),
    "ybr": ({"mutate": ycbcr_label}, "uncompressed YBR_FULL"),
    "part": ({"parts": 2}, "concatenation"),
    "j2k-ycc": ({"syntax": "jpeg2000", "photometric": "YBR_FULL"}, "no component"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_tiff_cannot_say_is_refused_with_the_reason(
    case: str, tmp_path: Path
) -> None:
    description, reason = REFUSED[case]
    source = one_file(tmp_path / "in", **description)
    target = tmp_path / "dual.tif"
    with pytest.raises(SlideError, match=reason):
        write_tiff_side(source, target)
    assert [*tmp_path.iterdir()] == [tmp_path / "in"]


@pytest.mark.parametrize("uid", ["1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.80"])
def test_codings_without_a_tiff_code_are_refused(uid: str, tmp_path: Path) -> None:
    source = one_file(tmp_path, syntax="jpeg")
    dataset = pydicom.dcmread(source)
    dataset.file_meta.TransferSyntaxUID = UID(uid)
    dataset.save_as(source)
    with pytest.raises(SlideError, match="readers of TIFF know no"):
        write_tiff_side(source, tmp_path / "dual.tif")


def test_pixel_data_without_an_end_takes_no_tiff_side(tmp_path: Path) -> None:
    source = one_file(tmp_path / "in", syntax="jpeg")
    delimiter = b"\xfe\xff\xdd\xe0\0\0\0\0"
    assert source.read_bytes().endswith(delimiter)
    source.write_bytes(source.read_bytes().removesuffix(delimiter))
    with pytest.raises(SlideError, match="no sequence delimiter"):
        write_tiff_side(source, tmp_path / "dual.tif")
    assert [*tmp_path.iterdir()] == [tmp_path / "in"]


def test_frames_of_two_colors_are_refused(tmp_path: Path) -> None:
    from tests.encapsulation import encode_frame
    from tests.synthetic import write_instance

    source = one_file(tmp_path, syntax="jpeg", photometric="RGB")
    dataset = pydicom.dcmread(source)
    del dataset.PixelData
    grey = np.full((64, 64, 3), 99, np.uint8)
    frames = [encode_frame(grey, "jpeg", "RGB")] * 20
    frames[7] = encode_frame(grey, "jpeg", "YBR_FULL_422")
    write_instance(source, dataset, frames)
    with pytest.raises(SlideError, match="frame 8 is coded otherwise"):
        write_tiff_side(source, tmp_path / "dual.tif")


def test_nothing_is_ever_written_over(tmp_path: Path) -> None:
    source = one_file(tmp_path, syntax="jpeg")
    before = source.read_bytes()
    other = tmp_path / "other"
    other.write_text("mine")
    for target in (source, other, tmp_path):
        for act in (write_tiff_side, strip_tiff_side):
            with pytest.raises(SlideError, match="is there already"):
                act(source, target)
    assert (source.read_bytes(), other.read_text()) == (before, "mine")


def test_a_full_disk_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = one_file(tmp_path / "in", syntax="jpeg")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SlideError, match="No space left"):
        write_tiff_side(source, tmp_path / "dual.tif")
    assert [*tmp_path.iterdir()] == [tmp_path / "in"]


def test_a_target_that_appears_meanwhile_stays(tmp_path: Path) -> None:
    source, target = one_file(tmp_path / "in"), tmp_path / "dual.tif"

    def appear(_done: int, _total: int) -> None:
        target.write_text("another program's")

    with pytest.raises(SlideError, match="is there already"):
        write_tiff_side(source, target, appear)
    assert target.read_text() == "another program's"
    assert sorted(tmp_path.iterdir()) == [target, tmp_path / "in"]


def test_a_cancelled_run_leaves_nothing(tmp_path: Path) -> None:
    source = one_file(tmp_path / "in")

    def stop(_done: int, _total: int) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        write_tiff_side(source, tmp_path / "dual.tif", stop)
    assert [*tmp_path.iterdir()] == [tmp_path / "in"]


def test_a_source_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    source = one_file(tmp_path / "in")

    def change(_done: int, _total: int) -> None:
        with source.open("ab") as file:
            file.write(b"more")

    with pytest.raises(SlideError, match="was changed while"):
        write_tiff_side(source, tmp_path / "dual.tif", change)
    assert [*tmp_path.iterdir()] == [tmp_path / "in"]


def test_without_help_of_the_system_the_bytes_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = written(tmp_path, syntax="jpeg")
    monkeypatch.delattr(os, "copy_file_range", raising=False)
    monkeypatch.delattr(os, "SEEK_DATA", raising=False)
    again = tmp_path / "again.tif"
    write_tiff_side(source, again)
    assert again.read_bytes() == target.read_bytes()


def test_above_4_gb_it_is_bigtiff_with_the_right_places(tmp_path: Path) -> None:
    swollen = ((3, 2200 << 20), (11, 2200 << 20))
    source, target = written(tmp_path, syntax="jpeg", swollen=swollen, offsets="none")
    assert target.stat().st_size > 1 << 32
    assert target.stat().st_blocks * 512 < 64 << 20, "holes were filled"
    with target.open("rb") as file:
        assert file.read(8) == b"II+\0\x08\0\0\0"
    tags = tags_of(target)
    assert tags[324][-1] > 1 << 32
    with source.open("rb") as file:
        for number in (0, 3, 4, 11, 12, 19):
            file.seek(tags[324][number] - 8)
            tag, length = struct.unpack("<II", file.read(8))
            assert (tag, length - tags[325][number] in {0, 1}) == (0xE000FFFE, True)
            assert file.read(2) == b"\xff\xd8"
            file.seek(tags[324][number] + tags[325][number] - 2)
            assert file.read(2) == (bytes(2) if number in (3, 11) else b"\xff\xd9")


@given(st.decimals("0.000001", "10", allow_nan=False, places=12))
def test_resolutions_are_as_exact_as_32_bits_allow(spacing: Any) -> None:
    due = 10 / Fraction(str(spacing)) if spacing else Fraction(1)
    over, under = struct.unpack("<II", rational(282, due).data)
    assert abs(Fraction(over, under) / due - 1) < Fraction(1, 10**7)


@given(
    st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=9), min_size=1, max_size=4)
)
def test_directories_hold_the_numbers_given(pages: list[list[int]]) -> None:
    import io

    for big in (False, True):
        made = Directories(
            [
                [numbers(256, LONG, 1), numbers(257, LONG, 1)]
                + ([numbers(65000, LONG, *page)] if page else [])
                for page in pages
            ],
            big,
        )
        content = made.header(128) + made.at(128)
        assert len(content) == 128 + made.length
        with tifffile.TiffFile(io.BytesIO(content)) as file:
            assert len(file.pages) == len(pages)
            for page, due in zip(file.pages, pages, strict=True):
                tag = page.aspage().tags.get(65000)
                found = () if tag is None else np.atleast_1d(tag.value)
                assert [int(each) for each in found] == due


REAL = [
    "cmu-wsidicomizer",
    "cmu-wsidicomizer-passthrough",
    "ndpi-wsidicomizer-jpeg",
    "ndpi-wsidicomizer-j2k",
    "google-triple",
    "camelyon",
    "dual/pixelmed-svs-jpeg-rgb-classic",
    "dual/pixelmed-ycc_jpeg_pyr",
    "dual/pixelmed-jp2k33005",
    "dual/stale",
    "dual/bioformats-tcga-jpeg",
]


@pytest.mark.slides
@pytest.mark.parametrize("folder", REAL)
def test_real_files_are_read_alike(
    folder: str, slides_folder: Path, tmp_path: Path
) -> None:
    files = [*(slides_folder / folder).iterdir()]
    for source in sorted(files, key=lambda path: path.stat().st_size)[:3]:
        target = tmp_path / f"{source.name}.tif"
        write_tiff_side(source, target)
        tags = tags_of(target)
        due = by_tifffile(target)
        assert due.shape[1::-1] == (tags[256], tags[257])
        if tags[259] != 33005:
            assert farthest(by_libtiff(target), due) <= 1
        if 324 in tags and tags[259] != 33005:
            assert farthest(by_openslide(target), due) <= 1
        dataset = pydicom.dcmread(source)
        declared_right = "bioformats" not in folder  # RGB over a YCbCr codestream
        if declared_right:
            assert farthest(by_pydicom(target), due) <= DECODERS_DIFFER
        assert pydicom.dcmread(target).PixelData == dataset.PixelData


@pytest.mark.slides
def test_real_files_that_tiff_cannot_hold_are_refused(
    slides_folder: Path, tmp_path: Path
) -> None:
    for name, reason in {
        "dcmtk/fragmented-1k.dcm": "1260 fragments for 108 frames",
        "orthanc/pyramid/wsi-000000.dcm": "not in the order of rows and columns",
        "highdicom/sm_image_jpegls.dcm": "JPEG-LS",
        "highdicom/sm_image.dcm": "multiples of 16",
        "highdicom/seg_image_sm_dots.dcm": "not a whole-slide image",
        "dual/not-wsi/US1_UNCR.dcm": "TIFF side: it is not a whole-slide image",
    }.items():
        with pytest.raises(SlideError, match=reason):
            write_tiff_side(slides_folder / name, tmp_path / "dual.tif")
