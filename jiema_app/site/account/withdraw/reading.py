"""What the page reads of its visitor, whoever draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jiema_app.domain.units import UserId
from jiema_app.domain.withdrawals.terms import Rules
from jiema_app.i18n.withdrawal_refusals import paused_words
from jiema_app.site.account.withdraw.display import WithdrawalCard, withdrawal_card
from jiema_app.site.account.withdraw.form_display import (
    PurseCard,
    RulesCard,
    purse_card,
    rules_card,
)
from jiema_app.site.states.page_services import page_services

PAGE_ROWS: Final = 20

FORM: Final = "form"
CONFIRM: Final = "confirm"
ASKED: Final = "asked"
OPEN: Final = "open"
PAUSED: Final = "paused"
TOO_LITTLE: Final = "too-little"
"""What the page asks for: a form to be filled in, a draft to be confirmed, an answer that is to be
given elsewhere; or nothing, and why."""


@dataclass(frozen=True, slots=True)
class Overview:
    """What there is, by which rules, and all there was.

    Attributes:
        latest: The open one, or the one that ended last; without an id where there is none.
        next_cursor: Where the list goes on.
        paused: Why there is no form; empty while withdrawals are open.
    """

    rules: Rules
    rules_card: RulesCard
    purse: PurseCard
    latest: WithdrawalCard
    rows: Sequence[WithdrawalCard]
    next_cursor: str | None
    paused: str

    def step(self, *, has_draft: bool) -> str:
        """What the page asks for."""
        if self.latest.is_open:
            return OPEN
        if self.paused:
            return PAUSED
        if has_draft:
            return CONFIRM
        return TOO_LITTLE if self.purse.too_little else FORM


async def read_overview(user: UserId, before: str | None, locale: str) -> Overview:
    """Read it.

    Args:
        user: Whose page it is.
        before: Which withdrawals the list begins after; None: the newest.
        locale: Of the page.

    Raises:
        NotFound: There is no such user.
    """
    services = page_services()
    now, usual_s = services.clock.now(), await services.decision_times.usual_s()
    rules = (await services.withdrawal_terms.current()).rules
    account = await services.identity.get_account(user)
    purse = await services.commissions.purse(user)
    open_one = await services.withdrawals.find_open(user)
    page = await services.withdrawals.list_own(user, limit=PAGE_ROWS, cursor=before)
    latest = open_one
    if latest is None and before is None and page.withdrawals:
        latest = page.withdrawals[0]
    return Overview(
        rules=rules,
        rules_card=rules_card(rules, locale),
        purse=purse_card(purse, account.balance_micro, rules, locale),
        latest=WithdrawalCard()
        if latest is None
        else withdrawal_card(latest, locale=locale, now=now, usual_s=usual_s),
        rows=[withdrawal_card(one, locale=locale, now=now) for one in page.withdrawals],
        next_cursor=page.next_cursor,
        paused="" if services.withdrawals.is_open else paused_words(locale),
    )
