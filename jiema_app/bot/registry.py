"""Who makes the words of each kind of message, who hears what became of it, who handles updates.

One table: what is not in it is not sent, and not answered.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from jiema_app.bot.composition import (
    channel_renderers,
    channel_settled,
    channel_views,
    support_renderers,
    support_room,
    support_settled,
)
from jiema_app.bot.confirmation_rendering import ConfirmationRendering
from jiema_app.bot.desk import BotDesk
from jiema_app.bot.dispatch import PrivateChat, waits_for_others
from jiema_app.bot.flood import Flood
from jiema_app.bot.foreign_rooms import ForeignRooms
from jiema_app.bot.money_rendering import MoneyRendering
from jiema_app.bot.order_message import OrderMessages
from jiema_app.bot.order_rendering import OrderRendering
from jiema_app.bot.searching import NameSearch
from jiema_app.domain.notifications.transport import Renderer, Settled
from jiema_app.domain.telegram import kinds
from jiema_app.domain.telegram.calls import READY_MADE, render_ready_made
from jiema_app.domain.telegram.updates import ClaimedUpdate, Effects, UpdateHandler

if TYPE_CHECKING:
    from jiema_app.bootstrap import Services

AdmitWrite: TypeAlias = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Registry:
    """The table.

    Attributes:
        renderers: By the kind of a delivery.
        handler: Of every update.
        tell_failure: Writes what somebody is told whose update could not be handled.
        is_slow: Whether handling an update waits for somebody outside.
        settled: By the kind of a delivery; most have none.
    """

    renderers: Mapping[str, Renderer]
    handler: UpdateHandler
    tell_failure: UpdateHandler
    is_slow: Callable[[ClaimedUpdate], bool] = waits_for_others
    settled: Mapping[str, Settled] = field(default_factory=dict)


def build_registry(services: "Services", admit_write: AdmitWrite) -> Registry:
    """The table of one process.

    Args:
        services: Of the process.
        admit_write: Counts a change that a user makes; raises RateLimited beyond their limit.
    """
    desk = build_desk(services, admit_write)
    chat, support = PrivateChat(desk), support_room(services)
    bot = services.settings.bot
    rooms = ForeignRooms(
        support_now=services.support.desk.group_now,
        channel=None if bot is None else bot.channel,
        administrators=services.administrators,
    )

    async def handle(update: ClaimedUpdate, effects: Effects) -> None:
        # Before anybody looks at it: presses and edits are answered, too.
        if not desk.flood.admits(update):
            return
        if await rooms.handle(update, effects):
            return
        if not await support.handle(update, effects):
            await chat(update, effects)

    orders = OrderRendering(desk, OrderMessages(services.orders.next_sms_max))
    money, confirmations = MoneyRendering(desk), ConfirmationRendering(desk)
    return Registry(
        renderers={
            READY_MADE: render_ready_made,
            kinds.ORDER_LIVE: orders.live,
            kinds.ORDER_SHOWN: orders.live,
            kinds.ORDER_REDRAWN: orders.redrawn,
            kinds.ORDER_SMS: orders.sms,
            kinds.RECHARGE_SHOWN: money.recharge,
            kinds.RECHARGE_REDRAWN: money.recharge_redrawn,
            kinds.RECHARGE_FACT: money.recharge_fact,
            kinds.WITHDRAWAL_FACT: money.withdrawal_fact,
            kinds.WITHDRAWAL_ASKED: confirmations.asked,
            kinds.LAUNCH_REFUSED: confirmations.launch_refused,
            kinds.COMMISSION_FACT: money.commission_fact,
            **channel_renderers(services),
            **support_renderers(services),
        },
        handler=handle,
        tell_failure=chat.tell_failure,
        settled={
            kinds.ORDER_LIVE: orders.settled,
            kinds.WITHDRAWAL_ASKED: confirmations.settled,
            **channel_settled(services),
            **support_settled(services),
        },
    )


def build_desk(services: "Services", admit_write: AdmitWrite) -> BotDesk:
    """What handlers and makers of messages may ask, of one process."""
    settings = services.settings
    return BotDesk(
        database=services.database,
        clock=services.clock,
        catalog=services.live_catalog,
        search=NameSearch(services.live_catalog),
        identity=services.identity,
        sign_in=services.sign_in,
        glances=services.glances,
        orders=services.orders,
        own_routes=services.own_routes,
        recharges=services.recharges,
        withdrawals=services.payouts.withdrawals,
        confirmations=services.payouts.confirmations,
        invites=services.invites,
        flood=Flood(),
        admit_write=admit_write,
        username=settings.telegram.bot_username,
        origin=settings.origin,
        place_days=settings.telegram.place_days,
        window_s=settings.orders.window_s,
        support_handle=settings.contact.support,
        relay=None if services.support.desk.group is None else support_room(services),
        channel=None
        if settings.bot is None or settings.bot.channel is None
        else settings.contact.channel,
        news=channel_views(services).read,
    )
