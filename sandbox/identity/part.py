"""The providers of identities as one part of the sandbox."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from sandbox.identity.faults import SLOW_S, IdentityFaults
from sandbox.identity.google import GOOGLE
from sandbox.identity.oidc import OidcProvider
from sandbox.identity.persons import People
from sandbox.identity.telegram import TELEGRAM, TelegramProvider, create_widget_router
from sandbox.journal import Journal
from sandbox.settings import SandboxSettings

if TYPE_CHECKING:
    from sandbox.asgi import Application


class FaultOrder(BaseModel):
    """A fault for the next requests of a provider."""

    model_config = ConfigDict(extra="forbid")

    provider: Literal["google", "telegram"]
    kind: Literal["down", "slow", "bad_signature", "wrong_audience", "expired_id_token"]
    count: int = Field(default=1, ge=0, le=10**6)
    seconds: float = Field(default=SLOW_S, gt=0, le=600)


class IdentityPart:
    """Owns the people, their providers, and what goes wrong there."""

    prefixes: tuple[str, ...] = (
        "/control/identity",
        "/google",
        "/telegram/.well-known",
        "/telegram/auth",
        "/telegram/token",
        "/telegram/widget",
    )

    def __init__(self, settings: SandboxSettings) -> None:
        """Replay the journal, if any.

        Raises:
            JournalLockedError: Another process uses the directory.
        """
        journal = Journal(settings.data_dir, "identity") if settings.data_dir else None
        names = (GOOGLE.name, TELEGRAM.name)
        self.people = People(names, settings.seed, journal)
        self.faults = IdentityFaults()
        origin = f"http://127.0.0.1:{settings.port}"
        self.providers = [
            OidcProvider(GOOGLE, origin, self.people, self.faults),
            TelegramProvider(TELEGRAM, origin, self.people, self.faults),
        ]
        self.hot_paths: Mapping[str, Application] = {}

    def make_routers(self) -> list[APIRouter]:
        """Controls, and what is asked for seldom."""
        return [
            *(provider.router() for provider in self.providers),
            create_widget_router(self.people),
            self._control(),
        ]

    async def start(self) -> None:
        """Nothing runs by itself here."""

    async def stop(self) -> None:
        """Release the journal."""
        self.people.close()

    def tick(self) -> None:
        """Nothing falls due here."""

    def reset(self) -> None:
        """Forget who was added, every code and every fault."""
        self.people.reset()
        self.faults.clear()
        for provider in self.providers:
            provider.reset()

    def describe(self, _query: Mapping[str, str]) -> dict[str, Any]:
        """Return the people, the faults and how often somebody signed in."""
        return {
            "identity": {
                "faults": self.faults.to_json(),
                "faultsHit": self.faults.hits,
                "providers": {
                    provider.manner.name: {
                        "issuer": provider.issuer,
                        "clientId": provider.manner.client_id,
                        "signIns": provider.sign_ins,
                        "persons": [
                            person.to_json() for person in self.people.of(provider.manner.name)
                        ],
                    }
                    for provider in self.providers
                },
            }
        }

    def move_clock(self, offset_s: float) -> None:
        """Tokens go by the world's clock: the shop compares them with its own."""

    def _control(self) -> APIRouter:
        router = APIRouter(prefix="/control/identity", tags=["control"])

        @router.post("/faults")
        async def order_fault(order: FaultOrder) -> dict[str, Any]:
            """Have a fault strike the next `count` requests it concerns; 0 removes it."""
            self.faults.order(order.provider, order.kind, order.count, order.seconds)
            return {"ok": True, "faults": self.faults.to_json()}

        return router
