"""The visitor's API keys: made, shown once, listed, revoked."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from jiema_app.domain.api_keys.service import NAME_LENGTH_MAX, ApiKeyView
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.i18n.formats import day_and_time, iso_time, number
from jiema_app.i18n.translation import t
from jiema_app.site.states.member_page import MemberPage
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import locale_of


@dataclass(frozen=True, slots=True)
class ApiKeyRow:
    """A key in the reader's words. Without a last use, ``used`` is empty."""

    id: str
    name: str
    prefix: str
    since: str
    since_text: str
    used: str
    used_text: str


def api_key_row(locale: str, key: ApiKeyView) -> ApiKeyRow:
    """Put a key into words."""
    used = key.last_used_at
    return ApiKeyRow(
        id=key.id,
        name=key.name,
        prefix=key.prefix,
        since=iso_time(key.created_at),
        since_text=day_and_time(locale, key.created_at),
        used="" if used is None else iso_time(used),
        used_text=t(locale, "Never") if used is None else day_and_time(locale, used),
    )


class ApiKeysState(MemberPage, rx.State):
    """The list, and the one moment at which a key itself is shown."""

    rows: list[ApiKeyRow] = []  # noqa: RUF012 - Reflex copies it for each browser
    usage: str = ""
    is_full: bool = False
    token: str = ""
    """The fresh key, from its creation until its panel is closed or the page loads again."""
    token_title: str = ""
    form_number: int = 0
    """Each creation begins with an empty form."""
    name_problem: str = ""
    problem: str = ""
    done: str = ""

    async def _show(self, visitor: Visitor) -> None:
        locale, most = locale_of(self), page_services().api_keys.active_max
        keys = await page_services().api_keys.list_active(visitor.user_id)
        self.rows = [api_key_row(locale, key) for key in keys]
        self.is_full = len(keys) >= most
        self.usage = t(
            locale,
            "{used} of {most} in use",
            used=number(locale, len(keys)),
            most=number(locale, most),
        )

    @rx.event
    async def load(self) -> None:
        """Read the page. A key that was shown is not shown again."""
        self._put_away_secrets()
        self.done = ""
        await self._read_if_allowed()

    @rx.event
    async def create(self, form: dict[str, Any]) -> None:
        """Make a key and show it, once."""
        if self.token:
            return  # A second click on "Create": its key would replace one nobody has read.
        self.done = self.problem = ""
        locale = locale_of(self)

        async def make(visitor: Visitor) -> None:
            made = await page_services().api_keys.create(visitor.user_id, str(form.get("name", "")))
            self.token = made.token
            self.token_title = t(locale, "Your new key: {name}", name=made.key.name)
            self.form_number += 1

        self.name_problem = await self._attempt(
            make,
            t(locale, "Use 1 to {most} visible characters.", most=NAME_LENGTH_MAX),
        )
        await self._read()
        if self.name_problem and self.is_full:
            self.name_problem = t(
                locale, "You've reached the limit of active keys. Revoke one to create another."
            )

    def _refuse(self, words: str) -> None:
        self.done, self.name_problem = "", words

    @rx.event
    def put_away(self) -> None:
        """Stop showing the fresh key, for good."""
        self._put_away_secrets()

    def _put_away_secrets(self) -> None:
        self.token = self.token_title = ""

    @rx.event
    async def revoke(self, key: str) -> None:
        """End a key."""
        self.done = ""
        self.problem = await self._attempt(
            lambda visitor: page_services().api_keys.revoke(visitor.user_id, str(key)),
            is_counted=False,
        )
        if not self.problem:
            self.done = t(
                locale_of(self), "Key revoked. Programs that use it no longer have access."
            )
        await self._read()
