"""Pixels of two slides, compared: what was done to the result is what is found."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.pictures import Texture, waves
from tests.qa.damage import swapped_tiles
from tests.synthetic import write_slide
from viewer.formats import open_slide
from viewer.qa.bits.comparison import compare_bits
from viewer.qa.comparing import CompareOptions, Comparing, Pixels, Tolerance
from viewer.qa.finding import Finding, Severity
from viewer.qa.pairing.slides import pair
from viewer.qa.pixels.comparison import PixelsResult, compare_pixels
from viewer.qa.run import Run
from viewer.slide.errors import Cancelled

EVERY = CompareOptions(Pixels.ALL)
Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Write a slide of one level, 1000 x 700 pixels in 4 x 3 tiles."""

    def write(name: str, **description: Any) -> Path:
        description = {"levels": 1, "texture": waves, **description}
        write_slide(tmp_path / name, label=False, overview=False, **description)
        return tmp_path / name

    return write


def compared(
    a: Path,
    b: Path,
    options: CompareOptions = EVERY,
    *,
    with_bits: bool = False,
    run: Run | None = None,
) -> PixelsResult:
    one, other = open_slide(a), open_slide(b)
    try:
        run = run or Run(threads=2)
        comparing = Comparing(one, other, pair(one, other), options, run)
        bits = compare_bits(comparing) if with_bits else None
        return compare_pixels(comparing, bits)
    finally:
        one.close()
        other.close()


def the_finding(result: PixelsResult) -> Finding:
    (finding,) = result.section.findings
    return finding


def within(area: tuple[int, int, int, int], texture: Texture, color: Any) -> Texture:
    """Paint a rectangle of level 0: left, top, right, bottom."""
    left, top, right, bottom = area

    def painted(x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
        picture = np.array(texture(x, y))
        inside = (left <= x) & (x < right) & (top <= y) & (y < bottom)
        picture[inside] = color(picture[inside]) if callable(color) else color
        return picture

    return painted


def test_pictures_that_are_the_same_are_told_in_one_sentence(tmp_path: Path) -> None:
    for side in "ab":
        write_slide(tmp_path / side, levels=1, texture=waves)
    result = compared(tmp_path / "a", tmp_path / "b")
    assert result.section.lines[-1] == (
        "The label and the overview of the result have the pixels of those of the "
        "source."
    )
    assert len(result.section.lines) == 2


def test_a_copy_has_identical_pixels(written: Written) -> None:
    result = compared(written("a", levels=3), written("b", levels=3))
    assert result.section.findings == ()
    assert (result.places, result.looked, result.same) == (17, 17, 17)
    assert result.largest == 0
    assert "the pixels of all of them are identical" in result.section.lines[0]


def test_lossless_coding_leaves_pixels_identical(written: Written) -> None:
    result = compared(written("a"), written("b", syntax="jpeg2000-lossless"))
    assert result.same == result.looked == 12
    assert not result.section.findings


def test_one_sample_of_one_pixel_apart_is_found_at_its_tile(written: Written) -> None:
    def darker(colors: NDArray[Any]) -> NDArray[Any]:
        return colors.astype(int) - (0, 7, 0)

    changed = within((600, 300, 601, 301), waves, darker)
    result = compared(written("a"), written("b", texture=changed))
    finding = the_finding(result)
    assert (finding.rule.id, finding.severity) == ("QA3", Severity.ERROR)
    assert (finding.level, finding.tile) == (0, (2, 1))
    assert "by 7 of 255 at most" in finding.message
    assert "in 1 of 12 tiles" in finding.message
    found = result.difference
    assert (found.changed, found.largest, found.total) == (1, 7, 7)
    assert found.pixels == 1000 * 700
    assert result.same == 11


def test_figures_of_a_lossy_slide_are_those_of_its_whole_picture(
    written: Written,
) -> None:
    a, b = written("a"), written("b", syntax="jpeg", quality=60)
    result = compared(a, b)
    slides = [open_slide(each) for each in (a, b)]
    from viewer.slide.geometry import Size
    from viewer.slide.region import Place, read_region

    one, other = (
        read_region(slide, Place(0, 0, 0, Size(1000, 700))).pixels.astype(float)
        for slide in slides
    )
    for slide in slides:
        slide.close()
    apart = np.abs(one - other)
    found = result.difference
    assert found.largest == apart.max()
    assert found.mean == pytest.approx(apart.mean())
    assert found.psnr == pytest.approx(10 * np.log10(255**2 / (apart**2).mean()))
    assert found.identical == pytest.approx((apart == 0).all(axis=2).mean())
    worst = result.layers[0].worst
    assert len(worst) == 12
    noise = [tile.difference.squares / tile.difference.samples for tile in worst]
    assert noise == sorted(noise, reverse=True)
    column, row = worst[0].place
    tile = apart[row * 256 : row * 256 + 256, column * 256 : column * 256 + 256]
    assert noise[0] == pytest.approx((tile**2).mean())


def test_more_than_twenty_worst_tiles_are_not_listed(written: Written) -> None:
    small = {"tile": (64, 64)}
    result = compared(written("a", **small), written("b", syntax="jpeg", **small))
    worst = result.layers[0].worst
    assert len(worst) == 20
    least = min(tile.difference.squares / tile.difference.samples for tile in worst)
    others = result.difference.squares - sum(tile.difference.squares for tile in worst)
    samples = result.difference.samples - sum(tile.difference.samples for tile in worst)
    assert least > others / samples


@pytest.mark.parametrize(
    ("tolerance", "severity"),
    [
        (Tolerance(largest=7), Severity.NOTE),
        (Tolerance(largest=6), Severity.ERROR),
        (Tolerance(mean=0.01), Severity.NOTE),
        (Tolerance(mean=1e-9), Severity.ERROR),
        (Tolerance(psnr=40), Severity.NOTE),
        (Tolerance(psnr=200), Severity.ERROR),
        (Tolerance(ssim=0.99), Severity.NOTE),
        (Tolerance(ssim=0.9999999), Severity.ERROR),
        (Tolerance(identical=0.99), Severity.NOTE),
        (Tolerance(identical=1), Severity.ERROR),
    ],
    ids=str,
)
def test_what_is_tolerated_is_a_note(
    written: Written, tolerance: Tolerance, severity: Severity
) -> None:
    changed = within(
        (600, 300, 602, 301), waves, lambda colors: colors.astype(int) - (0, 7, 0)
    )
    options = CompareOptions(Pixels.ALL, tolerance)
    result = compared(written("a"), written("b", texture=changed), options)
    assert the_finding(result).severity is severity


@pytest.mark.parametrize("color", ["black", "white", "teal"])
def test_a_tile_painted_over_is_named_by_its_color(
    written: Written, color: str
) -> None:
    rgb = {"black": (0, 0, 0), "white": (255, 255, 255), "teal": (0, 128, 128)}[color]
    painted = within((256, 256, 512, 512), waves, rgb)
    finding = the_finding(compared(written("a"), written("b", texture=painted)))
    assert (finding.rule.id, finding.severity) == ("QA7", Severity.ERROR)
    assert (finding.tile, finding.found) == ((1, 1), color)
    assert "Tile (1, 1) in level 0 of the result" in finding.message
    assert f"is {color} all over" in finding.message


def test_smoothed_glass_is_not_painted_over(written: Written) -> None:
    random = np.random.default_rng(1)
    noise = random.normal(240, 1.5, (1000, 1000))

    def glass(x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
        level = noise[y.astype(int), x.astype(int)]
        return np.repeat(level[..., None], 3, axis=2)

    def smooth(x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
        return np.full((*np.broadcast_shapes(x.shape, y.shape), 3), 240)

    finding = the_finding(
        compared(written("a", texture=glass), written("b", texture=smooth))
    )
    assert finding.rule.id == "QA3"


def test_a_tile_that_is_not_stored_is_lost(written: Written) -> None:
    holes = frozenset({(2, 1), (3, 0)})
    result = compared(written("a"), written("b", layout="TILED_SPARSE", holes=holes))
    finding = the_finding(result)
    assert (finding.rule.id, finding.severity) == ("QA7", Severity.ERROR)
    assert "2 tiles (3, 0), (2, 1) in level 0" in finding.message.replace("2 T", "2 t")
    assert "not stored" in finding.message
    assert result.same == 10


def test_glass_that_is_not_stored_is_no_loss(written: Written) -> None:
    white = within((512, 256, 768, 512), waves, (255, 255, 255))
    holes = frozenset({(2, 1)})
    sparse = {"layout": "TILED_SPARSE", "holes": holes}
    result = compared(written("a", texture=white), written("b", **sparse))
    assert the_finding(result).severity is Severity.NOTE
    assert result.same == result.looked == 12


def test_a_filler_where_the_source_has_nothing_is_a_note(written: Written) -> None:
    black = within((512, 256, 768, 512), waves, (0, 0, 0))
    holes = frozenset({(2, 1)})
    sparse = written("a", layout="TILED_SPARSE", holes=holes)
    result = compared(sparse, written("b", texture=black))
    finding = the_finding(result)
    assert (finding.severity, finding.found) == (Severity.NOTE, "black")
    assert result.same == result.looked == 12


def test_a_picture_where_the_source_has_nothing_is_a_warning(
    written: Written,
) -> None:
    sparse = written("a", layout="TILED_SPARSE", holes=frozenset({(2, 1)}))
    assert the_finding(compared(sparse, written("b"))).severity is Severity.WARNING


def test_holes_on_both_sides_are_the_same(written: Written) -> None:
    sparse = {"layout": "TILED_SPARSE", "holes": frozenset({(2, 1), (0, 2)})}
    result = compared(written("a", **sparse), written("b", **sparse))
    assert result.same == 12
    assert not result.section.findings


def broken(folder: Path) -> None:
    """Overwrite the beginning of the third frame's codestream."""
    (path,) = folder.iterdir()
    data = bytearray(path.read_bytes())
    at = -1
    for _ in range(3):
        at = data.index(b"\xff\xd8\xff", at + 1)
    data[at : at + 16] = bytes(16)
    path.write_bytes(data)


@pytest.mark.parametrize("side", ["a", "b", "both"])
def test_a_frame_that_cannot_be_decoded_is_told(written: Written, side: str) -> None:
    a, b = written("a", syntax="jpeg"), written("b", syntax="jpeg")
    for folder in {"a": (a,), "b": (b,), "both": (a, b)}[side]:
        broken(folder)
    result = compared(a, b)
    finding = the_finding(result)
    expected = Severity.ERROR if side == "b" else Severity.WARNING
    assert (finding.rule.id, finding.severity) == ("PX6", expected)
    assert finding.tile == (2, 0)
    assert result.looked == (12 if side == "b" else 11)
    assert result.same == 11


def middle_grey(x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    return np.full((*np.broadcast_shapes(x.shape, y.shape), 3), 128)


def cut_short(folder: Path) -> None:
    """Put an end to the third frame's codestream half way through its samples."""
    (path,) = folder.iterdir()
    data = bytearray(path.read_bytes())
    at = -1
    for _ in range(3):
        at = data.index(b"\xff\xd8\xff", at + 1)
    samples, end = data.index(b"\xff\xda", at), data.index(b"\xff\xd9", at)
    data[(samples + end) // 2 : end] = b"\xff\xd9".ljust(end - (samples + end) // 2)
    path.write_bytes(data)


@pytest.mark.parametrize("texture", [waves, middle_grey])
def test_a_damaged_frame_is_told_of_even_where_its_pixels_are_right(
    written: Written, texture: Texture
) -> None:
    # What decoders put where samples are missing is grey as the second texture is.
    a, b = (written(name, syntax="jpeg", texture=texture) for name in "ab")
    cut_short(b)
    result = compared(a, b)
    finding = the_finding(result)
    assert (finding.rule.id, finding.severity) == ("PX6", Severity.ERROR)
    assert "is damaged" in finding.message
    assert finding.tile == (2, 0)
    assert result.same == 11


def swapped(x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    """Exchange the tiles (1, 1) and (2, 0)."""
    x, y = np.broadcast_arrays(x, y)
    one = (x // 256 == 1) & (y // 256 == 1)
    other = (x // 256 == 2) & (y // 256 == 0)
    moved = x + 256 * one - 256 * other, y - 256 * one + 256 * other
    return waves(*moved)


@pytest.mark.parametrize("syntax", ["uncompressed", "jpeg"])
def test_swapped_tiles_are_known_by_their_content(
    written: Written, syntax: str
) -> None:
    result = compared(written("a"), written("b", texture=swapped, syntax=syntax))
    (finding,) = (x for x in result.section.findings if x.rule.id == "QA9")
    assert finding.severity is Severity.ERROR
    assert "(1, 1)" in finding.message
    assert "(2, 0)" in finding.message
    assert "swapped" in finding.message


def test_tiles_whose_frames_are_swapped_are_told_of_once(
    written: Written, tmp_path: Path
) -> None:
    a, b = written("a", syntax="jpeg"), written("b", syntax="jpeg")
    swapped_tiles(b)
    result = compared(a, b, with_bits=True)
    assert {each.rule.id for each in result.section.findings} == {"QA3"}


@pytest.mark.parametrize("edges", [(240, 256), (256, 240), (512, 100), (64, 1000)])
def test_other_tiles_of_the_same_picture_are_compared_by_area(
    written: Written, edges: tuple[int, int]
) -> None:
    ours, theirs = ({"tile": (edge, edge), "texture": waves} for edge in edges)
    result = compared(written("a", **ours), written("b", **theirs))
    assert result.difference.is_none
    assert result.difference.pixels == 1000 * 700
    assert not result.section.findings
    assert any("bits cannot be compared" in line for line in result.section.lines)


def test_a_change_is_found_among_other_tiles(written: Written) -> None:
    painted = within((500, 260, 510, 270), waves, (0, 0, 0))
    result = compared(
        written("a", tile=(240, 240)), written("b", tile=(128, 128), texture=painted)
    )
    assert the_finding(result).tile == (3, 2)
    assert result.difference.changed == 100


def test_a_hole_under_other_tiles_has_the_color_of_nothing(written: Written) -> None:
    white = within((256, 256, 512, 512), waves, (255, 255, 255))
    sparse = {"layout": "TILED_SPARSE", "holes": frozenset({(1, 1)})}
    result = compared(
        written("a", **sparse), written("b", tile=(240, 240), texture=white)
    )
    assert result.difference.is_none


def test_levels_of_unlike_sizes_are_compared_where_both_are(written: Written) -> None:
    result = compared(written("a"), written("b", size=(999, 701)))
    assert result.difference.is_none
    assert result.difference.pixels == 999 * 700
    assert any("compared is what both have" in line for line in result.section.lines)


def wide_samples(folder: Path, value: int) -> None:
    """Add to the very first sample of the last frame of 16-bit grey."""
    (path,) = folder.iterdir()
    data = bytearray(path.read_bytes())
    at = len(data) - 256 * 256 * 2
    sample = int.from_bytes(data[at : at + 2], "little") + value
    data[at : at + 2] = sample.to_bytes(2, "little")
    path.write_bytes(data)


def test_sixteen_bits_are_compared_in_steps_of_their_own(written: Written) -> None:
    grey = {"photometric": "MONOCHROME2", "bits": 16, "texture": None}
    a, b = written("a", **grey), written("b", **grey)
    wide_samples(b, 514)
    result = compared(a, b)
    finding = the_finding(result)
    assert finding.tile == (3, 2)
    assert "by 514 of 65,535 at most" in finding.message
    assert result.largest == pytest.approx(2)  # of 255
    tolerant = CompareOptions(Pixels.ALL, Tolerance(largest=2))
    assert the_finding(compared(a, b, tolerant)).severity is Severity.NOTE


def test_samples_of_another_kind_are_an_error(written: Written) -> None:
    wide = {"photometric": "MONOCHROME2", "texture": None}
    result = compared(written("a", **wide, bits=16), written("b", **wide))
    finding = the_finding(result)
    assert finding.severity is Severity.ERROR
    assert "8-bit grey instead of 16-bit grey" in finding.message
    assert result.same == 0


def test_planes_and_paths_are_compared_each(written: Written) -> None:
    many = {"focal_planes": 2, "optical_paths": 2, "texture": None}
    result = compared(written("a", **many), written("b", **many))
    assert (result.places, result.same) == (48, 48)
    assert len(result.layers) == 4


def test_a_sample_is_said_to_be_one(written: Written) -> None:
    small = {"tile": (64, 64)}
    options = CompareOptions(Pixels.SAMPLE, sample=30)
    result = compared(written("a", **small), written("b", **small), options)
    assert (result.places, result.looked, result.same) == (176, 30, 30)
    assert "30 of 176 tiles" in result.section.lines[0]
    assert result.section.facts["looked_at"] == 30


def test_tiles_whose_bits_differ_are_in_the_sample(written: Written) -> None:
    small = {"tile": (64, 64)}
    painted = within((705, 320, 706, 321), waves, (0, 0, 0))
    options = CompareOptions(Pixels.SAMPLE, sample=10)
    a, b = written("a", **small), written("b", **small, texture=painted)
    result = compared(a, b, options, with_bits=True)
    assert the_finding(result).tile == (11, 5)


def other_color(dataset: Any) -> None:
    """Say of samples that they are YCbCr, which they are not."""
    dataset.PhotometricInterpretation = "YBR_FULL"


def test_the_same_bits_read_in_another_color_are_said_to_be(written: Written) -> None:
    result = compared(written("a"), written("b", mutate=other_color), with_bits=True)
    finding = the_finding(result)
    assert finding.severity is Severity.ERROR
    assert "12 tiles" in finding.message
    assert "same bits" in finding.message


def test_a_picture_shows_where_the_worst_tiles_are(written: Written) -> None:
    painted = within((600, 300, 700, 400), waves, (0, 0, 0))
    result = compared(written("a"), written("b", texture=painted))
    drawn, crops = result.section.pictures
    picture = np.asarray(Image.open(BytesIO(drawn.png)).convert("RGB"))
    tiles = picture[1:49, 1:65].reshape(3, 16, 4, 16, 3)
    colors = {
        (column, row): {tuple(each) for each in tiles[row, :, column].reshape(-1, 3)}
        for row in range(3)
        for column in range(4)
    }
    changed = colors.pop((2, 1))
    assert len(changed) == 1
    assert set.union(*colors.values()) != changed
    assert len(set.union(*colors.values())) == 1
    assert "(2, 1)" in crops.title
    shown = np.asarray(Image.open(BytesIO(crops.png)).convert("RGB"))
    assert shown.shape == (256, 3 * 256 + 2 * 8, 3)
    assert (shown[44:144, 264 + 88 : 264 + 188] == 0).all()  # the result, blackened


def test_progress_is_told_and_a_cancelled_run_ends(written: Written) -> None:
    told: list[tuple[str, int, int]] = []
    a, b = written("a", tile=(64, 64)), written("b", tile=(64, 64))
    run = Run(lambda *words: told.append(words), threads=2)
    compared(a, b, run=run)
    assert told[-1][1] == told[-1][2]
    with pytest.raises(Cancelled):
        compared(a, b, run=Run(cancelled=lambda: True))


def test_facts_can_be_written_as_json(written: Written) -> None:
    import json

    result = compared(written("a"), written("b", syntax="jpeg"))
    text = json.dumps(result.section.facts, allow_nan=False)
    assert json.loads(text)["layers"][0]["fates"] == {"changed": 12}


@pytest.mark.slides
@pytest.mark.parametrize(
    ("source", "folder", "tiles"),
    [
        ("CMU-1-Small-Region.svs", "cmu-wsidicomizer-passthrough", 130),
        ("CMU-1-Small-Region.svs", "dual/pixelmed-svs-jpeg-rgb-classic", 130),
        ("hamamatsu-dapi.ndpi", "ndpi-wsidicomizer-jpeg", None),
    ],
)
def test_conversions_that_keep_the_bits_keep_the_pixels(
    slides_folder: Path, source: str, folder: str, tiles: int | None
) -> None:
    result = compared(slides_folder / "source" / source, slides_folder / folder)
    assert result.looked == result.same == (tiles or result.places)
    assert result.difference.is_none


@pytest.mark.slides
def test_a_re_encoded_conversion_is_told_from_its_source(slides_folder: Path) -> None:
    source = slides_folder / "source" / "CMU-1-Small-Region.svs"
    result = compared(source, slides_folder / "cmu-wsidicomizer")
    assert result.same < result.looked
    assert "QA3" in {each.rule.id for each in result.section.findings}
