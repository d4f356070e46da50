"""All settings of one process, and what follows from several of them."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from jiema_app.i18n.locale_list import LOCALES
from jiema_app.settings.chain_forms import headers_of
from jiema_app.settings.channel import ChannelSettings
from jiema_app.settings.contact import ContactSettings
from jiema_app.settings.database import DatabaseSettings
from jiema_app.settings.forms import (
    CommaList,
    Group,
    group,
    revealed,
    split_list,
)
from jiema_app.settings.identity_client import IdentityClient
from jiema_app.settings.limits import LimitSettings
from jiema_app.settings.mixture import (
    SANDBOX_SECRET_KEY,
    real_in_the_sandbox,
    unfit_for_production,
)
from jiema_app.settings.orders import OrderSettings
from jiema_app.settings.payouts import PayoutSettings, wallet_clash
from jiema_app.settings.places import GeoSettings
from jiema_app.settings.recharges import (
    MAINNET_FINAL_AFTER,
    MAINNET_GENESIS,
    SANDBOX_FINAL_AFTER,
    SANDBOX_GENESIS,
    SANDBOX_XPUB,
    RechargeSettings,
    TronNode,
    TronSettings,
)
from jiema_app.settings.sign_in import (
    SANDBOX_GOOGLE_CLIENT,
    SANDBOX_GOOGLE_SECRET,
    GoogleSettings,
    SessionSettings,
)
from jiema_app.settings.suppliers import (
    SANDBOX_SUPPLIER_KEY,
    SupplierList,
    SupplierSettings,
    clashes,
    origin_of,
    read_further,
)
from jiema_app.settings.support import SupportSettings
from jiema_app.settings.telegram import (
    SANDBOX_BOT_TOKEN,
    SANDBOX_TELEGRAM_CLIENT,
    SANDBOX_TELEGRAM_SECRET,
    TELEGRAM_SCRIPT_COPY,
    TELEGRAM_SCRIPT_URL,
    BotAccount,
    TelegramSettings,
)
from jiema_app.settings.texts import AbuseSettings, LegalSettings, PriceRangeSettings
from jiema_app.settings.values import (
    Bearer,
    Folder,
    Origin,
    Port,
    RedisAddress,
    ReportAddress,
    Secret,
)


class Settings(Group):
    """The settings of one process."""

    model_config = group("")

    env: Literal["sandbox", "production"] = Field(default="sandbox", alias="JIEMA_ENV")
    port: Port = Field(default=8000, alias="PORT")
    sandbox_port: Port = Field(default=8090, alias="SANDBOX_PORT")
    data_dir: Folder = Field(default=Path(".data"), alias="JIEMA_DATA_DIR")
    locales: CommaList = Field(default=LOCALES, alias="JIEMA_LOCALES")
    pseudo_words: bool = Field(default=False, alias="JIEMA_PSEUDO")
    """Untranslated texts become long accented ones, to see what overflows."""
    public_url: Origin | None = Field(default=None, alias="JIEMA_PUBLIC_URL")
    """Origin under which users reach the product. Unset: localhost on ``PORT``."""
    redis_url: RedisAddress | None = Field(default=None, alias="REDIS_URL")
    """Required with more than one web process."""
    web_processes: int = Field(default=1, alias="JIEMA_WEB_PROCESSES", ge=1, le=256)
    """How many web processes share the load (each is one granian worker)."""
    secret_key: Secret = Field(default=SecretStr(SANDBOX_SECRET_KEY), alias="JIEMA_SECRET_KEY")
    """Keys the hashes of phone numbers. Never change it: numbers would be handed out again."""
    metrics_token: Bearer | None = Field(default=None, alias="JIEMA_METRICS_TOKEN")
    """Bearer token of ``/metrics``. Unset: open in the sandbox, closed in production."""
    worker_metrics_port: Port | None = Field(default=None, alias="JIEMA_WORKER_METRICS_PORT")
    """Port on which a worker serves its own metrics, on the loopback address. Unset: none."""
    sentry_dsn: ReportAddress | None = Field(default=None, alias="SENTRY_DSN")
    log_format: Literal["console", "json"] = Field(default="console", alias="JIEMA_LOG_FORMAT")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        default="INFO", alias="JIEMA_LOG_LEVEL"
    )
    sandbox_welcome_usd: int = Field(default=20, alias="SANDBOX_WELCOME_USD", ge=0, le=10_000)
    """Play money of somebody who signs in for the first time. In production always none."""
    sandbox_supplier_key: Secret = Field(
        default=SecretStr(SANDBOX_SUPPLIER_KEY), alias="SANDBOX_SUPPLIER_KEY"
    )
    """The key that the sandbox's supplier takes, for a sandbox with another one."""

    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    supplier: SupplierSettings = Field(default_factory=SupplierSettings)
    supplier_list: SupplierList = Field(default_factory=SupplierList)
    further_suppliers: Annotated[tuple[SupplierSettings, ...], NoDecode] = Field(
        default_factory=read_further
    )
    orders: OrderSettings = Field(default_factory=OrderSettings)
    limits: LimitSettings = Field(default_factory=LimitSettings)
    geo: GeoSettings = Field(default_factory=GeoSettings)
    contact: ContactSettings = Field(default_factory=ContactSettings)
    session: SessionSettings = Field(default_factory=SessionSettings)
    google: GoogleSettings = Field(default_factory=GoogleSettings)
    telegram: TelegramSettings = Field(default_factory=TelegramSettings)
    tron: TronSettings = Field(default_factory=TronSettings)
    recharge: RechargeSettings = Field(default_factory=RechargeSettings)
    payout: PayoutSettings = Field(default_factory=PayoutSettings)
    price_range: PriceRangeSettings = Field(default_factory=PriceRangeSettings)
    legal: LegalSettings = Field(default_factory=LegalSettings)
    abuse: AbuseSettings = Field(default_factory=AbuseSettings)
    support: SupportSettings = Field(default_factory=SupportSettings)
    channel: ChannelSettings = Field(default_factory=ChannelSettings)

    split = field_validator("locales", mode="before")(split_list)

    @field_validator("locales")
    @classmethod
    def _known_locales(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or set(value) - set(LOCALES) or len(set(value)) < len(value):
            raise ValueError(f"must be languages of these, each once: {', '.join(LOCALES)}")
        return value

    @model_validator(mode="after")
    def _nothing_real_beside_the_sandbox(self) -> Self:
        """Play money and the sandbox's keys on one side, real money and real people on the other."""
        if self.env == "production":
            what, complaints = "JIEMA_ENV is production", [*unfit_for_production(self)]
        else:
            what = "JIEMA_ENV is not production, so this is the sandbox"
            complaints = [*real_in_the_sandbox(self)]
        if complaints:
            raise ValueError(f"{what}, but: {'; '.join(complaints)}")
        return self

    @model_validator(mode="after")
    def _real_money_needs_a_key_of_its_own(self) -> Self:
        if self.tron_genesis_id == MAINNET_GENESIS and self.tron_xpub == SANDBOX_XPUB:
            raise ValueError("TRON_ACCOUNT_XPUB is the sandbox's: everybody has its private key")
        return self

    @model_validator(mode="after")
    def _wallets_are_what_they_are_for(self) -> Self:
        clash = wallet_clash(self.hot_address, self.treasury_address, self.tron.token_contract)
        if clash is not None:
            raise ValueError(clash)
        return self

    @model_validator(mode="after")
    def _purchases_are_answered_before_they_are_given_up(self) -> Self:
        for supplier in self.suppliers:
            if self.orders.unknown_give_up_s <= supplier.purchase_timeout_s:
                raise ValueError(
                    f"ORDER_UNKNOWN_GIVE_UP_S is not above {supplier.variable('purchase_timeout_s')}"
                    ": a purchase would be given up while its answer may still come"
                )
        return self

    @model_validator(mode="after")
    def _suppliers_differ(self) -> Self:
        if complaints := [*clashes(self.suppliers, self.sandbox_url)]:
            raise ValueError("; ".join(complaints))
        return self

    @model_validator(mode="after")
    def _several_processes_share_redis(self) -> Self:
        if self.web_processes > 1 and self.redis_url is None:
            raise ValueError("JIEMA_WEB_PROCESSES is above 1: REDIS_URL must be set")
        return self

    @property
    def suppliers(self) -> tuple[SupplierSettings, ...]:
        """Everybody who sells numbers to us, the first one first."""
        return (self.supplier, *self.further_suppliers)

    def supplier_origin(self, supplier: SupplierSettings) -> str:
        """Origin of a supplier's API, without a trailing slash."""
        return origin_of(supplier, self.sandbox_url)

    @property
    def sandbox_url(self) -> str:
        """Origin of the sandbox, without a trailing slash."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def google_client(self) -> IdentityClient | None:
        """What we are at Google; None where signing in with it is not offered."""
        own = self.google
        if own.client is not None or self.env == "production":
            return own.client
        url = own.metadata_url or f"{self.sandbox_url}/google/.well-known/openid-configuration"
        return IdentityClient(SANDBOX_GOOGLE_CLIENT, SANDBOX_GOOGLE_SECRET, url)

    @property
    def telegram_client(self) -> IdentityClient | None:
        """What we are at Telegram's OpenID Connect; None where that is not offered."""
        own = self.telegram
        if own.login_mode != "oidc":
            return None
        if own.client is not None or self.env == "production":
            return own.client
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
    def mini_app_token(self) -> str | None:
        """What signs launches of the Mini App; None where there is no bot."""
        if self.telegram.bot_token is not None:
            return self.telegram.bot_token.get_secret_value()
        return None if self.env == "production" else SANDBOX_BOT_TOKEN

    @property
    def bot(self) -> BotAccount | None:
        """Our bot on Telegram; None where there is none."""
        return self.telegram.bot(None if self.env == "production" else self.sandbox_url)

    @property
    def telegram_names(self) -> tuple[str, str, str]:
        """Our bot's, our support's and our channel's names there, without the @."""
        return self.telegram.bot_username, self.contact.support, self.contact.channel

    @property
    def telegram_script_url(self) -> str:
        """The script that Mini Apps load; a path where it is our copy of it."""
        if self.telegram.script_url is not None or self.env == "production":
            return self.telegram.script_url or TELEGRAM_SCRIPT_URL
        return TELEGRAM_SCRIPT_COPY

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
        first = revealed(tron.node_url) or self.sandbox_url
        nodes = [TronNode(first, headers_of(tron.node_headers))]
        second = revealed(tron.second_node_url)
        if second is not None:
            nodes.append(TronNode(second, headers_of(tron.second_node_headers)))
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
    def hot_address(self) -> str | None:
        """The wallet that pays out; None where nothing is paid out."""
        return self.payout.hot_wallet(is_sandbox=self.is_paid_in_play_money)

    @property
    def treasury_address(self) -> str | None:
        """The wallet where money is kept apart, if there is one."""
        return self.payout.treasury(is_sandbox=self.is_paid_in_play_money)

    @property
    def welcome_usd(self) -> int:
        """Play money of a newcomer, in whole dollars."""
        return 0 if self.env == "production" else self.sandbox_welcome_usd

    @property
    def origin(self) -> str:
        """Origin under which users reach the product, without a trailing slash."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")
