"""What a slide is known by when it is opened again."""


def identity_of(*facts: str) -> str:
    """Return a hash of facts that a slide keeps wherever it lies, such as UIDs.

    64 hexadecimal digits; empty where all facts are.
    """
    from hashlib import sha256  # late: it brings all of OpenSSL

    if not any(facts):
        return ""
    return sha256("\0".join(facts).encode("utf-8", "replace")).hexdigest()
