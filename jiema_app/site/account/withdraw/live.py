"""The page to withdraw for a browser without scripts: both steps of it, and what became of all."""

from collections.abc import Sequence
from urllib.parse import urlencode

from jiema_app.domain.units import MicroUsdt
from jiema_app.domain.withdrawals.draft_views import Fault, TypedWithdrawal
from jiema_app.i18n.withdrawal_refusals import fault_words
from jiema_app.settings import get_settings
from jiema_app.site.account.withdraw.form_display import draft_card
from jiema_app.site.account.withdraw.form_state import FIRST_SOURCE
from jiema_app.site.account.withdraw.reading import Overview, read_overview
from jiema_app.site.account.withdraw.refusals import (
    CANCELLED,
    fault_field,
    notices,
)
from jiema_app.site.account.withdraw_address import BEFORE, DRAFT, PLAIN, withdraw_page
from jiema_app.site.pages.member_parts import Asked, AskedPart
from jiema_app.site.pages.rendering import render
from jiema_app.site.states.page_services import page_services

NOTHING_TYPED = TypedWithdrawal(address="", amount="", source=FIRST_SOURCE)


async def own_withdrawals(asked: Asked, locale: str) -> str:
    """A user's page to withdraw, written for them."""
    services, user = page_services(), asked.visitor.user_id
    found = await read_overview(user, asked.query.get(BEFORE), locale)
    sealed = asked.query.get(DRAFT, "")
    resumed = None
    if sealed and not found.latest.is_open and not found.paused:
        resumed = await services.withdrawal_drafts.resume(user, sealed)
    draft, carried = None, ""
    if resumed is not None and resumed.draft is not None:
        # What is confirmed is what stands here, by the fee of now.
        carried = services.withdrawal_drafts.carry(user, resumed.draft)
        draft = draft_card(resumed.draft, sealed=carried, locale=locale)
    back = withdraw_page(locale, carried, is_plain=True)
    return render(
        "account/withdraw/without_script.jinja",
        locale,
        step=found.step(has_draft=draft is not None),
        found=found,
        draft=draft,
        typed=NOTHING_TYPED if resumed is None else resumed.typed,
        problems={} if resumed is None else _problems(found, resumed.faults, locale),
        must_sign_in=services.withdrawals.must_sign_in_again(asked.visitor.signed_in_at),
        ways_in=[
            (provider, f"/api/auth/{provider}?{urlencode({'next': back})}")
            for provider in get_settings().sign_in_providers
        ],
        older=_older(found, locale),
        is_older=BEFORE in asked.query,
        cancelled=CANCELLED,
        notices=notices(locale),
    )


WITHDRAW_PART = AskedPart(own_withdrawals)


def _problems(
    found: Overview, faults: Sequence[tuple[Fault, MicroUsdt | None]], locale: str
) -> dict[str, str]:
    """What is wrong, by the field that it is about; by nothing where it is about none."""
    return {
        fault_field(fault): fault_words(fault, figure, found.rules, locale)
        for fault, figure in faults
    }


def _older(found: Overview, locale: str) -> str:
    if found.next_cursor is None:
        return ""
    return f"{withdraw_page(locale)}?{PLAIN}&{urlencode({BEFORE: found.next_cursor})}"
