"""Everything a user may meet as an error; str() is a sentence fit for the screen.

    SlideError
      UnsupportedFile      not a slide, or a kind that is not read
      BrokenFile           the file contradicts itself or cannot be read
      UnsupportedCodec     a transfer syntax or photometric interpretation not decoded
      BrokenFrame          one frame cannot be shown; the others can
      BrokenProfile        an ICC profile cannot be used
      Cancelled            the user (or a newer wish) stopped the work

Sentences name, in this order: the file, the thing, what was found, what was expected.
A programming error is never a SlideError.
"""


class SlideError(Exception):
    """Base of all errors that are the input's, not the program's."""


class UnsupportedFile(SlideError):
    """The file is no slide, or of a kind that is not read."""


class BrokenFile(SlideError):
    """The file cannot be read or contradicts itself."""


class UnsupportedCodec(SlideError):
    """No decoder for this transfer syntax and photometric interpretation."""


class BrokenFrame(SlideError):
    """One frame cannot be read or decoded.

    `frame` counts from 1, as DICOM does; 0 where the frame is not known.
    """

    def __init__(self, message: str, frame: int = 0) -> None:
        """Keep the sentence and the frame it is about."""
        super().__init__(message)
        self.frame = frame


class BrokenProfile(SlideError):
    """An ICC profile that cannot be used; colors stay as they are."""


class Cancelled(SlideError):
    """The work was stopped because nobody waits for it any more."""
