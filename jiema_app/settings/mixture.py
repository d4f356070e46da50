"""Nothing real beside anything of the sandbox: what a process must not be made of.

Play money buys no real number, real money goes to no key that everybody has, and nobody's
secret is the one that stands in this repository.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from jiema_app.settings.forms import SECRET_LENGTH_MIN, is_loopback, revealed
from jiema_app.settings.payouts import SANDBOX_HOT, SANDBOX_TREASURY
from jiema_app.settings.recharges import (
    MAINNET_GENESIS,
    MAINNET_USDT,
    SANDBOX_GENESIS,
    SANDBOX_XPUB,
)
from jiema_app.settings.sign_in import (
    SANDBOX_GOOGLE_CLIENT,
    SANDBOX_GOOGLE_SECRET,
    unfit_client,
)
from jiema_app.settings.suppliers import (
    SANDBOX_SUPPLIER_KEY,
    SANDBOX_WEBHOOK_PATH,
    SupplierSettings,
)
from jiema_app.settings.telegram import (
    SANDBOX_BOT_TOKEN,
    SANDBOX_CHANNEL,
    SANDBOX_SUPPORT_CHAT,
    SANDBOX_TELEGRAM_CLIENT,
    SANDBOX_TELEGRAM_SECRET,
)
from jiema_app.settings.values import is_public, is_secure

if TYPE_CHECKING:
    from jiema_app.settings import Settings

SANDBOX_SECRET_KEY: Final = "sandbox-secret-key-do-not-use-in-production"  # noqa: S105 - refused in production

SANDBOX_WALLETS: Final = frozenset({SANDBOX_HOT, SANDBOX_TREASURY})

DIFFERENT_MIN: Final = 8
"""A secret made by a machine has at least so many different characters."""

WEBHOOK_PATH_MIN: Final = 24
METRICS_TOKEN_MIN: Final = 16


def is_guessable(secret: SecretStr, length_min: int) -> bool:
    """Whether a secret is short, or repeats a few characters."""
    text = secret.get_secret_value()
    return len(text) < length_min or len(set(text)) < DIFFERENT_MIN


def real_in_the_sandbox(settings: "Settings") -> Iterator[str]:
    """What of a process in the sandbox's environment belongs to the real world."""
    if settings.public_url is not None and is_public(settings.public_url):
        yield "JIEMA_PUBLIC_URL is an address of the Internet: strangers would have play money"
    known = {SANDBOX_SUPPLIER_KEY, settings.sandbox_supplier_key.get_secret_value()}
    for supplier in settings.suppliers:
        yield from _real_supplier(supplier, known)
    for prefix, client, sandbox in (
        ("GOOGLE_", settings.google, SANDBOX_GOOGLE_CLIENT),
        ("TELEGRAM_", settings.telegram, SANDBOX_TELEGRAM_CLIENT),
    ):
        is_ours = client.metadata_url is not None and not is_public(client.metadata_url)
        if client.client_id not in {None, sandbox} and not is_ours:
            yield f"{prefix}CLIENT_ID is a real client: real people would have play money"
    token = settings.telegram.bot_token
    if token is not None and token.get_secret_value() != SANDBOX_BOT_TOKEN:
        yield "TELEGRAM_BOT_TOKEN is a real bot's: real people would have play money"
    if settings.telegram.api_url is not None and is_public(settings.telegram.api_url):
        yield "TELEGRAM_API_URL is the real Bot API: play money would be told of to real people"
    yield from _real_chain(settings)


def _real_supplier(supplier: SupplierSettings, sandbox_keys: set[str]) -> Iterator[str]:
    url, key = supplier.variable("base_url"), supplier.variable("api_key")
    if supplier.base_url is not None and is_public(supplier.base_url):
        yield f"{url} is a real supplier: play money would buy real numbers"
    if supplier.api_key.get_secret_value() not in sandbox_keys:
        yield f"{key} is not the sandbox's: play money would buy real numbers"


def _real_chain(settings: "Settings") -> Iterator[str]:
    """A test network is play, and is named by its block 0."""
    if settings.tron_genesis_id == MAINNET_GENESIS:
        yield "TRON_GENESIS_ID is mainnet's: real money would be credited beside play money"
    elif settings.tron_genesis_id == SANDBOX_GENESIS:
        for variable, url in (
            ("TRON_NODE_URL", revealed(settings.tron.node_url)),
            ("TRON_SECOND_NODE_URL", revealed(settings.tron.second_node_url)),
        ):
            if url is not None and is_public(url):
                yield f"{variable} is a real node, and TRON_GENESIS_ID is the sandbox's"


def unfit_for_production(settings: "Settings") -> Iterator[str]:
    """What keeps a process from handling real money."""
    yield from _guessable_secrets(settings)
    for supplier in settings.suppliers:
        yield from _unfit_supplier(supplier)
    if settings.public_url is None:
        yield "JIEMA_PUBLIC_URL is unset: set the origin users reach"
    elif is_loopback(settings.public_url) or not is_secure(settings.public_url):
        yield "JIEMA_PUBLIC_URL is this machine or not https: sessions could be read on the way"
    if settings.pseudo_words:
        yield "JIEMA_PSEUDO is set: pages would not be readable"
    if settings.geo.trusted_proxies is None:
        yield "GEO_TRUSTED_PROXIES is unset: name your proxies' networks, or say `none`"
    yield from _unfit_chain(settings)
    if {settings.payout.hot_address, settings.payout.treasury_address} & SANDBOX_WALLETS:
        yield "PAYOUT_HOT_ADDRESS or PAYOUT_TREASURY_ADDRESS is the sandbox's: everybody has its key"
    yield from _unfit_sign_in(settings)
    yield from _unfit_bot(settings)


def _guessable_secrets(settings: "Settings") -> Iterator[str]:
    if settings.secret_key.get_secret_value() == SANDBOX_SECRET_KEY or is_guessable(
        settings.secret_key, SECRET_LENGTH_MIN
    ):
        yield (
            f"JIEMA_SECRET_KEY must be your own, of {SECRET_LENGTH_MIN} characters or more, "
            f"{DIFFERENT_MIN} of them different"
        )
    if settings.metrics_token and is_guessable(settings.metrics_token, METRICS_TOKEN_MIN):
        yield (
            f"JIEMA_METRICS_TOKEN can be guessed: {METRICS_TOKEN_MIN} characters or more, "
            f"{DIFFERENT_MIN} of them different"
        )


def _unfit_supplier(supplier: SupplierSettings) -> Iterator[str]:
    url, path = supplier.variable("base_url"), supplier.variable("webhook_path")
    if supplier.base_url is None or is_loopback(supplier.base_url):
        yield f"{url} is unset or this machine, so it would be the sandbox"
    elif not is_secure(supplier.base_url):
        yield f"{url} is not https: our key could be read on the way"
    if supplier.api_key.get_secret_value() == SANDBOX_SUPPLIER_KEY:
        yield f"{supplier.variable('api_key')} is the sandbox's default: set your own"
    if supplier.webhook_path.get_secret_value() == SANDBOX_WEBHOOK_PATH:
        yield f"{path} is the sandbox's default: set your own"
    elif is_guessable(supplier.webhook_path, WEBHOOK_PATH_MIN):
        yield (
            f"{path} can be guessed: {WEBHOOK_PATH_MIN} characters or more, "
            f"{DIFFERENT_MIN} of them different"
        )


def _unfit_chain(settings: "Settings") -> Iterator[str]:
    tron = settings.tron
    first, second = revealed(tron.node_url), revealed(tron.second_node_url)
    if first is None or is_loopback(first):
        yield "TRON_NODE_URL is unset or this machine, so it would be the sandbox"
    elif not is_secure(first) and is_public(first):
        yield "TRON_NODE_URL is on the Internet and not https: its answers could be forged"
    if second is not None:
        if is_loopback(second):
            yield "TRON_SECOND_NODE_URL is this machine, so it would be the sandbox"
        elif not is_secure(second) and is_public(second):
            yield "TRON_SECOND_NODE_URL is on the Internet and not https: its answers could be forged"
    is_mainnet = settings.tron_genesis_id == MAINNET_GENESIS
    if settings.tron_genesis_id == SANDBOX_GENESIS:
        yield "TRON_GENESIS_ID is the sandbox's"
    elif is_mainnet != (tron.token_contract == MAINNET_USDT):
        yield "TRON_TOKEN_CONTRACT and TRON_GENESIS_ID are not of the same network"
    if tron.account_xpub is None:
        yield "TRON_ACCOUNT_XPUB is unset: nobody could be given a wallet"
    elif tron.account_xpub.get_secret_value() == SANDBOX_XPUB:
        yield "TRON_ACCOUNT_XPUB is the sandbox's: everybody has its private key"


def _unfit_sign_in(settings: "Settings") -> Iterator[str]:
    token, session = settings.telegram.bot_token, settings.session
    yield from unfit_client("GOOGLE_", settings.google, SANDBOX_GOOGLE_SECRET)
    yield from unfit_client("TELEGRAM_", settings.telegram, SANDBOX_TELEGRAM_SECRET)
    if token is not None and token.get_secret_value() == SANDBOX_BOT_TOKEN:
        yield "TELEGRAM_BOT_TOKEN is the sandbox's: set your own"
    if not settings.sign_in_providers:
        yield "GOOGLE_CLIENT_ID and TELEGRAM_CLIENT_ID are unset: nobody could sign in"
    for name, key in (("KEY", session.key), ("PREVIOUS_KEY", session.previous_key)):
        if key is not None and is_guessable(key, SECRET_LENGTH_MIN):
            yield (
                f"SESSION_{name} must have {SECRET_LENGTH_MIN} characters or more, "
                f"{DIFFERENT_MIN} of them different"
            )


def _unfit_bot(settings: "Settings") -> Iterator[str]:
    telegram = settings.telegram
    if telegram.support_chat == SANDBOX_SUPPORT_CHAT:
        yield "TELEGRAM_SUPPORT_CHAT is the sandbox's: set your own"
    if telegram.channel == SANDBOX_CHANNEL:
        yield "TELEGRAM_CHANNEL is the sandbox's: set your own"
    for name, url in (("API_URL", telegram.api_url), ("SCRIPT_URL", telegram.script_url)):
        # A Bot API server of one's own may stand on this machine; the sandbox, too.
        if url is not None and not is_secure(url) and is_public(url):
            yield f"TELEGRAM_{name} is on the Internet and not https: it could be read on the way"
    if telegram.api_url is not None and telegram.api_url.rstrip("/") == settings.sandbox_url:
        yield "TELEGRAM_API_URL is the sandbox"
    if telegram.webhook_secret is not None and is_guessable(
        telegram.webhook_secret, WEBHOOK_PATH_MIN
    ):
        yield (
            f"TELEGRAM_WEBHOOK_SECRET can be guessed: {WEBHOOK_PATH_MIN} characters or more, "
            f"{DIFFERENT_MIN} of them different"
        )
