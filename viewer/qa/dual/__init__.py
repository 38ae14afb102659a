"""Whether a file is DICOM and TIFF at once, and whether both sides say the same."""

from viewer.qa.dual.clue import State
from viewer.qa.dual.shared_fact import SharedFact
from viewer.qa.dual.shared_facts import shared_facts
from viewer.qa.dual.state import DualState, dual_state

__all__ = ["DualState", "SharedFact", "State", "dual_state", "shared_facts"]
