"""The statement: every movement on the visitor's balance."""

from typing import Final
from urllib.parse import urlencode

import reflex as rx

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.i18n.formats import money
from jiema_app.i18n.translation import t
from jiema_app.site.account.statement_lines import StatementRow, statement_row
from jiema_app.site.states.member_page import MemberPage
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import locale_of

PAGE_LINES: Final = 25

BEFORE: Final = "before"
"""The part of a page's address that says which lines it begins after."""


class StatementState(MemberPage, rx.State):
    """One page of the statement. Which one stands in its address."""

    rows: list[StatementRow] = []  # noqa: RUF012 - Reflex copies it for each browser
    balance: str = ""
    older: str = ""
    """Address of the page of older lines; empty on the last."""
    has_newer: bool = False
    problem: str = ""

    async def _show(self, visitor: Visitor) -> None:
        locale = locale_of(self)
        before = self.router.url.query_parameters.get(BEFORE)
        account = await page_services().identity.get_account(visitor.user_id)
        self.balance = money(locale, account.balance_micro)
        self.problem = self.older = ""
        self.has_newer = False
        try:
            page = await page_services().statement.list_lines(
                visitor.user_id, limit=PAGE_LINES, cursor=before
            )
        except BadRequest:
            self.rows = []
            self.problem = t(locale, "This statement page doesn't exist.")
            return
        self.has_newer = before is not None
        catalog = page_services().catalog.current
        self.rows = [statement_row(locale, line, catalog) for line in page.lines]
        if page.next_cursor is not None:
            query = urlencode({BEFORE: page.next_cursor})
            self.older = f"/{locale}/account/statement?{query}"
