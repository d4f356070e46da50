"""The account at a glance: balance, latest movements, name, language."""

from typing import Any, Final

import reflex as rx

from jiema_app.domain.identity.service import DISPLAY_NAME_MAX
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.units import UserId
from jiema_app.i18n.formats import money
from jiema_app.i18n.locale_list import NATIVE_NAMES
from jiema_app.i18n.translation import t
from jiema_app.site.account.statement_lines import StatementRow, statement_rows
from jiema_app.site.states.live_pages import commission_topic
from jiema_app.site.states.member_page import MemberPage
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import locale_of

RECENT_LINES: Final = 5


class AccountState(MemberPage, rx.State):
    """What the account page shows, and the two things that can be changed on it."""

    balance: str = ""
    commission: str = ""
    pending_commission: str = ""
    """Empty while none is pending."""
    name: str = ""
    lang: str = ""
    recent: list[StatementRow] = []  # noqa: RUF012 - Reflex copies it for each browser
    name_problem: str = ""
    name_done: str = ""
    lang_problem: str = ""
    lang_done: str = ""
    lang_offer: str = ""
    """The language that was chosen, when this page is in another one."""
    lang_offer_text: str = ""

    def _topics(self, user: UserId) -> set[str]:
        return {*super()._topics(user), commission_topic(user)}

    async def _show(self, visitor: Visitor) -> None:
        locale = locale_of(self)
        account = await page_services().identity.get_account(visitor.user_id)
        page = await page_services().statement.list_lines(
            visitor.user_id, limit=RECENT_LINES, cursor=None
        )
        catalog = page_services().catalog.current
        self.balance = money(locale, account.balance_micro)
        self.commission = money(locale, account.commission_micro)
        pending = account.pending_commission_micro
        self.pending_commission = money(locale, pending) if pending else ""
        self.name, self.lang = account.display_name, account.lang
        self.recent = statement_rows(locale, page.lines, catalog)

    @rx.event
    async def rename(self, form: dict[str, Any]) -> None:
        """Take another name."""
        self.name_done = ""
        locale, wish = locale_of(self), str(form.get("name", ""))

        async def rename(visitor: Visitor) -> None:
            self.name = await page_services().identity.rename(visitor.user_id, wish)

        self.name_problem = await self._attempt(
            rename,
            t(locale, "Use 1 to {most} visible characters.", most=DISPLAY_NAME_MAX),
        )
        if not self.name_problem:
            self.name_done = t(locale, "Saved.")

    @rx.event
    async def choose_language(self, form: dict[str, Any]) -> None:
        """Take another language for what we send, and offer this page in it."""
        self.lang_done = self.lang_offer = ""
        lang, locale = str(form.get("lang", "")), locale_of(self)
        self.lang_problem = await self._attempt(
            lambda visitor: page_services().identity.set_lang(visitor.user_id, lang),
            t(locale, "Choose a language from the list."),
        )
        if not self.lang_problem:
            self.lang, self.lang_done = lang, t(locale, "Saved.")
            self.lang_offer = lang if lang != locale else ""
            self.lang_offer_text = t(
                locale, "Switch the site to {language} too", language=NATIVE_NAMES[lang]
            )
