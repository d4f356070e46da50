"""Keeping the embedded database up while the product runs."""

import time
from typing import Final

from jiema_app.integrations.postgres import embedded
from jiema_app.integrations.postgres.embedded_files import EmbeddedPostgresError
from jiema_app.processes.children import Output
from jiema_app.settings import Settings

CHECK_S: Final = 1.0
RETRY_S: Final = 10.0
"""A server that could not be started, on a full disk for example, is tried again after this."""


class DatabaseKeeper:
    """Starts the embedded server again when it is gone, and waits while it only stands still.

    Nothing that befalls the database ends the product: pages are served without it, and
    everything goes on when it answers again.
    """

    def __init__(self, settings: Settings, output: Output) -> None:
        """Say with ``output`` what is seen."""
        self._settings = settings
        self._output = output
        self._next_at = time.monotonic() + CHECK_S
        self._is_silent = False

    def look(self) -> None:
        """Look after the server, when it is time to."""
        if self._settings.database.url is not None or time.monotonic() < self._next_at:
            return
        self._next_at = time.monotonic() + CHECK_S
        data_dir = self._settings.data_dir
        if embedded.is_running(data_dir):
            self._note_silence(silent=False)
        elif embedded.is_alive(data_dir):
            self._note_silence(silent=True)
        else:
            self._start()

    def _note_silence(self, *, silent: bool) -> None:
        if silent is self._is_silent:
            return
        self._is_silent = silent
        self._say(
            "the database runs and does not answer: waiting for it"
            if silent
            else "the database answers again"
        )

    def _start(self) -> None:
        self._is_silent = False
        self._say("the database is gone: starting it again")
        try:
            embedded.start(self._settings.data_dir, die_with_us=True)
        except EmbeddedPostgresError as error:
            self._say(f"{error}")
            self._next_at = time.monotonic() + RETRY_S

    def _say(self, words: str) -> None:
        self._output.write("system", words)
