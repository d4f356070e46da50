"""Become the web server: granian with our ASGI application."""

import os
import shutil
import sys
from pathlib import Path
from typing import Final, NoReturn

from jiema_app.domain.outside_numbers import whole_number
from jiema_app.settings import Settings, get_settings

PID_MAX: Final = 2**22
"""Linux gives out no higher one."""


def serve(settings: Settings, host: str | None = None) -> NoReturn:
    """Replace this process by granian.

    Args:
        settings: Port and number of processes.
        host: Address to listen on. By default this machine alone in the sandbox, whose
            keys are public, and all addresses in production.
    """
    address = host or ("0.0.0.0" if settings.env == "production" else "127.0.0.1")  # noqa: S104 - behind a proxy
    command = granian_command(
        address, settings.port, settings.web_processes, "--factory", "jiema_app.asgi:create"
    )
    if settings.web_processes > 1:
        _share_figures(settings.data_dir / "web-figures")
    os.execv(sys.executable, command)  # noqa: S606 - no shell; the arguments are ours


def _share_figures(folder: Path) -> None:
    """Have the web processes keep their Prometheus figures in files that each can add up."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def forget_the_dead() -> None:
    """Take out what a killed web process said of its present: it has none any more."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder is None:
        return
    for figures in Path(folder).glob("gauge_live*_*.db"):
        number = whole_number(figures.stem.rpartition("_")[2], at_most=PID_MAX)
        if number is None:
            continue
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            figures.unlink(missing_ok=True)


def granian_command(host: str, port: int, workers: int, *application: str) -> list[str]:
    """How granian is started; the benchmarks start their baselines the same way."""
    arguments = {
        "--interface": "asgi",
        "--host": host,
        "--port": str(port),
        "--workers": str(workers),
        "--loop": "uvloop",
        "--log-level": "warning",
        # While it does not know which HTTP a connection speaks it waits for ever, and on one
        # of HTTP/2 likewise: who opens a thousand and says nothing would keep everybody out.
        "--http": "1",
        # What it takes of a request's head, and for how long it waits for one. It refuses
        # longer ones by itself; web/heads.py far shorter ones, in our words.
        "--http1-buffer-size": str(64 * 1024),
        "--http1-header-read-timeout": "15000",
    }
    flat = [part for pair in arguments.items() for part in pair]
    if workers > 1:
        # Or the end of one is the end of all: nobody is let in while the others wait for their
        # last long poll, and all of them begin anew.
        flat.append("--respawn-failed-workers")
    return [sys.executable, "-m", "granian", *flat, *application]


if __name__ == "__main__":
    serve(get_settings())
