"""The one table of the rules that a slide is checked by."""

from typing import Final

from viewer.qa.checkup.attributes import ATTRIBUTE_CHECKS
from viewer.qa.checkup.color import COLOR_CHECKS
from viewer.qa.checkup.content import CONTENT_CHECKS
from viewer.qa.checkup.dual import DUAL_CHECKS
from viewer.qa.checkup.frames import FRAME_CHECKS
from viewer.qa.checkup.identity import IDENTITY_CHECKS
from viewer.qa.checkup.image_type import IMAGE_TYPE_CHECKS
from viewer.qa.checkup.lossy import LOSSY_CHECKS
from viewer.qa.checkup.optical import OPTICAL_CHECKS
from viewer.qa.checkup.place import PLACE_CHECKS
from viewer.qa.checkup.privacy import PRIVACY_CHECKS
from viewer.qa.checkup.pyramid import PYRAMID_CHECKS
from viewer.qa.checkup.scale import SCALE_CHECKS
from viewer.qa.checkup.subject import Check
from viewer.qa.checkup.told import TOLD_CHECKS

CHECKS: Final[tuple[Check, ...]] = (
    *TOLD_CHECKS,
    *IMAGE_TYPE_CHECKS,
    *IDENTITY_CHECKS,
    *OPTICAL_CHECKS,
    *ATTRIBUTE_CHECKS,
    *SCALE_CHECKS,
    *PYRAMID_CHECKS,
    *PLACE_CHECKS,
    *COLOR_CHECKS,
    *LOSSY_CHECKS,
    *PRIVACY_CHECKS,
    *CONTENT_CHECKS,
    *DUAL_CHECKS,
    *FRAME_CHECKS,
)
"""In the order in which they are applied, those that read frames last."""
