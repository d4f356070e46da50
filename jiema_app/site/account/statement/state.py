"""The statement: every movement on the visitor's balance or commission, or what the address wants."""

from typing import Final
from urllib.parse import urlencode

import reflex as rx

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.ledger.accounts import UserAccount
from jiema_app.domain.ledger.statement import EVERYTHING, StatementSums
from jiema_app.domain.ledger.statement_filter import (
    ACCOUNT,
    StatementFilter,
    filter_parameters,
    parse_filter,
)
from jiema_app.domain.units import UserId
from jiema_app.i18n.formats import money
from jiema_app.i18n.translation import t
from jiema_app.site.account.filter_choices import Choices, choices
from jiema_app.site.account.statement.display import (
    Month,
    Share,
    SumsShown,
    spending,
    sums_shown,
)
from jiema_app.site.account.statement_lines import StatementRow, statement_rows
from jiema_app.site.states.live_pages import commission_topic
from jiema_app.site.states.member_page import MemberPage
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import locale_of

PAGE_LINES: Final = 25

BEFORE: Final = "before"
"""The part of a page's address that says which lines it begins after."""

CSV_ADDRESS: Final = "/api/shop/statement.csv"


class StatementState(MemberPage, rx.State):
    """One page of the statement. Which one, and of which lines, stands in its address."""

    rows: list[StatementRow] = []  # noqa: RUF012 - Reflex copies it for each browser
    balance: str = ""
    """Of the account whose statement it is."""
    account: str = ""
    """Which one, as the address says it; empty for what they may order with."""
    older: str = ""
    """Address of the page of older lines; empty on the last."""
    newest: str = ""
    """Address of the newest lines; empty on their page."""
    csv: str = CSV_ADDRESS
    """Address of what is shown as a file; empty when that is nothing that could be meant."""
    problem: str = ""
    filter: rx.Field[Choices] = rx.field(default_factory=Choices)
    is_filtered: bool = False
    sums: rx.Field[SumsShown] = rx.field(default_factory=SumsShown)
    months: rx.Field[list[Month]] = rx.field(default_factory=list)
    services: rx.Field[list[Share]] = rx.field(default_factory=list)

    def _topics(self, user: UserId) -> set[str]:
        return {*super()._topics(user), commission_topic(user)}

    async def _show(self, visitor: Visitor) -> None:
        locale, desk = locale_of(self), page_services()
        catalog, query = desk.catalog.current, self.router.url.query_parameters
        account = await desk.identity.get_account(visitor.user_id)
        self.problem = self.older = self.newest = ""
        self.rows, self.months, self.services = [], [], []
        try:
            wanted = parse_filter(query, catalog)
        except BadRequest:
            wanted, self.csv = EVERYTHING, ""
            self.problem = t(locale, "This filter isn't valid. Clear it and choose again.")
        else:
            self.csv = _address(CSV_ADDRESS, filter_parameters(wanted, catalog))
        is_commission = wanted.account is UserAccount.COMMISSION
        self.account = filter_parameters(wanted, catalog).get(ACCOUNT, "")
        self.balance = money(
            locale, account.commission_micro if is_commission else account.balance_micro
        )
        self.is_filtered = not wanted.is_everything
        if not self.problem:
            await self._show_lines(visitor, wanted)

    async def _show_lines(self, visitor: Visitor, wanted: StatementFilter) -> None:
        locale, desk = locale_of(self), page_services()
        catalog, before = desk.catalog.current, self.router.url.query_parameters.get(BEFORE)
        said = filter_parameters(wanted, catalog)
        self.filter = choices(
            locale,
            wanted,
            bought=await desk.order_history.list_bought(visitor.user_id),
            keys=await desk.api_keys.list_all(visitor.user_id),
            catalog=catalog,
        )
        try:
            page = await desk.statement.list_lines(
                visitor.user_id, limit=PAGE_LINES, cursor=before, wanted=wanted
            )
        except BadRequest:
            self.problem = t(locale, "This statement page doesn't exist.")
            return
        sums = await self._add_up(visitor.user_id, wanted)
        self.sums = sums_shown(locale, sums)
        if wanted.kind is None and not self.account:
            self.months, self.services = spending(locale, sums.spending, catalog)
        self.rows = statement_rows(locale, page.lines, catalog)
        own_address = f"/{locale}/account/statement"
        if before is not None:
            self.newest = _address(own_address, said)
        if page.next_cursor is not None:
            self.older = _address(own_address, said | {BEFORE: page.next_cursor})

    async def _add_up(self, user: UserId, wanted: StatementFilter) -> StatementSums:
        """The sums: what was added up for this page before is not added up again."""
        is_same = self._summed_for == (user, wanted)
        sums = await page_services().statement.add_up(
            user, wanted, known=self._sums if is_same else None
        )
        self._sums, self._summed_for = sums, (user, wanted)
        return sums

    _sums: StatementSums | None = None
    _summed_for: tuple[UserId, StatementFilter] | None = None


def _address(path: str, said: dict[str, str]) -> str:
    return f"{path}?{urlencode(said)}" if said else path
