"""Installing, in a checkout of its own and from a folder of wheels: no registry is asked."""

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from jiema_app.processes.installers import UV
from jiema_app.processes.paths import PROGRAMS, ROOT

VERSION = UV.partition("==")[2]


@dataclass
class Checkout:
    """A small product: two requirements, and what installs them."""

    folder: Path
    wheels: Path

    def install(self, *options: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        return subprocess.run(
            [sys.executable, "-m", "jiema_app.processes.install", *options],
            cwd=self.folder,
            env=kept | {
                "PIP_CONFIG_FILE": os.devnull,
                "PIP_NO_INDEX": "1",
                "PIP_FIND_LINKS": str(self.wheels),
                "UV_CACHE_DIR": str(self.folder / "uv-cache"),
            },
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def says(self, module: str) -> str:
        """What a package says of itself in the environment that was made."""
        command = [
            str(self.folder / ".venv/bin/python"),
            "-c",
            f"import {module} as m; print(m.SAYS)",
        ]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    @property
    def packages(self) -> Path:
        (found,) = (self.folder / ".venv").glob("lib/python*/site-packages")
        return found


def make_wheel(folder: Path, name: str, version: str, files: dict[str, bytes]) -> None:
    """The least that pip and uv take for a package."""
    described = f"{name}-{version}.dist-info"
    whole = {
        **files,
        f"{described}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{described}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},,\n" for file in [*whole, f"{described}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for file, content in (whole | {f"{described}/RECORD": record.encode()}).items():
            entry = zipfile.ZipInfo(file)
            entry.external_attr = 0o100755 << 16  # a program keeps being one
            wheel.writestr(entry, content)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    folder = tmp_path / "shop"
    (folder / "jiema_app/processes").mkdir(parents=True)
    for file in (ROOT / "jiema_app/processes").glob("*.py"):
        shutil.copy(file, folder / "jiema_app/processes")
    shutil.copy(ROOT / "jiema_app/__init__.py", folder / "jiema_app")
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    make_wheel(wheels, "parcel", "1.0", {"parcel/__init__.py": b"SAYS = 'one'\n"})
    make_wheel(wheels, "crate", "2.0", {"crate/__init__.py": b"SAYS = 'two'\n"})
    (folder / "requirements.txt").write_text("parcel==1.0\n")
    (folder / "requirements-dev.txt").write_text("crate==2.0\n")
    return Checkout(folder, wheels)


@pytest.fixture(scope="session")
def uv_wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with uv: the one that installed us, or the registry's where pip did."""
    folder = tmp_path_factory.mktemp("uv")
    if (PROGRAMS / "uv").exists():
        content = (PROGRAMS / "uv").read_bytes()
        make_wheel(folder, "uv", VERSION, {f"uv-{VERSION}.data/scripts/uv": content})
    else:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", f"-d{folder}", UV]
        subprocess.run(command, check=True)
    return folder


@pytest.fixture
def with_uv(checkout: Checkout, uv_wheels: Path) -> Checkout:
    for wheel in uv_wheels.iterdir():
        shutil.copy(wheel, checkout.wheels)
    return checkout


def test_uv_installs_from_where_pip_is_told_to(with_uv: Checkout) -> None:
    done = with_uv.install("--dev")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "installing requirements.txt and requirements-dev.txt: done in" in done.stdout
    assert "pip" not in done.stdout
    assert (with_uv.says("parcel"), with_uv.says("crate")) == ("one", "two")
    # The second time there is nothing to do and nothing to say.
    again = with_uv.install("--dev")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_without_uv_pip_does_the_work_and_it_is_said(checkout: Checkout) -> None:
    done = checkout.install()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "uv cannot be had: using pip" in done.stdout
    assert checkout.says("parcel") == "one"
    # No tools of ours where none were asked for.
    assert not (checkout.packages / "crate").exists()
    assert checkout.install().stdout == ""


def test_where_uv_fails_pip_is_asked_before_giving_up(with_uv: Checkout) -> None:
    (with_uv.folder / "requirements.txt").write_text("nowhere==1.0\n")
    done = with_uv.install()
    assert done.returncode == 1
    assert "uv failed: using pip" in done.stdout
    assert "No matching distribution found for nowhere==1.0" in done.stdout
    assert done.stdout.rstrip().endswith("could not be installed, see above")


def test_a_changed_pin_is_installed(with_uv: Checkout) -> None:
    with_uv.install()
    make_wheel(with_uv.wheels, "parcel", "1.1", {"parcel/__init__.py": b"SAYS = 'newer'\n"})
    (with_uv.folder / "requirements.txt").write_text("parcel==1.1\n")
    assert with_uv.install().returncode == 0
    assert with_uv.says("parcel") == "newer"


def test_who_was_killed_half_way_finds_everything_whole_afterwards(with_uv: Checkout) -> None:
    """A package that is half written looks installed, and so does an environment without pip."""
    with_uv.install()
    (with_uv.folder / ".venv/.installed-requirements.txt").unlink()
    (with_uv.folder / ".venv/.installing").touch()
    (with_uv.packages / "parcel/__init__.py").unlink()
    (with_uv.folder / ".venv/bin/uv").write_bytes(b"half")
    done = with_uv.install()
    assert done.returncode == 0, done.stdout
    assert with_uv.says("parcel") == "one"
    assert not (with_uv.folder / ".venv/.installing").exists()

    (with_uv.folder / ".venv/.installed-requirements.txt").unlink()
    (record,) = with_uv.packages.glob("pip-*.dist-info/RECORD")
    record.unlink()
    shutil.rmtree(with_uv.packages / "pip/_vendor")
    done = with_uv.install()
    assert done.returncode == 0, done.stdout
    assert "creating .venv: done" in done.stdout
    assert with_uv.says("parcel") == "one"
