"""Wishes: what each owner wants, the most urgent first."""

from collections.abc import Hashable, Iterable, Sequence
from itertools import chain, zip_longest
from typing import Generic, TypeVar

from viewer.tiles.cache import SlideKey

K = TypeVar("K", bound=SlideKey)


class Wishes(Generic[K]):
    """One list an owner, replaced as a whole.

    Invariant: no list is empty, and none has a key of a slide that was dropped. No lock
    of its own.
    """

    def __init__(self) -> None:
        self._lists: dict[Hashable, list[K]] = {}  # the latest last
        self._dropped: set[int] = set()

    def replace(self, owner: Hashable, keys: Iterable[K]) -> None:
        """Take an owner's newer list."""
        self._lists.pop(owner, None)
        listed = list(keys)
        if self._dropped:
            listed = [key for key in listed if key.slide not in self._dropped]
        if listed:
            self._lists[owner] = listed

    def of(self, owner: Hashable) -> Sequence[K]:
        """Return an owner's list."""
        return self._lists.get(owner, ())

    def in_turn(self) -> Sequence[K]:
        """Return all lists as one: the first of each, the second; the latest leads."""
        lists = list(reversed(self._lists.values()))
        if len(lists) == 1:
            return lists[0]
        turns = chain.from_iterable(zip_longest(*lists))
        return [key for key in turns if key is not None]

    def drop(self, slide: int) -> bool:
        """Take back what concerns a slide, now and later; False if that was done."""
        if slide in self._dropped:
            return False
        self._dropped.add(slide)
        for owner, keys in list(self._lists.items()):
            self.replace(owner, keys)
        return True

    def clear(self) -> None:
        """Take everything back."""
        self._lists.clear()
