"""A strict LTI 1.3 platform for tests, over real HTTP on loopback.

It does what the standard says and refuses what the standard forbids. What real platforms do
otherwise stands in quirks.json, one row each; a personality is the rows that name it.
"""

from tests.lms.lti.platform.emulator import Emulator
from tests.lms.lti.platform.quirks import PERSONALITIES, ROWS, Quirk

__all__ = ["PERSONALITIES", "ROWS", "Emulator", "Quirk"]
