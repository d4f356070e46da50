"""``make run``: build, database, migrations, then every process until told to stop."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

from jiema_app.integrations.postgres import embedded
from jiema_app.integrations.postgres.embedded_files import EmbeddedPostgresError
from jiema_app.processes.build import BuildFailed, ensure_built
from jiema_app.processes.children import (
    STOP_TIMEOUT_S,
    Child,
    Output,
    read_procfile,
    stop_all,
)
from jiema_app.processes.database_keeper import DatabaseKeeper
from jiema_app.processes.fingerprints import current_build
from jiema_app.processes.parent_death import ParentMake, die_with_parent
from jiema_app.processes.paths import ROOT
from jiema_app.processes.ports import complaint
from jiema_app.processes.readiness import ReadinessWatch
from jiema_app.processes.reflex_environment import child_environment
from jiema_app.processes.start_gate import preparing
from jiema_app.settings import Settings

STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
SANDBOX_TIMEOUT_S: Final = 30
STARTING_STOP_TIMEOUT_S: Final = 2
TICK_S: Final = 0.1

SIGNER: Final = "signer"
SIGNER_PREFIX: Final = "SIGNER_"
"""Of the variables that only the signer may see."""


class Stop(BaseException):
    """Somebody asked us to stop. No Exception: no handler on the way may keep it."""


class StartFailed(RuntimeError):
    """The product could not be started; the message says why."""


def run(settings: Settings) -> int:
    """Run the product in the foreground.

    Returns:
        The exit code: 0 after being told to stop, 1 when something failed.
    """
    ports = {"PORT": settings.port}
    if settings.env == "sandbox":
        ports["SANDBOX_PORT"] = settings.sandbox_port
    words = complaint(ports)
    if words is not None:
        print(words, file=sys.stderr)
        return 1
    parent = ParentMake()
    for number in STOP_SIGNALS:
        # Under nohup a hang-up is ignored, and stays so.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _raise_stop)
    children: list[Child] = []
    ready = threading.Event()
    try:
        return _run(settings, parent, children, ready)
    except (BuildFailed, EmbeddedPostgresError, StartFailed) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except Stop:
        return 0
    finally:
        _ignore_signals()
        # Who never served anything has nothing to finish, and may not listen yet.
        stop_all(children, STOP_TIMEOUT_S if ready.is_set() else STARTING_STOP_TIMEOUT_S)
        if settings.database.url is None:
            with suppress(EmbeddedPostgresError):
                embedded.stop(settings.data_dir)


def _raise_stop(_number: int, _frame: FrameType | None) -> None:
    # Once: an impatient second Ctrl-C must not interrupt the stopping.
    _ignore_signals()
    raise Stop


def _ignore_signals() -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _run(
    settings: Settings, parent: ParentMake, children: list[Child], ready: threading.Event
) -> int:
    procfile = read_procfile(ROOT / "Procfile")
    if settings.env == "production":
        # It plays the outside world, which production has.
        procfile.pop("sandbox", None)
    if settings.hot_address is None:
        # Nothing is paid out here, and whoever signs has no key.
        procfile.pop("signer", None)
    output = Output(sys.stdout, list(procfile))
    environment = child_environment() | _sandbox_environment(settings)
    for name, command in procfile.items():
        children.append(Child(name, command, output))
    _prepare(settings, children, environment)
    home = "/en" if "en" in settings.locales else f"/{settings.locales[0]}"

    def on_ready() -> None:
        ready.set()
        output.announce(f"ready http://localhost:{settings.port}{home}")

    readiness = ReadinessWatch(
        settings.port,
        home,
        on_ready=on_ready,
        on_delay=lambda trouble: output.write("system", f"still waiting: {trouble}"),
    )
    readiness.start()
    try:
        return _watch(settings, parent, children, output, readiness)
    finally:
        readiness.cancel()


def _prepare(settings: Settings, children: list[Child], environment: dict[str, str]) -> None:
    """Have pages and a database, and start each child as soon as what it needs is there."""
    by_name = {child.name: child for child in children}

    def start(name: str) -> None:
        if name in by_name:
            by_name[name].start(environment_of(name, environment), ROOT)

    start("sandbox")  # needs neither
    with preparing(settings.data_dir):
        is_built = current_build(settings.locales).exists()
        if is_built:
            start("web")  # loads its pages, and waits at the gate for the database
        _start_database(settings)
        with _preparation() as prepared:
            if not is_built:
                ensure_built(settings.locales)
                start("web")
            prepared()
    if "sandbox" in by_name:
        _await_sandbox(by_name["sandbox"], settings.sandbox_port)
    for name in by_name.keys() - {"sandbox", "web"}:
        start(name)


def environment_of(name: str, environment: dict[str, str]) -> dict[str, str]:
    """What a child is told of an environment: what opens the signer's keys, the signer alone."""
    if name == SIGNER:
        return environment
    return {key: value for key, value in environment.items() if not key.startswith(SIGNER_PREFIX)}


def _await_sandbox(sandbox: Child, port: int) -> None:
    """Wait until it listens: the worker's first questions would find nobody, and come again late."""
    deadline = time.monotonic() + SANDBOX_TIMEOUT_S
    while sandbox.exit_code is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)


def _sandbox_environment(settings: Settings) -> dict[str, str]:
    """Have the sandbox call our webhook, as a supplier does when its owner set the address.

    It plays the first one: further ones of a sandbox's are other sandboxes.
    """
    if settings.env != "sandbox" or "SANDBOX_WEBHOOK_URL" in os.environ:
        return {}
    path = settings.supplier.webhook_path.get_secret_value()
    return {"SANDBOX_WEBHOOK_URL": f"http://127.0.0.1:{settings.port}/webhooks/supplier/{path}"}


def _start_database(settings: Settings) -> None:
    if settings.database.url is not None:
        return
    embedded.start(settings.data_dir, die_with_us=True)
    cluster = embedded.cluster_directory(settings.data_dir)
    if not cluster.is_relative_to(settings.data_dir.resolve()):
        print(
            f"the database is in {cluster}: its server does not run as root, and a folder above "
            f"{settings.data_dir} is closed to other users",
            flush=True,
        )


@contextmanager
def _preparation() -> Iterator[Callable[[], None]]:
    """Bring the database to the newest revision and load the catalogue, beside the block.

    Gives a function that waits until it is done, and raises StartFailed when it cannot be.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "jiema_app.processes", "prepare"],
        cwd=ROOT,
        env=child_environment(),
        stdin=subprocess.DEVNULL,
        # Said when it is done: meanwhile somebody else has the line.
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=die_with_parent(),  # noqa: PLW1509 - one call into libc, prepared before
    )

    def wait() -> None:
        words, _ = process.communicate()
        print(words, end="", flush=True)
        if process.returncode != 0:
            raise StartFailed("the database could not be prepared, see above")

    try:
        yield wait
    finally:
        process.kill()
        process.wait()


def _watch(
    settings: Settings,
    parent: ParentMake,
    children: list[Child],
    output: Output,
    readiness: ReadinessWatch,
) -> int:
    """Watch over everything until somebody says stop, or nothing can be done any more."""
    keeper = DatabaseKeeper(settings, output)
    while not (parent.was_interrupted() or output.is_broken):
        for child in children:
            if child.exit_code is None:
                continue
            output.write("system", f"{child.name} ended with {child.exit_code}")
            # Before the first "ready" a crash is a mistake that must be seen.
            if not readiness.is_ready or not child.may_restart():
                return 1
            environment = child_environment() | _sandbox_environment(settings)
            child.start(environment_of(child.name, environment), ROOT)
        keeper.look()
        time.sleep(TICK_S)
    return 0
