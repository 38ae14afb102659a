"""A report comes whatever is missing or broken."""

from importlib.metadata import version

from viewer.codecs.versions import codec_versions, library_version


def test_every_codec_library_names_its_native_code() -> None:
    lines = codec_versions()
    assert [line.partition(" ")[0] for line in lines] == [
        "simplejpeg",
        "imagecodecs",
        "pylibjpeg-openjpeg",
        "pillow",
    ]
    for line in lines:
        name = line.partition(" ")[0]
        assert line.startswith(f"{name} {version(name)}: ")


def test_a_library_that_is_not_there_is_said() -> None:
    assert library_version("no-such-library") == "no-such-library is not installed"


def test_a_library_that_does_not_load_is_said() -> None:
    def broken() -> list[str]:
        raise OSError("libopenjp2.so.7: cannot open shared object file")

    assert library_version("pillow", broken) == (
        f"pillow {version('pillow')}: does not load (OSError)"
    )


def test_a_library_that_tells_nothing_is_named_all_the_same() -> None:
    assert library_version("pillow", list) == f"pillow {version('pillow')}"
