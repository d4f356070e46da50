"""What some rules would ask, and nothing of ours can tell yet. They find nothing until it can."""

from dataclasses import dataclass
from typing import Protocol

from jiema_app.domain.units import UserId


class NetworkKinds(Protocol):
    """Tells whose an address is."""

    def is_hosting(self, address: str) -> bool | None:
        """Whether an address is one of a data centre or a VPN; None when that is not known."""
        ...


@dataclass(frozen=True, slots=True)
class TelegramProfile:
    """What can be seen of a Telegram account without opening it."""

    has_photo: bool
    has_username: bool


class TelegramProfiles(Protocol):
    """Tells how the Telegram account of a user looks."""

    async def profile_of(self, user: UserId) -> TelegramProfile | None:
        """The profile; None when the user has none, or it is not known."""
        ...


class UnknownNetworks:
    """No data about networks is part of the product."""

    def is_hosting(self, address: str) -> bool | None:  # noqa: ARG002 - nothing is known of any
        """See `NetworkKinds`."""
        return None


class UnknownProfiles:
    """Photos and usernames are not kept."""

    async def profile_of(self, user: UserId) -> TelegramProfile | None:  # noqa: ARG002 - likewise
        """See `TelegramProfiles`."""
        return None
