"""A slide with the levels that its files hold and no others, numbered as users do."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, cast

from viewer.slide.model import Level, Slide, TileKey, stored_levels


def with_stored_levels(slide: Slide) -> Slide:
    """Return a slide without the computed levels between its stored ones.

    What is said of level 1 is then of the second that files hold, as in `coverslip
    info`. It shares everything with `slide`, which is still to be closed.
    """
    numbers = stored_levels(slide)
    if numbers == [*range(len(numbers))]:  # computed ones come behind, if any
        return slide
    return cast("Slide", _StoredLevels(slide, numbers))


class _StoredLevels:
    """Passes everything on to a slide, under the numbers that the slide has."""

    def __init__(self, slide: Slide, numbers: Sequence[int]) -> None:
        self._slide: Final = slide
        self._numbers: Final = tuple(numbers)

    def __getattr__(self, name: str) -> Any:
        """Return what has nothing to do with levels."""
        return getattr(self._slide, name)

    @cached_property
    def levels(self) -> Sequence[Level]:
        return tuple(self._slide.levels[number] for number in self._numbers)

    @property
    def damaged(self) -> Mapping[TileKey, str]:
        return _ByOwnNumbers(self._slide.damaged, self._numbers)

    @property
    def failed(self) -> Mapping[TileKey, str]:
        return _ByOwnNumbers(self._slide.failed, self._numbers)

    def icc_profile(self, level: int, optical_path: int) -> bytes | None:
        return self._slide.icc_profile(self._numbers[level], optical_path)

    def frame_at(self, key: TileKey) -> Any:
        return self._renamed(self._slide.frame_at, key)

    def read_samples(self, key: TileKey, *more: Any, **named: Any) -> Any:
        return self._renamed(self._slide.read_samples, key, *more, **named)

    def read_progress(self, key: TileKey, *more: Any, **named: Any) -> Any:
        return self._renamed(self._slide.read_progress, key, *more, **named)

    def read_frame(self, key: TileKey) -> Any:
        return self._renamed(self._slide.read_frame, key)

    def read_run(self, key: TileKey, count: int) -> Any:
        return self._renamed(self._slide.read_run, key, count)

    def _renamed(
        self, read: Callable[..., Any], key: TileKey, *more: Any, **named: Any
    ) -> Any:
        """Call with the slide's own number; it refuses one that it does not have."""
        known = 0 <= key.level < len(self._numbers)
        level = self._numbers[key.level] if known else -1
        return read(key._replace(level=level), *more, **named)


class _ByOwnNumbers(Mapping[TileKey, str]):
    """Sentences about tiles of stored levels; a live view."""

    def __init__(self, said: Mapping[TileKey, str], numbers: Sequence[int]) -> None:
        self._said = said
        self._numbers = numbers

    def __getitem__(self, key: TileKey) -> str:
        if not 0 <= key.level < len(self._numbers):
            raise KeyError(key)
        return self._said[key._replace(level=self._numbers[key.level])]

    def __iter__(self) -> Iterator[TileKey]:
        for key in self._said:
            if key.level in self._numbers:
                yield key._replace(level=self._numbers.index(key.level))

    def __len__(self) -> int:
        return sum(1 for _ in self)
