"""Where the supplier calls when an SMS has arrived.

Its calls carry no signature: the address is unguessable, the caller's address is checked,
and what it says is only taken as a hint where to look. It is answered at once.
"""

import hmac
from ipaddress import ip_network

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from api_routes.addresses import is_within
from api_routes.context import context_of

router = APIRouter(prefix="/webhooks", include_in_schema=False)


@router.post("/supplier/{secret}")
async def hear_supplier(request: Request, secret: str) -> Response:
    """Note which rental is meant. Unknown rentals and repeated calls change nothing."""
    context = context_of(request)
    settings = context.services.settings.supplier
    sources = tuple(ip_network(network) for network in settings.webhook_sources)
    expected = settings.webhook_path.get_secret_value()
    if not (
        hmac.compare_digest(secret.encode(), expected.encode())
        and is_within(context.addresses.of(request.scope), sources)
    ):
        # The same answer as for any unknown address: nothing to learn here.
        raise HTTPException(404)
    supplier = context.services.suppliers[settings.name]
    activation_id = supplier.parse_notice(await request.body())
    if activation_id is not None:
        await context.services.webhook_inbox.note(supplier.name, activation_id)
    return PlainTextResponse("ok")
