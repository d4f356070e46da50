"""The page of one recharge: how to pay, and what has become of it."""

import reflex as rx

from jiema_app.domain.catalog.routes import find_route
from jiema_app.domain.errors import AlreadyChanged, DomainError, NotOpen
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.recharges.review_times import ReviewTime
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.units import MicroUsdt
from jiema_app.i18n.formats import money
from jiema_app.i18n.recharge_stages import dust
from jiema_app.i18n.translation import t
from jiema_app.settings import get_settings
from jiema_app.site.account.recharge.display import RechargeCard, recharge_card
from jiema_app.site.account.recharge.wallet_links import trust_wallet_link
from jiema_app.site.account.wish import WishCard, wish_card
from jiema_app.site.states.owned_item import OwnedItem
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import locale_of


class RechargePage(OwnedItem, rx.State):
    """What a recharge's page shows."""

    recharge: RechargeCard = RechargeCard()
    balance_text: str = ""
    wish: WishCard = WishCard()
    """What its owner was about to buy; offered once it is credited."""
    is_sandbox: bool = False
    trust_wallet: str = ""
    """Opens Trust Wallet with the payment; empty where it would be play money."""
    """Whether the page offers to pay with play money."""

    @rx.event
    async def look(self) -> None:
        """Have the chain looked at now, for its owner says that they have paid."""
        if await self._attempt(page_services().recharges.look):
            self.good_news = t(
                locale_of(self),
                "We're checking now. This page will show your payment as soon as the "
                "network has it.",
            )

    @rx.event
    async def cancel(self) -> None:
        """Close the window before anything was paid."""
        if await self._attempt(page_services().recharges.cancel):
            await self._show_balance()

    def _explain(self, error: DomainError) -> str:
        if not isinstance(error, NotOpen | AlreadyChanged):
            return super()._explain(error)
        return t(
            locale_of(self),
            "This top-up has just changed, so it wasn't cancelled.",
        )

    def _topic(self) -> str:
        return f"recharge:{self._thing_id()}"

    async def _read(self, visitor: Visitor) -> None:
        recharge = await page_services().recharges.get(visitor.user_id, self._thing_id())
        account = await page_services().identity.get_account(visitor.user_id)
        locale = locale_of(self)
        self.balance_text = t(
            locale,
            "Your balance is now {balance}.",
            balance=money(locale, account.balance_micro),
        )
        self._show_wish(recharge, account.balance_micro)
        self._show(recharge, await page_services().recharges.review_time(recharge))

    def _show_wish(self, recharge: RechargeView, balance: MicroUsdt) -> None:
        wish, catalog = recharge.wish, page_services().catalog.current
        route = None if wish is None else find_route(catalog, wish.service, wish.country)
        self.wish = wish_card(
            route,
            locale=locale_of(self),
            balance=balance,
            rules=get_settings().recharge,
            wished_at=None if wish is None else wish.price_cents,
        )

    def _show(self, recharge: RechargeView, usual: ReviewTime | None) -> None:
        now = page_services().clock.now()
        before = self.recharge.stage if self.phase == "shown" else ""
        self.recharge = recharge_card(
            recharge,
            locale=locale_of(self),
            now=now,
            dust=dust(),
            final_after=page_services().recharges.final_after,
            usual=usual,
        )
        settings = get_settings()
        self.is_sandbox = settings.is_paid_in_play_money
        self.trust_wallet = ""
        if settings.env == "production":
            self.trust_wallet = trust_wallet_link(
                settings.tron.token_contract, self.recharge.address, self.recharge.amount_digits
            )
        self._mark_shown(now)
        if before and before != self.recharge.stage:
            self.good_news = ""
            self.announcement = self.recharge.headline
