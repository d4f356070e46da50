"""The groups of settings: one class each, one variable a field."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from jiema_app.settings.forms import CommaList, group, split_list

SANDBOX_SUPPLIER_KEY = "sandbox-supplier-key"
SANDBOX_WEBHOOK_PATH = "sandbox-webhook-path"


class DatabaseSettings(BaseSettings):
    """PostgreSQL. Without ``DATABASE_URL`` the embedded server is started."""

    model_config = group("DATABASE_")

    url: str | None = None
    """``postgresql://user:password@host/name`` of an external server (15 or newer)."""
    pool_size: int = Field(default=20, ge=2)
    """Connections of one process. Web and worker processes each hold a pool."""
    statement_timeout_s: float = Field(default=15, gt=0)
    """A statement that takes longer is cancelled by the server."""


class SupplierSettings(BaseSettings):
    """The wholesale supplier of numbers. The sandbox's by default."""

    model_config = group("SUPPLIER_")

    kind: str = "handler_api"
    """Which adapter speaks to it; see ``integrations/supplier/registry.py``."""
    name: str = "primary"
    """How rows name it. Never shown to a user."""
    base_url: str | None = None
    """Origin of its API, no path. Unset: the sandbox on ``SANDBOX_PORT``."""
    api_key: SecretStr = SecretStr(SANDBOX_SUPPLIER_KEY)
    dialect: Literal["hero", "legacy"] = "hero"
    requests_per_second: float = Field(default=45, ge=0)
    """Pace of one process, all actions together; 0 lifts it. The published limit is
    50 per second and account, but 429 was seen far below: 5 is a wise start in
    production, and the pace halves by itself after each 429."""
    purchase_timeout_s: float = Field(default=12, gt=0)
    """After this a purchase has an unknown outcome and is left to reconciliation."""
    read_timeout_s: float = Field(default=8, gt=0)
    bulk_timeout_s: float = Field(default=60, gt=0)
    """For the whole price list (about 1 MB)."""
    min_cancel_s: int = Field(default=120, ge=0)
    """The supplier refuses to cancel a younger activation."""
    timezone: str = "UTC"
    """Zone of its zoneless timestamps."""
    webhook_path: SecretStr = SecretStr(SANDBOX_WEBHOOK_PATH)
    """Unguessable last part of ``/webhooks/supplier/…``; its calls are unsigned."""
    webhook_sources: CommaList = ("127.0.0.1/32", "::1/128")
    """Networks it may call from."""
    breaker_failures: int = Field(default=8, ge=1)
    """Consecutive failures that open the circuit."""
    breaker_reset_s: float = Field(default=5, gt=0)
    """How long an open circuit refuses calls before one is let through."""

    split = field_validator("webhook_sources", mode="before")(split_list)


class OrderSettings(BaseSettings):
    """The rules of renting a number."""

    model_config = group("ORDER_")

    window_s: int = Field(default=15 * 60, ge=30)
    """How long a number waits for its code."""
    next_sms_max: int = Field(default=5, ge=0)
    """Further codes that may be asked for on one number."""
    late_sms_grace_s: int = Field(default=10 * 60, ge=0)
    """An SMS that comes this long after completion is still recorded."""
    retention_s: int = Field(default=24 * 3600, ge=0)
    """After an order ended its SMS texts and full phone are kept this long."""
    number_tries: int = Field(default=3, ge=1)
    """Purchases made to avoid a number that failed the same user before."""
    idempotency_retention_s: int = Field(default=24 * 3600, ge=60)
    expiry_patience_s: int = Field(default=30, ge=0)
    """How long after the window an order waits for one last look at the supplier."""
    unknown_give_up_s: int = Field(default=600, ge=30)
    """A purchase with an unknown outcome is refunded after this, whatever the supplier does."""


class LimitSettings(BaseSettings):
    """Abuse limits, on by default."""

    model_config = group("LIMIT_")

    reads_per_minute: int = Field(default=60, ge=1)
    writes_per_minute: int = Field(default=10, ge=1)
    anonymous_per_minute: int = Field(default=60, ge=1)
    """Requests without a valid key, per client address."""
    sign_ins_per_minute: int = Field(default=30, ge=1)
    """Steps of signing in, per client address; one sign-in takes two."""
    open_orders: int = Field(default=20, ge=1)
    """Orders one user may have open at once."""
    cancels_per_hour: int = Field(default=60, ge=1)
    success_floor_percent: int = Field(default=3, ge=0, le=100)
    """Below this share of orders with a code in 24 hours a user pauses."""
    success_after_orders: int = Field(default=100, ge=1)
    """Orders in 24 hours before the floor applies."""
    api_keys: int = Field(default=10, ge=1)
    """Active keys of one user."""
    body_bytes: int = Field(default=64 * 1024, ge=1024)
    body_timeout_s: float = Field(default=15, gt=0)
    pages_per_address: int = Field(default=200, ge=1)
    """Open pages of one address that one web process serves."""
    page_openings_per_minute: int = Field(default=300, ge=1)
    """Pages that one address may open; who is faster waits a little, then is refused."""
    page_events_per_minute: int = Field(default=1200, ge=1)
    """What all pages of one address may send together; the rest waits."""


class GeoSettings(BaseSettings):
    """Where we do not serve. Sources and dates: docs/compliance.md."""

    model_config = group("GEO_")

    blocked_countries: CommaList = ("CU", "IR", "KP")
    trusted_proxies: CommaList | None = None
    """Networks whose ``X-Forwarded-For`` is believed, or ``none``. Production must say which:
    behind a proxy that is not named here everybody would have the proxy's address."""
    data_file: Path | None = None
    """A newer GeoLite2 country file in geoip2fast's format. Unset: the one in its package."""

    split = field_validator("blocked_countries", "trusted_proxies", mode="before")(split_list)

    @property
    def proxies(self) -> tuple[str, ...]:
        """The networks of ``trusted_proxies``."""
        named = self.trusted_proxies or ()
        return () if named == ("none",) else named


class ContactSettings(BaseSettings):
    """Our names on Telegram, without the @."""

    model_config = group("CONTACT_")

    bot: str = "jiema_my_bot"
    support: str = "jiema_my_admin"
    channel: str = "jiema_my"
