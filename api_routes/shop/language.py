"""The language of whoever has just chosen one in the header: it is kept with their account.

The link itself leads to the page in that language, with and without this.
"""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from api_routes.context import context_of
from api_routes.envelope import ok
from api_routes.shop.forms import NO_STORE, admit_change, read_fields
from api_routes.visitors import visitor_of

router = APIRouter()

SHOP_LANGUAGE: Final = "/api/shop/language"


@router.post(SHOP_LANGUAGE, include_in_schema=False)
async def keep_language(request: Request) -> Response:
    """Note what a member reads.

    Raises:
        Unauthenticated: Nobody is signed in.
        RateLimited: They changed too much in a minute.
        BadRequest: The shop is not written in it.
    """
    visitor = await visitor_of(request)
    context = context_of(request)
    await admit_change(request, context, visitor.user_id)
    lang = (await read_fields(request)).get("lang", "")
    await context.services.identity.set_lang(visitor.user_id, lang)
    return ok({"lang": lang}, headers=NO_STORE)
