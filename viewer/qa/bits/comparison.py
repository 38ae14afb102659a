"""Whether frames of the result are the bits of the source; nothing is decoded.

What "the same bits" means is told in viewer.qa.bits.codestream_form.
"""

from dataclasses import dataclass

from viewer.qa.bits.associated import AssociatedBits, compare_associated
from viewer.qa.bits.findings import bit_findings
from viewer.qa.bits.levels import LevelBits, compare_levels
from viewer.qa.bits.words import bit_facts, bit_lines, bit_tables
from viewer.qa.comparing import Comparing, Sameness
from viewer.qa.report.section import Section


@dataclass(frozen=True, slots=True)
class BitsResult:
    """What comparing bits came to, in the order of the pairing.

    `section` is what a report shows of it.
    """

    levels: tuple[LevelBits, ...]
    associated: tuple[AssociatedBits, ...]
    section: Section

    @property
    def places(self) -> int:
        """How many tiles of paired levels either slide stores; 0 where incomparable."""
        return sum(each.places for each in self.levels)

    @property
    def frames(self) -> int:
        """Of how many of them both slides have a frame that can be read."""
        return sum(each.frames for each in self.levels)

    @property
    def same(self) -> int:
        """Of how many of them the frames are the same bits."""
        return sum(each.same for each in self.levels)

    @property
    def sameness(self) -> Sameness | None:
        """What the levels are; None where frames of any cannot be compared."""
        found = {each.sameness for each in self.levels}
        if Sameness.DIFFERENT in found:
            return Sameness.DIFFERENT
        return Sameness.BITS if found == {Sameness.BITS} else None


def compare_bits(comparing: Comparing) -> BitsResult:
    """Compare every frame; blocks. Raises SlideError, Cancelled.

    Memory: a byte a tile, and 24 bytes for each frame that is not the same bits.
    """
    levels = compare_levels(comparing)
    associated = compare_associated(comparing)
    section = Section(
        name="bits",
        title="Frames",
        findings=bit_findings(comparing, levels, associated),
        lines=bit_lines(levels, associated),
        facts=bit_facts(levels, associated),
        tables=bit_tables(comparing, levels, associated),
    )
    return BitsResult(levels, associated, section)
