"""The program as its users run it."""

import subprocess
import sys


def coverslip(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run it to its end, whatever that is."""
    return subprocess.run(
        [sys.executable, "-m", "viewer", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
