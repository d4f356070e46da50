"""Every setting of the product, and the only module that reads the environment.

Each group is one class, each field one variable: the class's prefix followed by the
field's name (``SUPPLIER_`` + ``API_KEY``). ``python -m jiema_app doctor`` prints them
all with where each value came from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from jiema_app.locale_list import LOCALES

SANDBOX_SECRET_KEY = "sandbox-secret-key-do-not-use-in-production"  # noqa: S105 - refused in production
SANDBOX_SUPPLIER_KEY = "sandbox-supplier-key"
SANDBOX_WEBHOOK_PATH = "sandbox-webhook-path"
SANDBOX_GOOGLE_CLIENT = "sandbox-google-client"
SANDBOX_GOOGLE_SECRET = "sandbox-google-secret"  # noqa: S105 - refused in production
SANDBOX_BOT_TOKEN = "123456789:AAE-sandbox-bot-token-of-nobody"  # noqa: S105 - likewise
SANDBOX_TELEGRAM_CLIENT = SANDBOX_BOT_TOKEN.partition(":")[0]
SANDBOX_TELEGRAM_SECRET = "sandbox-telegram-secret"  # noqa: S105 - likewise

GOOGLE_METADATA_URL = "https://accounts.google.com/.well-known/openid-configuration"
TELEGRAM_METADATA_URL = "https://oauth.telegram.org/.well-known/openid-configuration"

SECRET_LENGTH_MIN = 32

CommaList = Annotated[tuple[str, ...], NoDecode]
"""A comma-separated environment variable."""


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _group(prefix: str) -> SettingsConfigDict:
    # A variable that is set to nothing counts as unset, as in every shell script.
    # An error does not show what was set: it may be a secret.
    return SettingsConfigDict(
        env_prefix=prefix, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )


class DatabaseSettings(BaseSettings):
    """PostgreSQL. Without ``DATABASE_URL`` the embedded server is started."""

    model_config = _group("DATABASE_")

    url: str | None = None
    """``postgresql://user:password@host/name`` of an external server (15 or newer)."""
    pool_size: int = Field(default=20, ge=2)
    """Connections of one process. Web and worker processes each hold a pool."""
    statement_timeout_s: float = Field(default=15, gt=0)
    """A statement that takes longer is cancelled by the server."""


class SupplierSettings(BaseSettings):
    """The wholesale supplier of numbers. The sandbox's by default."""

    model_config = _group("SUPPLIER_")

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

    split = field_validator("webhook_sources", mode="before")(_split)


class OrderSettings(BaseSettings):
    """The rules of renting a number."""

    model_config = _group("ORDER_")

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

    model_config = _group("LIMIT_")

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


class GeoSettings(BaseSettings):
    """Where we do not serve. Sources and dates: docs/compliance.md."""

    model_config = _group("GEO_")

    blocked_countries: CommaList = ("CU", "IR", "KP")
    trusted_proxies: CommaList | None = None
    """Networks whose ``X-Forwarded-For`` is believed, or ``none``. Production must say which:
    behind a proxy that is not named here everybody would have the proxy's address."""
    data_file: Path | None = None
    """A newer GeoLite2 country file in geoip2fast's format. Unset: the one in its package."""

    split = field_validator("blocked_countries", "trusted_proxies", mode="before")(_split)

    @property
    def proxies(self) -> tuple[str, ...]:
        """The networks of ``trusted_proxies``."""
        named = self.trusted_proxies or ()
        return () if named == ("none",) else named


class ContactSettings(BaseSettings):
    """Our names on Telegram, without the @."""

    model_config = _group("CONTACT_")

    bot: str = "jiema_my_bot"
    support: str = "jiema_my_admin"
    channel: str = "jiema_my"


class SessionSettings(BaseSettings):
    """Browsers that are signed in."""

    model_config = _group("SESSION_")

    key: SecretStr | None = None
    """Signs the sessions. Unset: derived from ``JIEMA_SECRET_KEY``, which must never change."""
    previous_key: SecretStr | None = None
    """The key before it, still accepted. To leave the derived one: ``JIEMA_SECRET_KEY``."""
    days: int = Field(default=30, ge=1, le=400)
    """A browser that stays away for so long is signed out."""
    absolute_days: int = Field(default=90, ge=1, le=400)
    """So long after signing in everybody signs in again."""


class GoogleSettings(BaseSettings):
    """Signing in with Google. In production not offered until there is a client."""

    model_config = _group("GOOGLE_")

    client_id: str | None = None
    """Unset: the sandbox's, in production none."""
    client_secret: SecretStr | None = None
    metadata_url: str | None = None
    """OpenID Connect discovery. Unset: Google's, or the sandbox's without a client."""


class TelegramSettings(BaseSettings):
    """Signing in with Telegram. In production not offered until there is a client or a bot."""

    model_config = _group("TELEGRAM_")

    login_mode: Literal["oidc", "widget"] = "oidc"
    """``widget`` is the older way, for bots that were not moved to OpenID Connect."""
    client_id: str | None = None
    """For ``oidc``. The bot's number. Unset: the sandbox's, in production none."""
    client_secret: SecretStr | None = None
    metadata_url: str | None = None
    """OpenID Connect discovery. Unset: Telegram's, or the sandbox's without a client."""
    bot_token: SecretStr | None = None
    """For ``widget``, whose answers it signs. Unset: the sandbox's, in production none."""
    bot_username: str = "jiema_my_bot"
    """For ``widget``. Without the @."""


@dataclass(frozen=True, slots=True)
class IdentityClient:
    """What we are at a provider of identities."""

    client_id: str
    client_secret: str
    metadata_url: str


def _unfit_client(
    prefix: str, group: GoogleSettings | TelegramSettings, sandbox_secret: str
) -> Iterator[str]:
    """What is wrong with a provider in production."""
    secret, url = group.client_secret, group.metadata_url
    if group.client_id is not None and secret is None:
        yield f"{prefix}CLIENT_SECRET is unset, but {prefix}CLIENT_ID is set"
    if group.client_id in {SANDBOX_GOOGLE_CLIENT, SANDBOX_TELEGRAM_CLIENT}:
        yield f"{prefix}CLIENT_ID is the sandbox's: set your own"
    if secret is not None and secret.get_secret_value() == sandbox_secret:
        yield f"{prefix}CLIENT_SECRET is the sandbox's: set your own"
    if url is not None and (_is_loopback(url) or not url.startswith("https://")):
        yield f"{prefix}METADATA_URL is this machine or not https, so it would be the sandbox"


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = _group("")

    env: Literal["sandbox", "production"] = Field(default="sandbox", alias="JIEMA_ENV")
    port: int = Field(default=8000, alias="PORT")
    sandbox_port: int = Field(default=8090, alias="SANDBOX_PORT")
    data_dir: Path = Field(default=Path(".data"), alias="JIEMA_DATA_DIR")
    locales: CommaList = Field(default=LOCALES, alias="JIEMA_LOCALES")
    pseudo_words: bool = Field(default=False, alias="JIEMA_PSEUDO")
    """Untranslated texts become long accented ones, to see what overflows."""
    public_url: str | None = Field(default=None, alias="JIEMA_PUBLIC_URL")
    """Origin under which users reach the product. Unset: localhost on ``PORT``."""
    redis_url: str | None = Field(default=None, alias="REDIS_URL")
    """Required with more than one web process."""
    web_processes: int = Field(default=1, alias="JIEMA_WEB_PROCESSES", ge=1)
    """How many web processes share the load (each is one granian worker)."""
    secret_key: SecretStr = Field(default=SecretStr(SANDBOX_SECRET_KEY), alias="JIEMA_SECRET_KEY")
    """Keys the hashes of phone numbers. Never change it: numbers would be handed out again."""
    metrics_token: SecretStr | None = Field(default=None, alias="JIEMA_METRICS_TOKEN")
    """Bearer token of ``/metrics``. Unset: open in the sandbox, closed in production."""
    worker_metrics_port: int | None = Field(default=None, alias="JIEMA_WORKER_METRICS_PORT")
    """Port on which a worker serves its own metrics, on the loopback address. Unset: none."""
    sentry_dsn: SecretStr | None = Field(default=None, alias="SENTRY_DSN")
    log_format: Literal["console", "json"] = Field(default="console", alias="JIEMA_LOG_FORMAT")
    log_level: str = Field(default="INFO", alias="JIEMA_LOG_LEVEL")
    sandbox_welcome_usd: int = Field(default=20, alias="SANDBOX_WELCOME_USD", ge=0, le=10_000)
    """Play money of somebody who signs in for the first time. In production always none."""

    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    supplier: SupplierSettings = Field(default_factory=SupplierSettings)
    orders: OrderSettings = Field(default_factory=OrderSettings)
    limits: LimitSettings = Field(default_factory=LimitSettings)
    geo: GeoSettings = Field(default_factory=GeoSettings)
    contact: ContactSettings = Field(default_factory=ContactSettings)
    session: SessionSettings = Field(default_factory=SessionSettings)
    google: GoogleSettings = Field(default_factory=GoogleSettings)
    telegram: TelegramSettings = Field(default_factory=TelegramSettings)

    split = field_validator("locales", mode="before")(_split)

    @field_validator("locales")
    @classmethod
    def _known_locales(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(value) - set(LOCALES))
        if unknown or not value:
            raise ValueError(f"JIEMA_LOCALES: unknown or empty: {unknown}; known: {LOCALES}")
        return value

    @model_validator(mode="after")
    def _refuse_sandbox_in_production(self) -> Self:
        """A production process must not run on anything made for the sandbox."""
        if self.env == "production":
            complaints = list(self._unfit_for_production())
            if complaints:
                raise ValueError("; ".join(complaints))
        return self

    def _unfit_for_production(self) -> Iterator[str]:
        secret, supplier = self.secret_key.get_secret_value(), self.supplier
        if secret == SANDBOX_SECRET_KEY or len(secret) < SECRET_LENGTH_MIN:
            yield f"JIEMA_SECRET_KEY must be your own, of {SECRET_LENGTH_MIN} characters or more"
        if supplier.base_url is None or _is_loopback(supplier.base_url):
            yield "SUPPLIER_BASE_URL is unset or this machine, so it would be the sandbox"
        if supplier.api_key.get_secret_value() == SANDBOX_SUPPLIER_KEY:
            yield "SUPPLIER_API_KEY is the sandbox's default: set your own"
        if supplier.webhook_path.get_secret_value() == SANDBOX_WEBHOOK_PATH:
            yield "SUPPLIER_WEBHOOK_PATH is the sandbox's default: set your own"
        if self.public_url is None:
            yield "JIEMA_PUBLIC_URL is unset: set the origin users reach"
        if self.pseudo_words:
            yield "JIEMA_PSEUDO is set: pages would not be readable"
        if self.geo.trusted_proxies is None:
            yield "GEO_TRUSTED_PROXIES is unset: name your proxies' networks, or say `none`"
        yield from self._unfit_sign_in()

    def _unfit_sign_in(self) -> Iterator[str]:
        token, session = self.telegram.bot_token, self.session
        yield from _unfit_client("GOOGLE_", self.google, SANDBOX_GOOGLE_SECRET)
        yield from _unfit_client("TELEGRAM_", self.telegram, SANDBOX_TELEGRAM_SECRET)
        if token is not None and token.get_secret_value() == SANDBOX_BOT_TOKEN:
            yield "TELEGRAM_BOT_TOKEN is the sandbox's: set your own"
        if not self.sign_in_providers:
            yield "GOOGLE_CLIENT_ID and TELEGRAM_CLIENT_ID are unset: nobody could sign in"
        for name, key in (("KEY", session.key), ("PREVIOUS_KEY", session.previous_key)):
            if key is not None and len(key.get_secret_value()) < SECRET_LENGTH_MIN:
                yield f"SESSION_{name} must have {SECRET_LENGTH_MIN} characters or more"

    @model_validator(mode="after")
    def _several_processes_share_redis(self) -> Self:
        if self.web_processes > 1 and self.redis_url is None:
            raise ValueError("JIEMA_WEB_PROCESSES is above 1: REDIS_URL must be set")
        return self

    @property
    def supplier_base_url(self) -> str:
        """Origin of the supplier's API, without a trailing slash."""
        return (self.supplier.base_url or f"http://127.0.0.1:{self.sandbox_port}").rstrip("/")

    @property
    def sandbox_url(self) -> str:
        """Origin of the sandbox, without a trailing slash."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def google_client(self) -> IdentityClient | None:
        """What we are at Google; None where signing in with it is not offered."""
        own = self.google
        if own.client_id is not None:
            secret = own.client_secret.get_secret_value() if own.client_secret else ""
            return IdentityClient(own.client_id, secret, own.metadata_url or GOOGLE_METADATA_URL)
        if self.env == "production":
            return None
        url = own.metadata_url or f"{self.sandbox_url}/google/.well-known/openid-configuration"
        return IdentityClient(SANDBOX_GOOGLE_CLIENT, SANDBOX_GOOGLE_SECRET, url)

    @property
    def telegram_client(self) -> IdentityClient | None:
        """What we are at Telegram's OpenID Connect; None where that is not offered."""
        own = self.telegram
        if own.login_mode != "oidc":
            return None
        if own.client_id is not None:
            secret = own.client_secret.get_secret_value() if own.client_secret else ""
            return IdentityClient(own.client_id, secret, own.metadata_url or TELEGRAM_METADATA_URL)
        if self.env == "production":
            return None
        url = own.metadata_url or f"{self.sandbox_url}/telegram/.well-known/openid-configuration"
        return IdentityClient(SANDBOX_TELEGRAM_CLIENT, SANDBOX_TELEGRAM_SECRET, url)

    @property
    def telegram_widget_token(self) -> str | None:
        """What signs the answers of Telegram's older widget; None where that is not offered."""
        if self.telegram.login_mode != "widget":
            return None
        if self.telegram.bot_token is not None:
            return self.telegram.bot_token.get_secret_value()
        return None if self.env == "production" else SANDBOX_BOT_TOKEN

    @property
    def sign_in_providers(self) -> tuple[str, ...]:
        """With whom one can sign in here, in the order to show them."""
        telegram = self.telegram_client or self.telegram_widget_token
        offered = (("google", self.google_client), ("telegram", telegram))
        return tuple(name for name, client in offered if client)

    @property
    def welcome_usd(self) -> int:
        """Play money of a newcomer, in whole dollars."""
        return 0 if self.env == "production" else self.sandbox_welcome_usd

    @property
    def origin(self) -> str:
        """Origin under which users reach the product, without a trailing slash."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        SystemExit: A variable is wrong; the message names it.
    """
    try:
        return Settings()
    except ValidationError as error:
        prefix = GROUP_PREFIXES.get(error.title, "")
        lines = [_describe(problem, prefix) for problem in error.errors()]
        raise SystemExit("\n".join(lines)) from None


GROUP_PREFIXES = {
    group.__name__: group.model_config.get("env_prefix", "")
    for group in (
        DatabaseSettings,
        SupplierSettings,
        OrderSettings,
        LimitSettings,
        GeoSettings,
        ContactSettings,
        SessionSettings,
        GoogleSettings,
        TelegramSettings,
    )
}


def _describe(problem: ErrorDetails, prefix: str) -> str:
    """One line about one wrong variable."""
    where = (prefix + ".".join(str(part) for part in problem["loc"])).upper()
    message = problem["msg"].removeprefix("Value error, ")
    return f"error: settings: {where}: {message}" if where else f"error: settings: {message}"
