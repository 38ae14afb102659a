"""The files of a seed on the way to becoming a mutant."""

from dataclasses import dataclass, field
from random import Random

from tests.fuzz.anatomy import Anatomy, Span, Zone, anatomy_of


@dataclass
class Subject:
    """The files of a seed, by name, about to be damaged; `chosen` is the one that is.

    `anatomy` is that of the undamaged file. `zones` gathers what the damage touches.
    """

    files: dict[str, bytes]
    random: Random
    chosen: str
    zones: set[Zone] = field(default_factory=set[Zone])

    def __post_init__(self) -> None:
        self.anatomy: Anatomy = anatomy_of(self.data)

    @property
    def tabled(self) -> bool:
        """Whether an offset table says where the items of the chosen file are."""
        return self.anatomy.basic.length > 0 or self.anatomy.extended.length > 0

    @property
    def data(self) -> bytes:
        """The chosen file as it is now."""
        return self.files[self.chosen]

    def overwrite(self, at: int, new: bytes) -> None:
        """Put bytes over others."""
        data = self.data
        self.zones.add(self.anatomy.zone(Span(at, at + len(new))))
        self.files[self.chosen] = data[:at] + new + data[at + len(new) :]

    def replace(self, span: Span, new: bytes) -> None:
        """Put bytes in the place of others; what follows moves."""
        data = self.data
        flows = self.anatomy.flows and span.start >= self.anatomy.header.stop
        self.zones.add("coded" if flows else "elsewhere")
        self.files[self.chosen] = data[: span.start] + new + data[span.stop :]

    def place(self, span: Span) -> int:
        """Choose a byte of a span."""
        return self.random.randrange(span.start, max(span.start + 1, span.stop))

    def octets(self, most: int) -> bytes:
        """Make up one to `most` bytes."""
        count = self.random.randint(1, most)
        fill = self.random.choice([None, b"\0", b"\xff"])
        return self.random.randbytes(count) if fill is None else fill * count
