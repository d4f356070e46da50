"""Where others call: a supplier when an SMS has arrived, Telegram when somebody wrote to our bot.

A supplier's calls carry no signature: the address is unguessable and names the supplier, the
caller's address is checked, and what it says is only taken as a hint where to look. Telegram shows
a secret in a header. Both are answered at once.
"""

import hmac
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

from fastapi import APIRouter, Request
from prometheus_client import Counter
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from api_routes.addresses import is_within
from api_routes.context import context_of
from jiema_app.domain.telegram.updates import read_update
from jiema_app.settings import SupplierSettings

SECRET_HEADER: Final = b"x-telegram-bot-api-secret-token"

UNREAD: Final = Counter(
    "jiema_telegram_updates_unread_total", "Updates that were answered and not kept"
)

router = APIRouter(prefix="/webhooks", include_in_schema=False)


@router.post("/supplier/{secret}")
async def hear_supplier(request: Request, secret: str) -> Response:
    """Note which rental is meant. Unknown rentals and repeated calls change nothing."""
    context = context_of(request)
    services = context.services
    caller = _find_caller(services.settings.suppliers, secret, context.addresses.of(request.scope))
    if caller is None:
        # The same answer as for any unknown address: nothing to learn here.
        raise HTTPException(404)
    supplier = services.suppliers[caller]
    activation_id = supplier.parse_notice(await request.body())
    if activation_id is not None:
        await services.webhook_inbox.note(supplier.name, activation_id)
    return PlainTextResponse("ok")


@router.post("/telegram")
async def hear_telegram(request: Request) -> Response:
    """Keep an update, and only then say so. Whatever it is, a worker handles it.

    What cannot be read, or is nothing that we asked for, is answered as well and forgotten: it
    would be sent again and again otherwise, and what comes after it would wait.
    """
    telegram = context_of(request).services.telegram
    shown = next((value for name, value in request.headers.raw if name == SECRET_HEADER), b"")
    expected = b"" if telegram is None else telegram.webhook_secret.encode()
    is_known = hmac.compare_digest(shown, expected)
    if telegram is None or telegram.account.updates != "webhook" or not is_known:
        # The same answer as for any unknown address: nothing to learn here.
        raise HTTPException(404)
    update = read_update(await request.body())
    if update is None:
        UNREAD.inc()
    else:
        await telegram.inbox.keep(update)
    return PlainTextResponse("ok")


def _find_caller(suppliers: Sequence[SupplierSettings], secret: str, address: str) -> str | None:
    """The supplier whose address this is, called from where it may; None when there is none."""
    caller = None
    # Each is looked at as the others are, and all of them: how long it takes tells nothing.
    for supplier in suppliers:
        expected = supplier.webhook_path.get_secret_value()
        is_known = hmac.compare_digest(secret.encode(), expected.encode())
        is_near = is_within(address, _networks(supplier.webhook_sources))
        if is_known and is_near:
            caller = supplier.name
    return caller


@lru_cache(maxsize=32)
def _networks(sources: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(map(ip_network, sources))
