"""The invite page: somebody's link, what it did, and what that earned."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import reflex as rx

from jiema_app.domain import ids
from jiema_app.domain.errors import BadRequest
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.sealed_places import SEALED_MAX
from jiema_app.domain.units import UserId
from jiema_app.i18n.translation import t
from jiema_app.site.shop.invite.chart_display import Chart, earnings_chart
from jiema_app.site.shop.invite.display import (
    LinkCard,
    MovementRow,
    PendingRow,
    PersonRow,
    PurseCard,
    Step,
    Ways,
    funnel_steps,
    link_card,
    movement_rows,
    pending_rows,
    person_rows,
    purse_card,
)
from jiema_app.site.states.live_pages import commission_topic
from jiema_app.site.states.member_page import MemberPage
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import is_mini_app, locale_of

ROWS: Final = 8
"""Of each list."""

PERIODS: Final = (30, 90)
"""Days that the chart can show; the first unless the address says otherwise."""
DAYS: Final = "days"
PEOPLE: Final = "people"
PENDING: Final = "pending"
MOVEMENTS: Final = "earnings"
"""Parts of the page's address: the chart's days, and after which row a list goes on. The names of
lists are also where they stand on the page."""

P = TypeVar("P")


class InviteState(MemberPage, rx.State):
    """What the page shows of its visitor. What it tells everybody is written by the server."""

    link: LinkCard = LinkCard()
    purse: PurseCard = PurseCard()
    steps: list[Step] = []  # noqa: RUF012 - Reflex copies it for each browser
    chart: Chart = Chart()
    days: int = PERIODS[0]
    people: list[PersonRow] = []  # noqa: RUF012 - Reflex copies it for each browser
    people_ways: Ways = Ways()
    pending: list[PendingRow] = []  # noqa: RUF012 - Reflex copies it for each browser
    pending_ways: Ways = Ways()
    movements: list[MovementRow] = []  # noqa: RUF012 - Reflex copies it for each browser
    movements_ways: Ways = Ways()
    move_key: str = ""
    """Names the next request to move something, where no script gives it a name."""

    def _topics(self, user: UserId) -> set[str]:
        return {f"user:{user}", commission_topic(user)}

    async def _show(self, visitor: Visitor) -> None:
        locale, invites = locale_of(self), page_services().invites
        user = visitor.user_id
        wanted = self.router.url.query_parameters.get(DAYS, "")
        self.days = next((days for days in PERIODS if str(days) == wanted), PERIODS[0])
        invite = await invites.read(user, days=self.days)
        self.link = link_card(
            invite.code,
            locale,
            is_suspended=invite.is_suspended,
            in_telegram=is_mini_app(self),
        )
        self.purse = purse_card(invite.purse, locale)
        self.steps = funnel_steps(invite.funnel, locale)
        self.chart = earnings_chart(invite.days, locale)
        self.move_key = ids.new_id()
        people, self.people_ways = await self._list(PEOPLE, user, invites.list_people)
        self.people = person_rows(people.people if people else (), locale)
        pending, self.pending_ways = await self._list(PENDING, user, invites.list_pending)
        self.pending = pending_rows(pending.pending if pending else (), locale)
        moved, self.movements_ways = await self._list(MOVEMENTS, user, invites.list_movements)
        self.movements = movement_rows(moved.movements if moved else (), locale)

    async def _list(
        self, name: str, user: UserId, read: Callable[..., Awaitable[P]]
    ) -> tuple[P | None, Ways]:
        """A page of a list as the address asks for it, and where the list goes on."""
        locale = locale_of(self)
        before = self.router.url.query_parameters.get(name)
        newest = "" if before is None else self._way(name, None)
        try:
            page: Any = await read(user, limit=ROWS, cursor=before)
        except BadRequest:
            problem = t(locale, "This page of the list doesn't exist.")
            return None, Ways(newest=newest, problem=problem)
        older = "" if page.next_cursor is None else self._way(name, page.next_cursor)
        return page, Ways(older=older, newest=newest)

    def _way(self, name: str, cursor: str | None) -> str:
        """Address of this page with one list at another place, and all else as it is."""
        said = {} if self.days == PERIODS[0] else {DAYS: str(self.days)}
        query = self.router.url.query_parameters
        for each in (PEOPLE, PENDING, MOVEMENTS):
            place = cursor if each == name else query.get(each)
            if place is not None:
                said[each] = str(place)[:SEALED_MAX]
        tail = f"?{urlencode(said)}" if said else ""
        return f"/{locale_of(self)}/invite{tail}#{name}"
