"""The generated slides, made once and kept in a folder of the system's temporary one.

`COVERSLIP_BENCH_DATA` names another folder. Nothing is measured on a cold disk: every
file is read once before the clock starts.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from simplejpeg import decode_jpeg

from tests.benchmarks.levels import LevelShape, write_level
from tests.benchmarks.textures import TileSource, jpeg, jpeg2000, jpeg_of_size

_VERSION = 2  # of what is generated; another one makes the slides anew
_POOL = 47  # distinct codestreams of a level; a prime: rows do not repeat each other
SMALLEST, LARGEST = 8_000, 10_000
"""The bytes of a tile of the slide that samples are read from."""


@dataclass(frozen=True)
class GeneratedSlide:
    """A slide on disk: its folder, and where the frames of each level lie."""

    folder: Path
    levels: tuple[Path, ...]
    places: tuple[NDArray[np.int64], ...]

    def frame(self, level: int, number: int) -> bytes:
        """Return a codestream, read from the file."""
        offset, length = (int(part) for part in self.places[level][number])
        with self.levels[level].open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def read_once(self) -> None:
        """Bring the files into the system's page cache."""
        for path in self.levels:
            with path.open("rb", buffering=0) as file:
                while file.read(1 << 22):
                    pass


def distinct_tiles() -> GeneratedSlide:
    """Return a level of 102 x 100 distinct 256 tiles of 8 to 10 KB, JPEG 4:2:0."""
    source = TileSource(seed=1, edge=256)

    def encode(number: int) -> bytes:
        return jpeg_of_size(source.pixels(0, number), 60, SMALLEST, LARGEST)

    shape = LevelShape("distinct-tiles", 0, 102 * 256, 100 * 256, 256, "jpeg")
    return _kept(shape.slide, [(shape, encode)])


def recoded_tiles() -> GeneratedSlide:
    """Return the slide of `distinct_tiles` with every tile encoded once more."""
    original = distinct_tiles()

    def encode(number: int) -> bytes:
        return jpeg(decode_jpeg(original.frame(0, number), "RGB"), 75)

    shape = LevelShape("recoded-tiles", 0, 102 * 256, 100 * 256, 256, "jpeg")
    return _kept(shape.slide, [(shape, encode)])


def pyramid(syntax: str) -> GeneratedSlide:
    """Return a pyramid from 40,000 x 30,000 down by factors of 2, tiles of 512.

    JPEG ("jpeg"): about 32 KB a tile, all distinct. JPEG 2000 ("jpeg2000"): lossy,
    about 10:1, 47 distinct codestreams a level, repeated.
    """
    source = TileSource(seed=2, edge=512)
    name = f"pyramid-{syntax}"
    width, height = 40_000, 30_000
    levels: list[tuple[LevelShape, Callable[[int], bytes]]] = []
    while not levels or levels[-1][0].width > 1000:
        shape = LevelShape(name, len(levels), width, height, 512, syntax)
        drawn = partial(source.pixels, shape.number)
        levels.append((shape, _jpegs(drawn) if syntax == "jpeg" else _pool(drawn)))
        width, height = -(-width // 2), -(-height // 2)
    return _kept(name, levels)


def single_level() -> GeneratedSlide:
    """Return one level of 310 x 310 tiles of 256 (96,100 frames), and no pyramid."""
    source = TileSource(seed=3, edge=256)
    shape = LevelShape("single-level", 0, 310 * 256, 310 * 256, 256, "jpeg")
    pool: dict[int, bytes] = {}

    def encode(number: int) -> bytes:
        # A prime, so that rows do not repeat each other.
        key = number % 997
        if key not in pool:
            pool[key] = jpeg(source.pixels(0, key), 60)
        return pool[key]

    return _kept(shape.slide, [(shape, encode)])


def rewrapped_level(source: GeneratedSlide, marker: bytes) -> GeneratedSlide:
    """Return a level of the frames of `single_level`, a marker put into each."""
    shape = LevelShape("rewrapped-level", 0, 310 * 256, 310 * 256, 256, "jpeg")

    def rewrap(number: int) -> bytes:
        frame = source.frame(0, number)
        return frame[:2] + marker + frame[2:]

    return _kept(shape.slide, [(shape, rewrap)])


def recoded_level(source: GeneratedSlide) -> GeneratedSlide:
    """Return a level of the frames of `single_level`, each encoded once more."""
    shape = LevelShape("recoded-level", 0, 310 * 256, 310 * 256, 256, "jpeg")
    pool: dict[bytes, bytes] = {}

    def encode(number: int) -> bytes:
        frame = source.frame(0, number)
        if frame not in pool:
            pool[frame] = jpeg(decode_jpeg(frame, "RGB"), 75)
        return pool[frame]

    return _kept(shape.slide, [(shape, encode)])


def _jpegs(drawn: Callable[[int], NDArray[np.uint8]]) -> Callable[[int], bytes]:
    return lambda number: jpeg(drawn(number), 60)


def _pool(drawn: Callable[[int], NDArray[np.uint8]]) -> Callable[[int], bytes]:
    codestreams: dict[int, bytes] = {}

    def encode(number: int) -> bytes:
        key = number % _POOL
        if key not in codestreams:
            codestreams[key] = jpeg2000(drawn(key), psnr=40)
        return codestreams[key]

    return encode


def _kept(
    name: str, levels: Iterable[tuple[LevelShape, Callable[[int], bytes]]]
) -> GeneratedSlide:
    """Return a slide from the folder, making it where it is not there yet."""
    folder = data_folder() / name
    if not folder.exists():
        _make(folder, levels)
    index = np.load(folder / "index" / "places.npz")
    paths = sorted((folder / "slide").iterdir())
    places = tuple(index[path.stem] for path in paths)
    return GeneratedSlide(folder / "slide", tuple(paths), places)


def data_folder() -> Path:
    """Return where generated slides are kept."""
    named = os.environ.get("COVERSLIP_BENCH_DATA")
    root = Path(named or Path(tempfile.gettempdir()) / "coverslip-benchmarks")
    return root / f"version-{_VERSION}"


def _make(
    folder: Path, levels: Iterable[tuple[LevelShape, Callable[[int], bytes]]]
) -> None:
    """Write into a folder of another name first: half a slide is never used."""
    started = time.perf_counter()
    print(f"making {folder} ...", flush=True)
    making = folder.with_name(f"{folder.name}.{os.getpid()}")
    (making / "slide").mkdir(parents=True)
    (making / "index").mkdir()
    places: dict[str, NDArray[np.int64]] = {}
    try:
        for shape, encode in levels:
            path = making / "slide" / f"level{shape.number}.dcm"
            frames = _encoded(shape.frames, encode)
            places[path.stem] = write_level(path, shape, frames)
        np.savez(making / "index" / "places.npz", **places)  # type: ignore[arg-type]
        making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    print(f"  made in {time.perf_counter() - started:.0f} s", flush=True)


def _encoded(count: int, encode: Callable[[int], bytes]) -> Iterator[bytes]:
    """Encode on two threads, a few frames ahead of the writing and no more."""
    numbers = iter(range(count))
    with ThreadPoolExecutor(2) as pool:
        while some := list(islice(numbers, 256)):
            yield from pool.map(encode, some)
