"""Recent: a few results of work, kept as long as they fit in a number of bytes."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Recent(Generic[K, T]):
    """Values by key; the least recently used go when `budget` bytes are exceeded.

    Invariant: `used` is the sum of the sizes held, and at most `budget`: what alone is
    larger is not kept. No lock of its own.
    """

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.used = 0
        self._values: OrderedDict[K, tuple[T, int]] = OrderedDict()

    def get(self, key: K) -> T | None:
        """Return a value and mark it used; None where it is not held."""
        entry = self._values.get(key)
        if entry is None:
            return None
        self._values.move_to_end(key)
        return entry[0]

    def put(self, key: K, value: T, size: int) -> None:
        """Hold a value that takes `size` bytes, in the place of an older one."""
        self.discard(key)
        if size > self.budget:
            return
        self._values[key] = (value, size)
        self.used += size
        while self.used > self.budget:
            _, (_, size) = self._values.popitem(last=False)
            self.used -= size

    def discard(self, key: K) -> None:
        """Let a value go, if it is held."""
        entry = self._values.pop(key, None)
        if entry is not None:
            self.used -= entry[1]

    def clear(self) -> None:
        """Let everything go."""
        self._values.clear()
        self.used = 0
