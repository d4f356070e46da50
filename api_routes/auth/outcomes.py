"""How a sign-in ends: on the page that was wanted, or on the sign-in page with a reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlencode

from starlette.responses import RedirectResponse

from api_routes.auth.journeys import Journey

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
        outcome: What the sign-in page shall explain.
        reason: For the log. Holds nothing that the visitor or the provider sent.
        journey: Where they wanted to go, once that is known.
    """

    def __init__(self, outcome: str, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason
        self.journey: Journey | None = None


@contextmanager
def along(journey: Journey) -> Iterator[None]:
    """Have whatever stops a sign-in in this block lead back with a journey."""
    try:
        yield
    except SignInStopped as stopped:
        stopped.journey = journey
        raise


def sign_in_page(locale: str, outcome: str, journey: Journey | None) -> RedirectResponse:
    """Back to the sign-in page, which explains the outcome and can try again."""
    query = {"error": outcome}
    if journey is not None:
        query["next"] = journey.next
    return RedirectResponse(f"/{locale}/login?{urlencode(query)}", 303, NO_STORE)


def onward(address: str) -> RedirectResponse:
    """To a page of ours."""
    return RedirectResponse(address, 303, NO_STORE)
