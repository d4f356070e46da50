"""Settings of PostgreSQL."""

from pydantic import Field

from jiema_app.settings.forms import Group, group
from jiema_app.settings.values import (
    DatabaseAddress,
    Patience,
)


class DatabaseSettings(Group):
    """PostgreSQL. Without ``DATABASE_URL`` the embedded server is started."""

    model_config = group("DATABASE_")

    url: DatabaseAddress | None = None
    """``postgresql://user:password@host/name`` of an external server (15 or newer)."""
    pool_size: int = Field(default=20, ge=2, le=1000)
    """Connections of one process. Web and worker processes each hold a pool."""
    statement_timeout_s: Patience = 15
    """A statement that takes longer is cancelled by the server."""
    acquire_timeout_s: Patience = 5
    """Nobody waits longer for a free connection of the pool, or for a new one to be opened."""
