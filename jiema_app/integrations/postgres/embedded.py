"""The embedded PostgreSQL: a real server, from a wheel, on a Unix socket.

Every function takes the data directory and finds the one server that belongs to it,
so any process may ask. The server is one for all of them; who starts the product
(``make run``) starts and stops it, the others only connect. All state is in the file
system and in the kernel's locks: nothing goes stale when processes are killed.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from jiema_app.integrations.postgres.embedded_files import (
    MAJOR_VERSION,
    EmbeddedFiles,
    EmbeddedPostgresError,
    locate,
    make_open_folder,
)
from jiema_app.integrations.postgres.embedded_process import (
    is_server,
    last_words,
    log_of,
    written_pid,
)
from jiema_app.integrations.postgres.uris import socket_address
from jiema_app.processes.parent_death import die_with_parent

START_TIMEOUT_S: Final = 60
"""Recovery after a crash replays the log before the server answers."""
STOP_TIMEOUT_S: Final = 20
POLL_S: Final = 0.02
ASK_S: Final = 2
"""A server that has not answered by then stands still, or is still starting."""

CONFIGURATION: Final = """\
# Written at every start; change embedded.py instead.
listen_addresses = ''
unix_socket_directories = '{socket_dir}'
max_connections = 200
shared_buffers = 128MB
max_wal_size = 2GB
fsync = on
synchronous_commit = on
# Our queries are short: compiling one costs more than it saves.
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_checkpoints = off
# Nor what a row holds that breaks a rule: texts of messages, phone numbers.
log_error_verbosity = terse
log_parameter_max_length_on_error = 0
"""

_children: dict[Path, subprocess.Popen[bytes]] = {}
"""Servers that this process started as its children, by cluster."""


def start(data_dir: Path, *, die_with_us: bool = False) -> str:
    """Make sure the server runs, creating its cluster at first use.

    Args:
        data_dir: The product's data directory; decides which server.
        die_with_us: Stop the server when this process dies, however it dies (Linux).
            Without it the server stays until ``stop``.

    Returns:
        Its address, as asyncpg and psql take it.

    Raises:
        EmbeddedPostgresError: It did not start; the message holds its last words.
    """
    files = locate(data_dir)
    make_open_folder(files.cluster.parent)
    with _exclusively(files):
        if not files.is_initialised:
            _initialise(files)
        _refuse_other_version(files)
        if not _answers(files):
            _configure(files)
            _launch(files, die_with_us=die_with_us)
    return socket_address(str(files.socket_dir))


def stop(data_dir: Path) -> None:
    """Stop the server, whoever uses it. Does nothing when it does not run."""
    files = locate(data_dir)
    if not files.cluster.parent.exists():
        return
    with _exclusively(files):
        if _is_alive(files) or _answers(files):
            _stop(files)
        child = _children.pop(files.cluster, None)
        if child is not None:
            child.wait()
        if files.socket_dir != files.cluster:
            shutil.rmtree(files.socket_dir, ignore_errors=True)


def is_running(data_dir: Path) -> bool:
    """Whether the server of ``data_dir`` takes connections."""
    return _answers(locate(data_dir))


def is_alive(data_dir: Path) -> bool:
    """Whether the server's process exists, be it that it stands still or is still starting."""
    return _is_alive(locate(data_dir))


def running_address(data_dir: Path) -> str | None:
    """The server's address, or None while it does not run."""
    files = locate(data_dir)
    return socket_address(str(files.socket_dir)) if _answers(files) else None


def restart_immediate(data_dir: Path) -> None:
    """Crash the server and start it again, as a power cut would: for the crash harness."""
    files = locate(data_dir)
    with _exclusively(files):
        _pg_ctl(files, "restart", "-m", "immediate", "-l", str(log_of(files)))


def program(data_dir: Path, name: str) -> Path:
    """Path of a program that came with the server: psql, pgbench, pg_dump …"""
    return locate(data_dir).programs / name


def cluster_directory(data_dir: Path) -> Path:
    """Where the database lives; not under ``data_dir`` when root keeps that closed."""
    return locate(data_dir).cluster


@contextmanager
def _exclusively(files: EmbeddedFiles) -> Iterator[None]:
    """One starter or stopper at a time. The kernel frees the lock of a killed process."""
    with files.lock.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _answers(files: EmbeddedFiles) -> bool:
    """Whether a server listens. It is the right one: the socket lies in its own folder."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(ASK_S)
        try:
            client.connect(str(files.socket))
        except OSError:
            return False
    return _is_ready(files)


def _is_ready(files: EmbeddedFiles) -> bool:
    command = [
        str(files.programs / "pg_isready"),
        "-q",
        "-t",
        str(ASK_S),
        "-h",
        str(files.socket_dir),
    ]
    return subprocess.run(command, check=False).returncode == 0


def _run(files: EmbeddedFiles, *command: str) -> None:
    """Run a server program as the server's user.

    Raises:
        EmbeddedPostgresError: It failed; the message is what it printed.
    """
    finished = subprocess.run(
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # The server keeps no folder of the caller busy, nor needs to reach it.
        cwd="/",
        user=files.user.uid if files.user else None,
        group=files.user.gid if files.user else None,
        extra_groups=[] if files.user else None,
        # Or it would go on filling a folder that the next one clears.
        preexec_fn=die_with_parent(signal.SIGKILL),
    )
    if finished.returncode != 0:
        words = f"{finished.stdout}\n{last_words(files)}".strip()
        raise EmbeddedPostgresError(f"{Path(command[0]).name} failed:\n{words}")


def _pg_ctl(files: EmbeddedFiles, action: str, *options: str) -> None:
    # pg_ctl hands its standard output to the server it starts, so a pipe would stay
    # open for ever: it may talk to the server's log alone.
    with _log_file(files) as log:
        finished = subprocess.run(
            [str(files.programs / "pg_ctl"), action, "-w", "-D", str(files.cluster), *options],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            user=files.user.uid if files.user else None,
            group=files.user.gid if files.user else None,
            extra_groups=[] if files.user else None,
        )
    if finished.returncode != 0:
        raise EmbeddedPostgresError(f"pg_ctl {action} failed:\n{last_words(files)}")


def _initialise(files: EmbeddedFiles) -> None:
    """Create the cluster beside its place and move it there whole.

    A half-made cluster has the look of a finished one, so it must never stand there.
    """
    fresh = files.cluster.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    _give_to_server(files, fresh)
    _run(
        files,
        str(files.programs / "initdb"),
        f"--pgdata={fresh}",
        "--username=postgres",
        # Only this user and root can enter the folder of the socket.
        "--auth=trust",
        "--encoding=UTF8",
        # The same order of words on every machine, whatever its own language.
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
    )
    with (fresh / "postgresql.conf").open("a") as configuration:
        configuration.write("include = 'jiema.conf'\n")
    if files.cluster.exists():
        files.cluster.rmdir()
    fresh.rename(files.cluster)


def _give_to_server(files: EmbeddedFiles, path: Path) -> None:
    if files.user is not None:
        os.chown(path, files.user.uid, files.user.gid)


def _configure(files: EmbeddedFiles) -> None:
    if files.socket_dir != files.cluster:
        files.socket_dir.mkdir(mode=0o700, exist_ok=True)
        _refuse_foreign_folder(files)
        _give_to_server(files, files.socket_dir)
    path = files.cluster / "jiema.conf"
    path.write_text(CONFIGURATION.format(socket_dir=str(files.socket_dir).replace("'", "''")))
    _give_to_server(files, path)


def _refuse_foreign_folder(files: EmbeddedFiles) -> None:
    """The short path is guessable and its parent is everybody's: it must be ours."""
    ours = {os.geteuid()} | ({files.user.uid} if files.user else set())
    if files.socket_dir.lstat().st_uid not in ours or files.socket_dir.is_symlink():
        raise EmbeddedPostgresError(f"{files.socket_dir} belongs to somebody else: remove it.")


def _refuse_other_version(files: EmbeddedFiles) -> None:
    version = (files.cluster / "PG_VERSION").read_text().strip()
    if version != MAJOR_VERSION:
        raise EmbeddedPostgresError(
            f"{files.cluster} was made by PostgreSQL {version}, this is {MAJOR_VERSION}: "
            "move it away, or upgrade it with pg_upgrade."
        )


def _forget_stale_pid(files: EmbeddedFiles) -> None:
    """Remove ``postmaster.pid`` when its process is dead or is another program.

    PostgreSQL itself only sees that the number is in use, and would refuse to start:
    usual after a container restarts, where numbers begin anew, and for a killed server
    that its parent has not noticed yet.
    """
    child = _children.get(files.cluster)
    if child is not None and child.poll() is not None:
        del _children[files.cluster]
    pid = written_pid(files)
    if pid is not None and Path("/proc/self").exists() and not is_server(files, pid):
        with suppress(OSError):
            (files.cluster / "postmaster.pid").unlink()
            files.socket.with_name(f"{files.socket.name}.lock").unlink(missing_ok=True)


def _is_alive(files: EmbeddedFiles) -> bool:
    child = _children.get(files.cluster)
    if child is not None and child.poll() is None:
        return True
    pid = written_pid(files)
    return pid is not None and is_server(files, pid)


def _launch(files: EmbeddedFiles, *, die_with_us: bool) -> None:
    """Start the server and wait until it answers.

    A killed server takes a moment to vanish, and may leave processes that hold its
    memory for another; a new one refuses to start beside them. Hence further tries.
    """
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        _forget_stale_pid(files)
        try:
            if die_with_us and sys.platform == "linux":
                _launch_child(files)
            else:
                _pg_ctl(files, "start", "-t", str(START_TIMEOUT_S), "-l", str(log_of(files)))
        except EmbeddedPostgresError as error:
            still_leaving = ("shared memory block", '"postmaster.pid" already exists')
            if time.monotonic() > deadline or not any(w in str(error) for w in still_leaving):
                raise
            time.sleep(0.5)
        else:
            return


def _launch_child(files: EmbeddedFiles) -> None:
    """Start the server as our child, and wait until it answers, for as long as it lives.

    Replaying a long log takes its time, and so does a machine that stands still: killing a
    server that starts would only have the next one begin anew.
    """
    before = _children.pop(files.cluster, None)
    if before is not None:
        # It was killed a moment ago, and its end has not been noticed yet.
        with suppress(subprocess.TimeoutExpired):
            before.wait(STOP_TIMEOUT_S)
    with _log_file(files) as log:
        child = subprocess.Popen(
            [str(files.programs / "postgres"), "-D", str(files.cluster)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            user=files.user.uid if files.user else None,
            group=files.user.gid if files.user else None,
            extra_groups=[] if files.user else None,
            # SIGINT is PostgreSQL's fast shutdown. Asked for after the change of user,
            # which would clear the request.
            preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - one call into libc
        )
    _children[files.cluster] = child
    while not _answers(files):
        if child.poll() is not None:
            del _children[files.cluster]
            raise EmbeddedPostgresError(f"PostgreSQL did not start:\n{last_words(files)}")
        time.sleep(POLL_S)


def _stop(files: EmbeddedFiles) -> None:
    _let_go_on(files)
    try:
        _pg_ctl(files, "stop", "-m", "fast", "-t", str(STOP_TIMEOUT_S))
    except EmbeddedPostgresError:
        # Nothing is lost: the next start replays the log.
        try:
            _pg_ctl(files, "stop", "-m", "immediate", "-t", str(STOP_TIMEOUT_S))
        except EmbeddedPostgresError:
            pid = written_pid(files)
            if pid is None or not is_server(files, pid):
                raise
            os.kill(pid, signal.SIGKILL)


def _let_go_on(files: EmbeddedFiles) -> None:
    """Wake a server that was stopped by a signal: until then it hears nothing of ours."""
    pid = written_pid(files)
    if pid is None or not is_server(files, pid):
        return
    children = Path(f"/proc/{pid}/task/{pid}/children")
    numbers = [pid]
    with suppress(OSError, ValueError):
        numbers += map(int, children.read_text().split())
    for number in numbers:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(number, signal.SIGCONT)


@contextmanager
def _log_file(files: EmbeddedFiles) -> Iterator[int]:
    descriptor = os.open(log_of(files), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        _give_to_server(files, log_of(files))
        yield descriptor
    finally:
        os.close(descriptor)
