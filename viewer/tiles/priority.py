"""How much of the processor threads in the background may take."""

import os
import sys
import threading
from contextlib import suppress
from typing import Final

_NICENESS: Final = 10


def give_way() -> None:
    """Let the calling thread come after the GUI thread where both want the processor.

    Decoding on every core would otherwise delay painting by whole time slices. Linux
    alone has a niceness for each thread; elsewhere nothing happens.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):  # refused by a limit: then it stays as it is
            nice = os.getpriority(os.PRIO_PROCESS, thread)
            os.setpriority(os.PRIO_PROCESS, thread, min(nice + _NICENESS, 19))
