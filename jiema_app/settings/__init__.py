"""Every setting of the product, and the only module that reads the environment.

Each group is one class, each field one variable: the class's prefix followed by the
field's name (``SUPPLIER_`` + ``API_KEY``). ``python -m jiema_app doctor`` prints them
all with where each value came from.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings

from jiema_app.locale_list import LOCALES
from jiema_app.settings.chain_forms import headers_of
from jiema_app.settings.forms import SECRET_LENGTH_MIN, CommaList, group, is_loopback, split_list
from jiema_app.settings.groups import (
    SANDBOX_SUPPLIER_KEY,
    SANDBOX_WEBHOOK_PATH,
    ContactSettings,
    DatabaseSettings,
    GeoSettings,
    LimitSettings,
    OrderSettings,
    SupplierSettings,
)
from jiema_app.settings.recharges import (
    MAINNET_FINAL_AFTER,
    MAINNET_GENESIS,
    MAINNET_USDT,
    SANDBOX_FINAL_AFTER,
    SANDBOX_GENESIS,
    SANDBOX_XPUB,
    RechargeSettings,
    TronSettings,
)
from jiema_app.settings.sign_in import (
    GOOGLE_METADATA_URL,
    SANDBOX_BOT_TOKEN,
    SANDBOX_GOOGLE_CLIENT,
    SANDBOX_GOOGLE_SECRET,
    SANDBOX_TELEGRAM_CLIENT,
    SANDBOX_TELEGRAM_SECRET,
    TELEGRAM_METADATA_URL,
    GoogleSettings,
    IdentityClient,
    SessionSettings,
    TelegramSettings,
    unfit_client,
)

__all__ = [
    "GOOGLE_METADATA_URL",
    "SANDBOX_BOT_TOKEN",
    "SANDBOX_GOOGLE_CLIENT",
    "SANDBOX_GOOGLE_SECRET",
    "SANDBOX_SUPPLIER_KEY",
    "SANDBOX_TELEGRAM_CLIENT",
    "SANDBOX_TELEGRAM_SECRET",
    "SANDBOX_WEBHOOK_PATH",
    "GeoSettings",
    "GoogleSettings",
    "IdentityClient",
    "LimitSettings",
    "OrderSettings",
    "RechargeSettings",
    "Settings",
    "SupplierSettings",
    "TronNode",
    "TronSettings",
    "get_settings",
]

SANDBOX_SECRET_KEY = "sandbox-secret-key-do-not-use-in-production"  # noqa: S105 - refused in production


class TronNode(NamedTuple):
    """Where a node is, and what every request to it carries."""

    url: str
    headers: Mapping[str, str]

    def __repr__(self) -> str:
        return "TronNode(…)"


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = group("")

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
    tron: TronSettings = Field(default_factory=TronSettings)
    recharge: RechargeSettings = Field(default_factory=RechargeSettings)

    split = field_validator("locales", mode="before")(split_list)

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
        if supplier.base_url is None or is_loopback(supplier.base_url):
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
        yield from self._unfit_chain()
        yield from self._unfit_sign_in()

    def _unfit_chain(self) -> Iterator[str]:
        tron = self.tron
        if tron.node_url is None or is_loopback(tron.node_url):
            yield "TRON_NODE_URL is unset or this machine, so it would be the sandbox"
        if tron.second_node_url is not None and is_loopback(tron.second_node_url):
            yield "TRON_SECOND_NODE_URL is this machine, so it would be the sandbox"
        is_mainnet = self.tron_genesis_id == MAINNET_GENESIS
        if self.tron_genesis_id == SANDBOX_GENESIS:
            yield "TRON_GENESIS_ID is the sandbox's"
        elif is_mainnet != (tron.token_contract == MAINNET_USDT):
            yield "TRON_TOKEN_CONTRACT and TRON_GENESIS_ID are not of the same network"
        if tron.account_xpub is None:
            yield "TRON_ACCOUNT_XPUB is unset: nobody could be given a wallet"
        elif tron.account_xpub.get_secret_value() == SANDBOX_XPUB:
            yield "TRON_ACCOUNT_XPUB is the sandbox's: everybody has its private key"

    def _unfit_sign_in(self) -> Iterator[str]:
        token, session = self.telegram.bot_token, self.session
        yield from unfit_client("GOOGLE_", self.google, SANDBOX_GOOGLE_SECRET)
        yield from unfit_client("TELEGRAM_", self.telegram, SANDBOX_TELEGRAM_SECRET)
        if token is not None and token.get_secret_value() == SANDBOX_BOT_TOKEN:
            yield "TELEGRAM_BOT_TOKEN is the sandbox's: set your own"
        if not self.sign_in_providers:
            yield "GOOGLE_CLIENT_ID and TELEGRAM_CLIENT_ID are unset: nobody could sign in"
        for name, key in (("KEY", session.key), ("PREVIOUS_KEY", session.previous_key)):
            if key is not None and len(key.get_secret_value()) < SECRET_LENGTH_MIN:
                yield f"SESSION_{name} must have {SECRET_LENGTH_MIN} characters or more"

    @model_validator(mode="after")
    def _real_money_needs_a_key_of_its_own(self) -> Self:
        if self.tron_genesis_id == MAINNET_GENESIS and self.tron_xpub == SANDBOX_XPUB:
            raise ValueError("TRON_ACCOUNT_XPUB is the sandbox's: everybody has its private key")
        return self

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
    def tron_nodes(self) -> tuple[TronNode, ...]:
        """The nodes to ask, the preferred one first."""
        tron = self.tron
        nodes = [TronNode(tron.node_url or self.sandbox_url, headers_of(tron.node_headers))]
        if tron.second_node_url is not None:
            nodes.append(TronNode(tron.second_node_url, headers_of(tron.second_node_headers)))
        return tuple(nodes)

    @property
    def is_paid_in_play_money(self) -> bool:
        """Whether money comes by the sandbox's own chain, where it can be made."""
        return self.env == "sandbox" and self.tron.node_url is None

    @property
    def tron_genesis_id(self) -> str:
        """Id of block 0 of the chain that money comes by."""
        default = MAINNET_GENESIS if self.env == "production" else SANDBOX_GENESIS
        return self.tron.genesis_id or default

    @property
    def tron_requests_per_second(self) -> float:
        """Pace at each node; 0 is none."""
        return 0.0 if self.tron.node_url is None else self.tron.requests_per_second

    @property
    def tron_final_after(self) -> int:
        """Confirmations of a block, itself counted, after which it is usually final."""
        return SANDBOX_FINAL_AFTER if self.tron.node_url is None else MAINNET_FINAL_AFTER

    @property
    def tron_xpub(self) -> str | None:
        """Public account key of the pool; None where no wallet can be made."""
        if self.tron.account_xpub is not None:
            return self.tron.account_xpub.get_secret_value()
        return None if self.env == "production" else SANDBOX_XPUB

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
        TronSettings,
        RechargeSettings,
    )
}


def _describe(problem: ErrorDetails, prefix: str) -> str:
    """One line about one wrong variable."""
    where = (prefix + ".".join(str(part) for part in problem["loc"])).upper()
    message = problem["msg"].removeprefix("Value error, ")
    return f"error: settings: {where}: {message}" if where else f"error: settings: {message}"
