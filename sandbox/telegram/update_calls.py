"""How a bot gets its updates: by asking, or by a webhook."""

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from sandbox.telegram.arguments import Arguments
from sandbox.telegram.errors import Refused, bad_request
from sandbox.telegram.keyboards import LOOPBACK
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.updates import BATCH_MAX
from sandbox.telegram.webhook import CONNECTIONS

SECRET_MAX: Final = 256
CONNECTIONS_MAX: Final = 100
PORTS: Final = frozenset({80, 88, 443, 8443})
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Said:
    """A result with a word beside it."""

    result: Any
    description: str


async def get_updates(messenger: Messenger, args: Arguments) -> Any:
    """What waits; or what comes within `timeout` seconds."""
    if messenger.updates.webhook is None:
        messenger.updates.allow(args.document("allowed_updates"))
    limit = args.integer("limit", BATCH_MAX)
    return await messenger.updates.poll(args.integer("offset"), limit, args.integer("timeout"))


def set_webhook(messenger: Messenger, args: Arguments) -> Any:
    """Have updates pushed; an empty address is `deleteWebhook`."""
    address = args.text("url").strip()
    if not address:
        return delete_webhook(messenger, args)
    messenger.rates.count_webhook()
    _check_address(address)
    secret = args.text("secret_token")
    if len(secret) > SECRET_MAX:
        raise bad_request("secret token is too long")
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    connections = args.integer("max_connections", CONNECTIONS)
    wished = {
        "url": address,
        "secret_token": secret,
        "max_connections": min(max(connections, 1), CONNECTIONS_MAX),
        **({"ip_address": args.text("ip_address")} if args.has("ip_address") else {}),
    }
    messenger.updates.allow(args.document("allowed_updates"))
    old = messenger.updates.webhook or {}
    is_same = {name: old.get(name) for name in wished} == wished
    if args.flag("drop_pending_updates"):
        messenger.updates.drop_all()
        is_same = False  # it is set anew
    messenger.updates.keep_webhook({**old, **wished} if is_same else wished)
    messenger.restart_sender()
    return Said(result=True, description=f"Webhook {'is already' if is_same else 'was'} set")


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _bad("invalid webhook URL specified") from None
    if host in LOOPBACK and parts.scheme in {"http", "https"}:
        return  # where Telegram would want https and one of its ports
    if parts.scheme != "https" or not host:
        raise _bad("An HTTPS URL must be provided for webhook")
    if port is not None and port not in PORTS:
        raise _bad("Webhook can be set up only on ports 80, 88, 443 or 8443")
    if "." not in host:
        raise _bad("Failed to resolve host: Name or service not known")


def _bad(words: str) -> Refused:
    return bad_request(f"bad webhook: {words}")


def delete_webhook(messenger: Messenger, args: Arguments) -> Any:
    """Have updates wait again."""
    is_dropping = args.flag("drop_pending_updates")
    if is_dropping:
        messenger.updates.drop_all()
    had_one = messenger.updates.webhook is not None
    if had_one:
        messenger.updates.keep_webhook(None)
        messenger.restart_sender()
    was = "was" if had_one or is_dropping else "is already"
    return Said(result=True, description=f"Webhook {was} deleted")


def get_webhook_info(messenger: Messenger, _args: Arguments) -> Any:
    """How the webhook fares."""
    webhook = messenger.updates.webhook or {"url": ""}
    info: dict[str, Any] = {
        "url": webhook["url"],
        "has_custom_certificate": False,
        "pending_update_count": messenger.updates.pending(),
    }
    for name in ("ip_address", "last_error_date", "last_error_message", "max_connections"):
        if name in webhook:
            info[name] = webhook[name]
    if webhook["url"] and "ip_address" not in info:
        info["ip_address"] = "127.0.0.1"
    if messenger.updates.allowed:
        info["allowed_updates"] = messenger.updates.allowed
    return info


def log_out(_messenger: Messenger, _args: Arguments) -> Any:
    """The bot may go to a server of its own; nothing changes here."""
    return True


def close(_messenger: Messenger, _args: Arguments) -> Any:
    """The bot may go to another server; nothing changes here."""
    return True
