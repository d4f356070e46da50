"""People with a signed-in browser, on a running copy of the product."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jiema_app.bootstrap import Services, build_services
from jiema_app.domain.clock import SystemClock
from jiema_app.domain.identity.session_tokens import Claims
from jiema_app.settings import Settings
from tests.support.live import LiveStack
from tests.support.shop import Customer

TELEGRAM, MALAYSIA = "tg", 7


@dataclass
class Member:
    """A customer, and the cookie of their browser."""

    customer: Customer
    token: str

    @property
    def cookie(self) -> str:
        """What the browser sends."""
        return f"sid={self.token}"


@asynccontextmanager
async def services_of(site: LiveStack) -> AsyncIterator[Services]:
    """Services on the site's database, without a supplier."""
    async with site.database() as database:
        yield build_services(Settings(), database, {})


async def sign_in(site: LiveStack, customer: Customer | None = None) -> Member:
    """A new customer, or a further browser of one."""
    customer = customer or await site.customer()
    async with services_of(site) as services, services.database.transaction() as connection:
        token = await services.sessions.open(connection, customer.id, "a browser of the tests")
    return Member(customer, token)


def outdated(member: Member) -> str:
    """The cookie of a browser that stayed away for too long."""
    tokens = build_services(Settings(), None, {}).sessions.tokens  # type: ignore[arg-type]  # signs, and asks nobody
    claims = tokens.read(member.token, SystemClock().now())
    assert claims is not None
    past = SystemClock().now() - timedelta(seconds=1)
    stale = Claims(claims.user_id, claims.jti, claims.version, past - timedelta(days=30), past)
    return f"sid={tokens.write(stale)}"


async def buy(site: LiveStack, member: Member) -> dict[str, Any]:
    """An order that waits for its code, as the API shows it."""
    async with site.client(member.customer) as api:
        answer = await api.post("/api/v1/orders", json={"service": TELEGRAM, "country": MALAYSIA})
    order: dict[str, Any] = answer.raise_for_status().json()["data"]
    return order
