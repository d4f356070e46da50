"""Which application answers for which address."""

from typing import Final

API_FILES: Final = frozenset(
    {
        "/healthz",
        "/readyz",
        "/metrics",
    }
)
API_FOLDERS: Final = ("/api/", "/v1/", "/webhooks/", "/r/")


def belongs_to_api(path: str) -> bool:
    """Whether FastAPI alone answers for ``path``."""
    return path.startswith(API_FOLDERS) or path in API_FILES or path in {"/api", "/v1", "/webhooks"}


EVENTS: Final = "/_event"
"""Where pages open their WebSocket."""

REFLEX_FOLDERS: Final = (EVENTS, "/_upload", "/_health", "/ping")


def belongs_to_reflex(path: str) -> bool:
    """Whether Reflex's backend alone answers for ``path``."""
    return path.startswith(REFLEX_FOLDERS)
