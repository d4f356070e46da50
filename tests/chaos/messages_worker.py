"""``python -m tests.chaos.messages_worker``: a worker whose bot says back which update it heard.

All of it is the product's but what is said, and the pace: ten thousand replies at Telegram's
would take seven minutes.
"""

from typing import Final

from backend_jobs import __main__ as worker
from jiema_app import bootstrap_bot
from jiema_app.bootstrap import Services
from jiema_app.bot.registry import AdmitWrite, Registry
from jiema_app.domain.notifications import deliveries
from jiema_app.domain.notifications.deliveries import Delivery, follow
from jiema_app.domain.notifications.pacing import Paces
from jiema_app.domain.notifications.transport import ClaimedDelivery
from jiema_app.domain.telegram.calls import READY_MADE, TelegramCall, render_ready_made, text
from jiema_app.domain.telegram.updates import ClaimedUpdate, Effects
from jiema_app.domain.transaction import Connection

QUICK: Final = Paces(1_000.0, 50, 0.0, 100_000, lambda recipient: recipient.startswith("-"))


NEWEST: Final = "drill.newest"


async def say_back(update: ClaimedUpdate, effects: Effects) -> None:
    """Two replies, so that one without the other would be seen, and one message for all of them."""
    for half in ("a", "b"):
        effects.reply(text(f"{update.update_id}{half}"))
    newest = Delivery(str(update.chat_key), NEWEST, f"newest:{update.chat_key}")

    async def follow_it(connection: Connection) -> None:
        await follow(connection, newest, update.update_id)

    effects.also(follow_it)


async def say_newest(delivery: ClaimedDelivery) -> TelegramCall:
    """The newest update of a chat."""
    return text(f"{delivery.recipient} has {delivery.revision}")


def build_registry(_services: Services, _admit_write: AdmitWrite) -> Registry:
    """A table with one handler."""
    return Registry({READY_MADE: render_ready_made, NEWEST: say_newest}, say_back, say_back)


if __name__ == "__main__":
    vars(bootstrap_bot)["build_registry"] = build_registry
    vars(bootstrap_bot)["PACES"] = QUICK
    # Everybody writes more than anybody would, and nothing of it may be missing.
    vars(deliveries)["REPLIES_MAX"] = 10_000
    worker.main()
