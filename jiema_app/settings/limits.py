"""Settings of what anybody may ask for in a time."""

from typing import Literal

from pydantic import Field

from jiema_app.settings.forms import Group, group
from jiema_app.settings.values import (
    Count,
    Patience,
)


class LimitSettings(Group):
    """Abuse limits, on by default."""

    model_config = group("LIMIT_")

    scope: Literal["user", "key"] = "user"
    """Whether the API's reads and writes are counted per user over all keys, or for each key."""
    reads_per_minute: Count = 60
    writes_per_minute: Count = 10
    page_reads_per_minute: Count = 240
    """Pages, or parts of them, that one user has read anew, in all tabs together."""
    files_per_minute: Count = 4
    """Statements that one user downloads."""
    anonymous_per_minute: Count = 60
    """Requests without a valid key, per client address."""
    sign_ins_per_minute: Count = 30
    """Steps of signing in, per client address; one sign-in takes two."""
    open_orders: Count = 20
    """Orders one user may have open at once."""
    cancels_per_hour: Count = 60
    success_floor_percent: int = Field(default=3, ge=0, le=100)
    """Below this share of orders with a code in 24 hours a user pauses."""
    success_after_orders: Count = 100
    """Orders in 24 hours before the floor applies."""
    api_keys: int = Field(default=10, ge=1, le=1000)
    """Active keys of one user."""
    body_bytes: int = Field(default=64 * 1024, ge=1024, le=16 * 1024 * 1024)
    body_timeout_s: Patience = 15
    pages_per_address: Count = 200
    """Open pages of one address that one web process serves."""
    page_openings_per_minute: Count = 300
    """Pages that one address may open; who is faster waits a little, then is refused."""
    page_events_per_minute: Count = 1200
    """What all pages of one address may send together; the rest waits."""
