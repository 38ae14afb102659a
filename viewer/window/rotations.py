"""How label, overview and thumbnail were turned last, one scanner model at a time."""

from viewer.window.settings import Settings


class RememberedRotations:
    """Keeps rotations in the settings, under a hash of the scanner's model.

    A scanner lays all its slides the same way round, so the next slide of it is turned
    as this one was. Nothing of the slide itself is kept.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def rotation(self, scanner: str, role: str) -> int:
        """Return degrees clockwise: 0, 90, 180 or 270."""
        degrees = self._settings.number(_key(scanner, role), 0)
        return degrees % 360 if degrees % 90 == 0 else 0

    def remember(self, scanner: str, role: str, degrees: int) -> None:
        """Keep how the user turned a picture."""
        self._settings.set_number(_key(scanner, role), degrees)


def _key(scanner: str, role: str) -> str:
    from hashlib import sha256  # late: it brings all of OpenSSL

    digest = sha256(scanner.encode("utf-8", "replace")).hexdigest()
    return f"turned/{role}-{digest[:16]}"
