"""The part of the composition root that deals with support in chats."""

from dataclasses import dataclass

from jiema_app.domain.clock import Clock
from jiema_app.domain.orders.house_refunds import HouseRefunds
from jiema_app.domain.orders.settlement import Settlement
from jiema_app.domain.support.customers import Customers
from jiema_app.domain.support.desk import SupportDesk
from jiema_app.domain.support.keeping import SupportKeeping
from jiema_app.domain.transaction import Database
from jiema_app.settings import Settings


@dataclass(frozen=True, slots=True)
class SupportServices:
    """Answering customers in chats. Where there is no group for it, nothing is passed on."""

    desk: SupportDesk
    keeping: SupportKeeping
    customers: Customers
    house_refunds: HouseRefunds


def build_support_services(
    settings: Settings, database: Database, clock: Clock, settlement: Settlement
) -> SupportServices:
    """Support on a database."""
    bot, rules = settings.bot, settings.support
    desk = SupportDesk(
        database=database,
        clock=clock,
        group=None if bot is None else bot.support_chat,
        per_minute=rules.messages_per_minute,
    )
    return SupportServices(
        desk=desk,
        keeping=SupportKeeping(desk, rules.silence_hours),
        customers=Customers(database),
        house_refunds=HouseRefunds(database, settlement),
    )
