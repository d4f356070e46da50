"""Settings of the chain, and of the money that comes in by it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from pydantic import Field, SecretStr, field_validator, model_validator

from jiema_app.settings.chain_forms import headers_of, is_token_address, refuse_bad_account_key
from jiema_app.settings.forms import Group, group
from jiema_app.settings.values import DAY_S, Cents, Count, NodeAddress, Pace, Patience, Usdt

MAINNET_GENESIS: Final = "00000000000000001ebf88508a03865c71d452e25f4d51194196a1d22b6653dc"
MAINNET_USDT: Final = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"

MAINNET_FINAL_AFTER: Final = 19
"""19 of the 27 block makers have built on it."""
SANDBOX_FINAL_AFTER: Final = 3

SANDBOX_GENESIS: Final = "0000000000000000e3ca6210c296020fd3c5cf348df9917839c5c6c587e932c9"

SANDBOX_XPUB: Final = "xpub6D1AabNHCupeiLM65ZR9UStMhJ1vCpyV4XbZdyhMZBiJXALQtmn9p42VTQckoHVn8WNqS7dqnJokZHAHcHGoaQgmv8D45oNUKx6DZMNZBCd"
"""Of the words that every test of every wallet uses: play money only."""


class TronNode(NamedTuple):
    """Where a node is, and what every request to it carries."""

    url: str
    headers: Mapping[str, str]

    def __repr__(self) -> str:
        return "TronNode(…)"


class TronSettings(Group):
    """The TRON node. The sandbox's by default."""

    model_config = group("TRON_")

    node_url: NodeAddress | None = None
    """Base address of its HTTP API: ``https://api.trongrid.io``. Unset: the sandbox."""
    node_headers: SecretStr | None = None
    """Headers of every request, as JSON: ``{"TRON-PRO-API-KEY":"…"}``."""
    second_node_url: NodeAddress | None = None
    """Another node: asked when the first one fails, and to confirm what it says."""
    second_node_headers: SecretStr | None = None
    genesis_id: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    """Id of block 0. Unset: mainnet's in production, the sandbox's in the sandbox."""
    token_contract: str = MAINNET_USDT
    """The contract whose transfers are money. On a test network it is another one."""
    requests_per_second: Pace = 8
    """Pace at a real node; 0 lifts it. The sandbox's node is never paced."""
    timeout_s: Patience = 6
    start_block: int | None = Field(default=None, ge=1, le=10**12)
    """Where reading begins on an empty database. Unset: at the youngest final block."""
    account_xpub: SecretStr | None = None
    """Public account key (m/44'/195'/0') of the pool. Unset: nothing in production, and
    the sandbox's own in the sandbox. Confidential: it links every address of the pool."""

    @field_validator("node_headers", "second_node_headers")
    @classmethod
    def _headers_are_json(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            headers_of(value)
        return value

    @field_validator("token_contract")
    @classmethod
    def _token_is_an_address(cls, value: str) -> str:
        if not is_token_address(value):
            raise ValueError("must be an address of the chain, T and 33 characters")
        return value

    @field_validator("account_xpub")
    @classmethod
    def _key_is_an_account_s(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            refuse_bad_account_key(value.get_secret_value())
        return value


class RechargeSettings(Group):
    """Recharges."""

    model_config = group("RECHARGE_")

    window_s: int = Field(default=1800, ge=30, le=DAY_S)
    """How long a wallet waits for its payment."""
    grace_s: int = Field(default=3600, ge=0, le=30 * DAY_S)
    """A wallet that was paid in time is given to nobody else for this long after its window."""
    quarantine_s: int = Field(default=DAY_S, ge=0, le=30 * DAY_S)
    """The same for one whose payment never came, or came late: it may still come."""
    amount_min_usdt: Cents = Decimal(1)
    amount_max_usdt: Cents = Decimal(5000)
    dust_usdt: Usdt = Decimal("0.01")
    """Less than this is sent by strangers to advertise or to mislead: it goes to review, and
    does not take the place of the payment."""
    wallets_stock: int = Field(default=20, ge=0, le=100_000)
    """The worker keeps this many wallets free."""
    wallets_max: int = Field(default=20_000, ge=1, le=10_000_000)
    """The pool never grows beyond this."""
    unpaid_per_day: Count = 20
    """Recharges without a payment that one user may open in 24 hours."""
    review_promise_hours: int = Field(default=24, ge=1, le=30 * 24)
    """Within so long somebody decides about a payment that was not credited by itself: what
    owners are told until enough decisions show how long it takes."""
    reconcile_wallets: int = Field(default=100, ge=1, le=100_000)
    """Wallets whose balance is compared with the books every ten minutes, a request each: those
    that were paid last, and others in turn."""
    second_person_above_usdt: Usdt = Decimal(100)
    """A person alone may credit up to this from review; above it a second one confirms."""

    @model_validator(mode="after")
    def _limits_fit(self) -> "RechargeSettings":
        if self.amount_max_usdt < self.amount_min_usdt:
            raise ValueError("RECHARGE_AMOUNT_MAX_USDT is below RECHARGE_AMOUNT_MIN_USDT")
        if self.quarantine_s < self.grace_s:
            raise ValueError("RECHARGE_QUARANTINE_S is below RECHARGE_GRACE_S")
        return self
