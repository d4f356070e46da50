"""How a sign-in ends: on the page that was wanted, or on the sign-in page with a reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlencode

from starlette.responses import RedirectResponse

from api_routes.auth.sign_in_context import SignInContext

NO_STORE: Final = {"Cache-Control": "no-store"}

DENIED: Final = "denied"
"""The person, or the provider, said no."""
EXPIRED: Final = "expired"
"""It took too long, came twice, or began in another browser."""
UNAVAILABLE: Final = "unavailable"
"""The provider does not answer as it should, or is not offered here."""
BLOCKED: Final = "blocked"
"""The account is banned."""
PLACE: Final = "place"
"""We may not serve where they are."""
BUSY: Final = "busy"
"""Too many tries from one address within a minute."""


class SignInStopped(Exception):
    """Nobody was signed in.

    Attributes:
        result: What the sign-in page shall explain.
        reason: For the log. Holds nothing that the visitor or the provider sent.
        sign_in_context: Where they wanted to go, once that is known.
    """

    def __init__(self, result: str, reason: str) -> None:
        super().__init__(reason)
        self.result = result
        self.reason = reason
        self.sign_in_context: SignInContext | None = None


@contextmanager
def along(sign_in_context: SignInContext) -> Iterator[None]:
    """Have whatever stops a sign-in in this block lead back with a sign_in_context."""
    try:
        yield
    except SignInStopped as stopped:
        stopped.sign_in_context = sign_in_context
        raise


def sign_in_page(
    locale: str, result: str, sign_in_context: SignInContext | None
) -> RedirectResponse:
    """Back to the sign-in page, which explains the result and can try again."""
    query = {"error": result}
    if sign_in_context is not None:
        query["next"] = sign_in_context.next
    return RedirectResponse(f"/{locale}/login?{urlencode(query)}", 303, NO_STORE)


def onward(address: str) -> RedirectResponse:
    """To a page of ours."""
    return RedirectResponse(address, 303, NO_STORE)
