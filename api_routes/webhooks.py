"""Where a supplier calls when an SMS has arrived.

Its calls carry no signature: the address is unguessable and names the supplier, the caller's
address is checked, and what it says is only taken as a hint where to look. It is answered at once.
"""

import hmac
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from api_routes.addresses import is_within
from api_routes.context import context_of
from jiema_app.settings import SupplierSettings

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
