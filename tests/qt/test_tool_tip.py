from PySide6.QtGui import QTextDocument

from viewer.qt.tool_tip import wrapped


def test_a_tip_says_the_text_as_it_is_and_keeps_its_lines() -> None:
    text = 'a <b>file</b> & "its" name\nand why'
    shown = QTextDocument()
    shown.setHtml(wrapped(text))
    assert shown.toPlainText().replace("\N{LINE SEPARATOR}", "\n") == text


def test_a_tip_without_text_is_none() -> None:
    assert wrapped("") == ""
