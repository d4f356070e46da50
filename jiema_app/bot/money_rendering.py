"""Makes the messages about money when their turn comes."""

from dataclasses import dataclass
from datetime import date, timedelta

from jiema_app.bot.buttons import act, link, rows
from jiema_app.bot.desk import BotDesk
from jiema_app.bot.recharge_message import recharge_message
from jiema_app.bot.withdrawal_message import withdrawal_message
from jiema_app.bot.words import bold, lines, safe
from jiema_app.domain.errors import NotFound
from jiema_app.domain.notifications.transport import ClaimedDelivery
from jiema_app.domain.recharges.statuses import RechargeStatus
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.telegram import calls
from jiema_app.domain.telegram.calls import Keyboard, TelegramCall
from jiema_app.domain.telegram.readers import Reader, find_reader
from jiema_app.domain.units import MicroUsdt
from jiema_app.domain.withdrawals.statuses import ShownStatus
from jiema_app.i18n.formats import money, short_day
from jiema_app.i18n.recharge_stages import dust
from jiema_app.i18n.translation import t


@dataclass(frozen=True, slots=True)
class MoneyRendering:
    """The renderers of top-ups, withdrawals and commission. Who is banned is told nothing."""

    desk: BotDesk

    async def recharge(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """A top-up that its owner looks at: one message that follows it."""
        found = await self._recharge(delivery)
        if found is None:
            return None
        html, keyboard = self._drawn(*found)
        return calls.text(html, keyboard=keyboard)

    async def recharge_redrawn(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """A top-up, where a button was pressed."""
        found = await self._recharge(delivery)
        message_id = (delivery.payload or {}).get("messageId")
        if found is None or not isinstance(message_id, int):
            return None
        html, keyboard = self._drawn(*found)
        return calls.edit_text(message_id, html, keyboard=keyboard)

    async def recharge_fact(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """That money came, or what was decided about it; nothing once something else is so."""
        found = await self._recharge(delivery)
        if found is None or found[0].status is not RechargeStatus(_last_part(delivery)):
            return None
        html, keyboard = self._drawn(*found)
        return calls.text(html, keyboard=keyboard, silent=self._is_quiet(found[1]))

    async def withdrawal_fact(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """How far a withdrawal has come; nothing once it has come further."""
        reader = await self._reader(delivery)
        if reader is None or delivery.subject_id is None:
            return None
        try:
            view = await self.desk.withdrawals.get(reader.user_id, delivery.subject_id)
        except NotFound:
            return None
        if view.status is not ShownStatus(_last_part(delivery)):
            return None
        locale = reader.locale
        html, keyboard = withdrawal_message(
            view, locale, self.desk.page(locale, "account/withdraw")
        )
        return calls.text(html, keyboard=keyboard, silent=self._is_quiet(reader))

    async def commission_fact(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """What a link has earned on one day."""
        reader = await self._reader(delivery)
        if reader is None:
            return None
        day, locale = date.fromisoformat(_last_part(delivery)), reader.locale
        today = self.desk.clock.now().date()
        if not timedelta() < today - day <= timedelta(days=7):
            return None
        invite = await self.desk.invites.read(reader.user_id, days=(today - day).days + 1)
        earned = next((each.earned_micro for each in invite.days if each.day == day), MicroUsdt(0))
        if earned <= 0:
            return None
        html = lines(
            bold(
                t(
                    locale,
                    "Your link earned {amount} on {day}",
                    amount=money(locale, earned),
                    # A message may be late: it does not say "yesterday".
                    day=short_day(locale, day),
                )
            ),
            safe(
                t(
                    locale,
                    "Available now: {amount}",
                    amount=money(locale, invite.purse.available),
                )
            ),
        )
        page = link(t(locale, "Open your invite page"), self.desk.page(locale, "invite"))
        return calls.text(html, keyboard=rows(page), silent=self._is_quiet(reader))

    async def _recharge(self, delivery: ClaimedDelivery) -> tuple[RechargeView, Reader] | None:
        reader = await self._reader(delivery)
        if reader is None or delivery.subject_id is None:
            return None
        try:
            view = await self.desk.recharges.get(reader.user_id, delivery.subject_id)
        except NotFound:
            return None
        return view, reader

    async def _reader(self, delivery: ClaimedDelivery) -> Reader | None:
        async with self.desk.database.connection() as connection:
            reader = await find_reader(connection, delivery.recipient)
        return None if reader is None or reader.is_banned else reader

    def _drawn(self, view: RechargeView, reader: Reader) -> tuple[str, Keyboard]:
        html, keyboard = recharge_message(
            view,
            locale=reader.locale,
            now=self.desk.clock.now(),
            dust=dust(),
            page=self.desk.page(reader.locale, f"account/topup/{view.id}"),
        )
        wish = view.wish
        if view.status is RechargeStatus.CREDITED and wish is not None:
            catalog = self.desk.catalog.current
            service = catalog.find_service(wish.service)
            if service is not None:
                label = t(reader.locale, "Back to buying: {service}", service=service.name)
                wanted = act(label, "r", wish.service, wish.country, 1)
                keyboard = [[wanted], *keyboard]
        return html, keyboard

    def _is_quiet(self, reader: Reader) -> bool:
        return reader.chat.is_quiet(self.desk.clock.now())


def _last_part(delivery: ClaimedDelivery) -> str:
    """What the key says that it tells."""
    return delivery.key.rpartition(":")[2]
