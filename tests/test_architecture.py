"""What must stay true of the project as a whole."""

import ast
import configparser
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
MODULES = sorted((CHECKOUT / "viewer").rglob("*.py"))
LONGEST_MODULE = 400
SLOW_LIBRARIES = (
    "numpy",
    "pydicom",
    "PIL",
    "imagecodecs",
    "tifffile",
    "highdicom",
    "wsidicom",
)


def module_name(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


def run(*command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=CHECKOUT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def imported_by(statement: str) -> set[str]:
    """Return the top-level packages that a new interpreter has after a statement."""
    show = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = run(sys.executable, "-c", f"{statement}\n{show}")
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_import_contracts_hold() -> None:
    lint_imports = shutil.which("lint-imports", path=Path(sys.executable).parent)
    assert lint_imports is not None, "lint-imports is not installed beside python"
    done = run(lint_imports, "--no-cache")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_a_module_has_a_docstring_and_fits_in_one_head(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert len(text.splitlines()) <= LONGEST_MODULE


def test_packaging_does_not_hide_the_library_of_its_name() -> None:
    assert not (CHECKOUT / "packaging" / "__init__.py").exists()


def test_importing_viewer_brings_neither_numpy_nor_qt() -> None:
    assert not imported_by("import viewer") & {"numpy", "PySide6", *SLOW_LIBRARIES}


def test_asking_for_the_version_brings_neither_numpy_nor_qt() -> None:
    done = run(sys.executable, "-X", "importtime", "-m", "viewer", "--version")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("coverslip ")
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    packages = {name.partition(".")[0] for name in imported}
    assert "viewer" in packages
    assert not packages & {"numpy", "PySide6", *SLOW_LIBRARIES}


def test_the_window_starts_without_the_slow_libraries() -> None:
    module = CHECKOUT / "viewer" / "window" / "main_window.py"
    assert module.exists(), "viewer/window/main_window.py is missing"
    imported = imported_by("import viewer.window.main_window")
    assert "PySide6" in imported
    assert not imported & set(SLOW_LIBRARIES)
    # Some milliseconds each, for what only an open slide or a fault needs.
    assert not imported & {"hashlib", "html", "platform"}


def test_emitting_a_signal_keeps_the_references_of_true() -> None:
    """PySide6 6.12.0 on Python 3.11 drops one an emit, and aborts at the last."""
    from PySide6.QtCore import QObject, Signal

    class Sender(QObject):
        sent = Signal(bool)

    sender = Sender()
    before = sys.getrefcount(True)  # noqa: FBT003
    for _ in range(1000):
        sender.sent.emit(True)  # noqa: FBT003
    assert abs(sys.getrefcount(True) - before) < 100  # noqa: FBT003


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as `pip install .` would make it."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps")
    done = run(*pip, "--no-build-isolation", "--wheel-dir", folder, CHECKOUT)
    assert done.returncode == 0, done.stderr
    (made,) = folder.glob("coverslip-*.whl")
    return made


def test_the_wheel_holds_package_and_resources_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    resources = CHECKOUT / "resources"
    expected = {
        f"viewer/resources/{file.relative_to(resources).as_posix()}"
        for file in resources.rglob("*")
        if file.is_file()
    }
    assert expected
    assert expected <= names
    assert {module.relative_to(CHECKOUT).as_posix() for module in MODULES} <= names
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"viewer"}
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_wheel_brings_the_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("/entry_points.txt"))
        text = archive.read(name).decode()
    entries = configparser.ConfigParser()
    entries.read_string(text)
    assert dict(entries["console_scripts"]) == {"coverslip": "viewer.app:main"}


def test_the_installed_wheel_starts(wheel: Path, tmp_path: Path) -> None:
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps")
    done = run(*pip, "--target", tmp_path, wheel)
    assert done.returncode == 0, done.stderr
    where = "import viewer; print(viewer.__file__)"
    for command in (["-c", where], ["-m", "viewer", "--version"]):
        done = run(sys.executable, "-P", *command, PYTHONPATH=str(tmp_path))
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith((str(tmp_path), "coverslip "))
