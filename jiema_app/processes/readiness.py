"""Waiting until a browser can use the product."""

import http.client
import threading
import time
from collections.abc import Callable
from typing import Final

POLL_S: Final = 0.2
PATIENCE_S: Final = 20
"""After this long the reasons for waiting are printed, and again after as long."""


class ReadinessWatch(threading.Thread):
    """Asks the page and ``/readyz`` until both answer, then calls back once."""

    def __init__(
        self, port: int, page: str, on_ready: Callable[[], None], on_delay: Callable[[str], None]
    ) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._page = page
        self._on_ready = on_ready
        self._on_delay = on_delay
        self.is_ready = False
        self._is_cancelled = False

    def cancel(self) -> None:
        """Announce nothing any more."""
        self._is_cancelled = True

    def run(self) -> None:
        """Poll; the thread ends with the process or when everything answered."""
        asked_since = time.monotonic()
        while not self._is_cancelled:
            trouble = self._trouble(self._page) or self._trouble("/readyz")
            if trouble is None:
                self.is_ready = True
                self._on_ready()
                return
            if time.monotonic() - asked_since > PATIENCE_S:
                self._on_delay(trouble)
                asked_since = time.monotonic()
            time.sleep(POLL_S)

    def _trouble(self, path: str) -> str | None:
        """Why ``path`` does not answer well, or None when it does."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read(500).decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            return f"{path}: {error}"
        finally:
            connection.close()
        return None if response.status == http.HTTPStatus.OK else f"{path}: {body}"
