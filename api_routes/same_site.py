"""Against requests that other sites have a visitor's browser send.

Browsers attach our cookie whoever asks. So whatever changes something and is recognised
by the cookie must come from a page of ours, and must say so in a header that pages
cannot write themselves.
"""

from collections.abc import Collection
from typing import Final

from starlette.types import Scope

from jiema_app.domain.errors import Forbidden

GUARDED_FOLDER: Final = "/api/"

REFUSAL: Final = "This request didn't come from one of our pages."


def ensure_same_site(scope: Scope, own_origins: Collection[str]) -> None:
    """Let a request through that one of our own pages made.

    ``Sec-Fetch-Site`` decides where it is sent; else an exact ``Origin`` must be.

    Raises:
        Forbidden: Another site made it, or nothing says who. Nothing was done.
    """
    site = _only(scope, b"sec-fetch-site")
    if site == "same-origin":
        return
    if site is None and _only(scope, b"origin") in own_origins:
        return
    raise Forbidden(REFUSAL)


def _only(scope: Scope, name: bytes) -> str | None:
    values = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return None if not values else values[0] if len(values) == 1 else "several"
