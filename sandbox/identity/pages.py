"""The pages that a person sees at a provider."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from sandbox.identity.persons import Person


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("sandbox"), autoescape=True, undefined=StrictUndefined)


def choose_page(
    title: str, people: Sequence[Person], *, action: str, hidden: Mapping[str, str], asks: str
) -> HTMLResponse:
    """Who are you? One button each, one for somebody new, one to say no."""
    return _page(
        "identity.html.jinja", title=title, people=people, action=action, hidden=hidden, asks=asks
    )


def refusal_page(title: str, reason: str) -> HTMLResponse:
    """What a provider shows when it will not even send the person back."""
    return _page("identity_refusal.html.jinja", 400, title=title, reason=reason)


def _page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    html = _environment().get_template(template).render(**values)
    headers = {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
    }
    return HTMLResponse(html, status, headers)
