"""The groups of settings: one class each, one variable a field."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from jiema_app.settings.forms import Group, group, split_list
from jiema_app.settings.values import (
    DAY_S,
    Count,
    Countries,
    DatabaseAddress,
    DataFile,
    Handle,
    Patience,
    Proxies,
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


class OrderSettings(Group):
    """The rules of renting a number."""

    model_config = group("ORDER_")

    window_s: int = Field(default=15 * 60, ge=30, le=DAY_S)
    """How long a number waits for its code."""
    next_sms_max: int = Field(default=5, ge=0, le=1000)
    """Further codes that may be asked for on one number."""
    late_sms_grace_s: int = Field(default=10 * 60, ge=0, le=DAY_S)
    """An SMS that comes this long after completion is still recorded."""
    retention_s: int = Field(default=DAY_S, ge=60, le=30 * DAY_S)
    """After an order ended its SMS texts and full phone are kept this long: at least until
    its number can bring nothing more."""
    number_tries: int = Field(default=3, ge=1, le=100)
    """Purchases made to avoid a number that failed the same user before."""
    idempotency_retention_s: int = Field(default=DAY_S, ge=60, le=30 * DAY_S)
    expiry_patience_s: int = Field(default=30, ge=0, le=3600)
    """How long after the window an order waits for one last look at the supplier."""
    unknown_give_up_s: int = Field(default=600, ge=30, le=DAY_S)
    """A purchase with an unknown outcome is refunded after this, whatever the supplier does."""

    @model_validator(mode="after")
    def _texts_live_until_the_last_one_came(self) -> Self:
        """A text that came after its order was forgotten would be forgotten by nobody."""
        if self.retention_s < self.window_s + self.late_sms_grace_s:
            raise ValueError(
                "ORDER_RETENTION_S is below ORDER_WINDOW_S and ORDER_LATE_SMS_GRACE_S together: "
                "an SMS could come after its order was forgotten"
            )
        return self


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


class GeoSettings(Group):
    """Where we do not serve. Sources and dates: docs/compliance.md."""

    model_config = group("GEO_")

    blocked_countries: Countries = ("CU", "IR", "KP")
    """Codes of ISO 3166, in either case; ``none`` serves everybody."""
    trusted_proxies: Proxies = None
    """Networks whose ``X-Forwarded-For`` or ``Forwarded`` is believed, or ``none``. Production must
    say which: behind a proxy that is not named here everybody would have the proxy's address."""
    forwarded_header: Literal["x-forwarded-for", "forwarded"] | None = None
    """The only one of the two that counts. Unset: either, and if both are there they must agree."""
    data_file: DataFile = None
    """A newer GeoLite2 country file in geoip2fast's format. Unset: the one in its package."""

    split = field_validator("blocked_countries", "trusted_proxies", mode="before")(split_list)

    @property
    def proxies(self) -> tuple[str, ...]:
        """The networks of ``trusted_proxies``."""
        named = self.trusted_proxies or ()
        return () if named == ("none",) else named


class ContactSettings(Group):
    """Our names on Telegram, without the @."""

    model_config = group("CONTACT_")

    bot: Handle = "jiema_my_bot"
    support: Handle = "jiema_my_admin"
    channel: Handle = "jiema_my"
