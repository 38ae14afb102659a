"""What foreign decoders say, before it is shown."""

import pytest

from viewer.codecs.complaint import with_complaint


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Corrupt JPEG data", "it failed: Corrupt JPEG data"),
        ("tjDecompressHeader3(): No such image.", "it failed: No such image"),
        ("charls_decode returned Invalid stream", "it failed: Invalid stream"),
        ("opj_decode or opj_end_decompress failed", "it failed"),
        ("decode() takes no keyword arguments", "it failed"),
        ("", "it failed"),
    ],
)
def test_names_of_functions_are_left_out(said: str, shown: str) -> None:
    assert with_complaint("it failed", ValueError(said)) == shown
