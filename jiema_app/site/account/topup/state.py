"""The page to top up: what is open, and every recharge there was."""

from typing import Final
from urllib.parse import urlencode

import reflex as rx

from jiema_app.domain.catalog.routes import read_route
from jiema_app.domain.errors import BadRequest
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.i18n.formats import money, usdt
from jiema_app.i18n.recharge_stages import dust
from jiema_app.i18n.translation import t
from jiema_app.settings import get_settings
from jiema_app.site.account.topup.display import RechargeRow, recharge_row
from jiema_app.site.account.topup_address import WISH
from jiema_app.site.account.wish import WishCard, wish_card
from jiema_app.site.states.live_pages import orders_topic
from jiema_app.site.states.member_page import MemberPage
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import locale_of

PAGE_ROWS: Final = 20

BEFORE: Final = "before"
"""The part of a page's address that says which recharges it begins after."""


class TopUpState(MemberPage, rx.State):
    """What is a visitor's own on the page. The form is the same for everybody."""

    balance: str = ""
    rows: list[RechargeRow] = []  # noqa: RUF012 - Reflex copies it for each browser
    open_href: str = ""
    """Address of the recharge that is open; empty when none is."""
    open_amount: str = ""
    open_until: int = 0
    older: str = ""
    """Address of the page of older ones; empty on the last."""
    has_newer: bool = False
    problem: str = ""
    wish: WishCard = WishCard()

    async def _show(self, visitor: Visitor) -> None:
        locale, recharges = locale_of(self), page_services().recharges
        account = await page_services().identity.get_account(visitor.user_id)
        self.balance = money(locale, account.balance_micro)
        catalog = page_services().catalog.current
        wish = read_route(catalog, str(self.router.url.query_parameters.get(WISH, "")))
        self.wish = wish_card(
            wish, locale=locale, balance=account.balance_micro, rules=get_settings().recharge
        )
        self._show_open(await recharges.find_open(visitor.user_id), visitor)
        self.problem = self.older = ""
        self.has_newer = False
        before = self.router.url.query_parameters.get(BEFORE)
        try:
            page = await recharges.list_own(visitor.user_id, limit=PAGE_ROWS, cursor=before)
        except BadRequest:
            self.rows = []
            self.problem = t(locale, "This page of the list doesn't exist.")
            return
        self.has_newer = before is not None
        now = page_services().clock.now()
        self.rows = [
            recharge_row(view, locale=locale, now=now, dust=dust()) for view in page.recharges
        ]
        if page.next_cursor is not None:
            query = urlencode({BEFORE: page.next_cursor})
            self.older = f"/{locale}/account/topup?{query}"

    def _show_open(self, recharge: RechargeView | None, visitor: Visitor) -> None:
        self.open_href = self.open_amount = ""
        self.open_until = 0
        topics = {f"user:{visitor.user_id}", orders_topic(visitor.user_id)}
        if recharge is not None:
            self.open_href = f"/{locale_of(self)}/account/topup/{recharge.id}"
            self.open_amount = usdt(recharge.amount_micro)
            self.open_until = int(recharge.closes_at.timestamp())
            topics.add(f"recharge:{recharge.id}")
        page_services().live.watch(topics, self.router.session.client_token, TopUpState)
