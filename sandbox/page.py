"""The control page for a person: what runs, and every lever to make things happen."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from sandbox.identity.faults import KINDS as IDENTITY_KINDS
from sandbox.supplier.actions.table import HERO, LEGACY
from sandbox.supplier.behaviour import ALLOWED_KEYS
from sandbox.supplier.faults import EVERY_ACTION, KINDS
from sandbox.telegram.faults import EVERY_METHOD
from sandbox.telegram.faults import KINDS as TELEGRAM_KINDS
from sandbox.telegram.methods import METHODS as TELEGRAM_METHODS
from sandbox.tron.calls import ACTIONS as TRON_ACTIONS
from sandbox.tron.faults import KINDS as TRON_KINDS
from sandbox.tron.nodes import NAMES as TRON_NODES

ROWS = 50
"""Open activations listed on the page, newest first."""


@cache
def _environment() -> Environment:
    """Compiles the template once, for tests that make many sandboxes."""
    return Environment(loader=PackageLoader("sandbox"), autoescape=True, undefined=StrictUndefined)


def create_page_router(
    describe: Callable[[dict[str, str]], dict[str, Any]],
) -> APIRouter:
    """Return the route of `/`; `describe` gives the state to draw."""
    router = APIRouter(include_in_schema=False)
    template = _environment().get_template("control.html.jinja")
    script = files("sandbox").joinpath("templates", "control.js").read_text("utf-8")

    @router.get("/", response_class=HTMLResponse)
    async def control_page() -> HTMLResponse:
        """Draw the page; its script then refreshes it from /control/state."""
        state = describe({"status": "active", "limit": str(ROWS)})
        html = template.render(
            state=state,
            kinds=KINDS,
            identity_kinds=IDENTITY_KINDS,
            telegram_kinds=TELEGRAM_KINDS,
            telegram_methods=[EVERY_METHOD, *sorted(TELEGRAM_METHODS)],
            tron_kinds=TRON_KINDS,
            tron_actions=TRON_ACTIONS,
            tron_nodes=TRON_NODES,
            actions=[EVERY_ACTION, *sorted({*HERO, *LEGACY})],
            behaviour_keys=ALLOWED_KEYS,
            rows=ROWS,
            script=script,
        )
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})

    return router
