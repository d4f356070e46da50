"""Groups and channels that are none of ours: whoever puts the bot there, it does not stay."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jiema_app.domain.identity.administrators import Administrators
from jiema_app.domain.notifications.deliveries import CHANNEL
from jiema_app.domain.telegram.calls import TelegramCall
from jiema_app.domain.telegram.updates import ClaimedUpdate, Effects

ROOMS: Final = frozenset({"group", "supergroup", "channel"})
THERE: Final = frozenset({"member", "administrator", "restricted"})


@dataclass(frozen=True, slots=True)
class ForeignRooms:
    """Has the bot leave where it has nothing to do.

    Attributes:
        support_now: Tells the number of the group of those who answer; None where there is none.
        channel: Where news stand, by its number or @name, if there is one.
    """

    support_now: Callable[[], Awaitable[int | None]]
    channel: str | None
    administrators: Administrators

    async def handle(self, update: ClaimedUpdate, effects: Effects) -> bool:
        """Leave a room that the bot was put into, unless it is ours.

        Where an administrator of the shop has put it, it stays: a room is made before its number
        can stand in a setting.

        Returns:
            False when the update does not tell of the bot in a room, and nothing was done.
        """
        room = update.about.get("chat") if update.kind == "my_chat_member" else None
        if not isinstance(room, Mapping) or room.get("type") not in ROOMS:
            return False
        if _is_there(update.about) and not await self._is_ours(room, update.about.get("from")):
            call = TelegramCall("leaveChat", {})
            effects.reply(call, recipient=update.chat_key, priority=CHANNEL)
        return True

    async def _is_ours(self, room: Mapping[str, Any], who: object) -> bool:
        number, name = room.get("id"), room.get("username")
        names = {str(number), f"@{name}".lower()}
        if self.channel is not None and self.channel.lower() in names:
            return True
        if number == await self.support_now():
            return True
        person = who.get("id") if isinstance(who, Mapping) else None
        if type(person) is not int or not 0 < person < 2**63:
            return False
        return await self.administrators.on_telegram(person) is not None


def _is_there(about: Mapping[str, Any]) -> bool:
    member = about.get("new_chat_member")
    status = member.get("status") if isinstance(member, Mapping) else None
    return isinstance(status, str) and status in THERE
