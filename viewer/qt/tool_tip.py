"""Text of tool tips."""


def wrapped(text: str) -> str:
    """Return a text as rich text: Qt never breaks the lines of a plain one."""
    if not text:
        return ""
    from html import escape  # late: its table of entities is not needed to start

    lines = escape(text).replace("\n", "<br>")
    return f"<p>{lines}</p>"
