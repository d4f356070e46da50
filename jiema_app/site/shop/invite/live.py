"""What inviting pays and by which rules, for everybody; and a member's own part without scripts.

What it pays is decided while the shop runs, so the server writes it when it serves the page.
"""

from typing import Final

from jiema_app.domain import ids
from jiema_app.domain.catalog.earning_terms import EarningTerms
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.referrals.attribution import LIFE
from jiema_app.domain.units import MicroUsdt, UserId
from jiema_app.i18n.formats import basis_points, duration, money
from jiema_app.i18n.locale_list import language_tag
from jiema_app.i18n.translation import t, words_locale
from jiema_app.settings import get_settings
from jiema_app.site.account.withdraw_address import withdraw_page
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.member_parts import MemberPart
from jiema_app.site.pages.rendering import render
from jiema_app.site.pages.structured_data import CONTEXT, JsonLd, breadcrumbs, url_of
from jiema_app.site.shop.invite.chart_display import BAR, earnings_chart
from jiema_app.site.shop.invite.display import (
    funnel_steps,
    link_card,
    movement_rows,
    pending_rows,
    person_rows,
    purse_card,
)
from jiema_app.site.shop.invite.refusals import MOVED, move_refusals
from jiema_app.site.states.page_services import page_services

EXAMPLE_MICRO: Final = MicroUsdt(20_000_000)
"""What somebody spends in the example."""

SHOWN_DAYS: Final = 30
SHOWN_ROWS: Final = 25
"""Without scripts, of each list."""


def invite_part(catalog: Catalog, locale: str, _part: str) -> LivePart:
    """The live part of the page."""
    terms, words = catalog.earning, words_locale(locale)
    description = _description(terms, words)
    figures = _figures(terms, words)
    return LivePart(
        slots={
            "invite-lead": render(
                "shop/invite/lead.jinja", locale, is_paid=terms.commission_bp > 0, **figures
            ),
            "invite-about": render(
                "shop/invite/about.jinja",
                locale,
                is_paid=terms.commission_bp > 0,
                support=get_settings().contact.support,
                **figures,
            ),
        },
        description=description,
        json_ld=(
            _web_page(locale, words, description),
            breadcrumbs(locale, (t(words, "Invite & earn"), "invite")),
        ),
    )


async def own_invite(user_id: UserId, _part: str, locale: str) -> str:
    """A user's link and what came of it, written for them."""
    invites, words = page_services().invites, words_locale(locale)
    invite = await invites.read(user_id, days=SHOWN_DAYS)
    people = await invites.list_people(user_id, limit=SHOWN_ROWS, cursor=None)
    pending = await invites.list_pending(user_id, limit=SHOWN_ROWS, cursor=None)
    moved = await invites.list_movements(user_id, limit=SHOWN_ROWS, cursor=None)
    return render(
        "shop/invite/without_script.jinja",
        locale,
        link=link_card(invite.code, words, is_suspended=invite.is_suspended),
        purse=purse_card(invite.purse, words),
        steps=funnel_steps(invite.funnel, words),
        chart=earnings_chart(invite.days, words),
        bar=BAR,
        people=person_rows(people.people, words),
        pending=pending_rows(pending.pending, words),
        movements=movement_rows(moved.movements, words),
        key=ids.new_id(),
        withdraw=withdraw_page(locale, is_plain=True),
        moved=MOVED,
        refusals=move_refusals(words),
    )


INVITE_PART = MemberPart(own_invite, lambda locale: t(locale, "Page not found"))


def _figures(terms: EarningTerms, words: str) -> dict[str, object]:
    return {
        "percent": basis_points(words, terms.commission_bp),
        "spent": money(words, EXAMPLE_MICRO),
        "earned": money(words, MicroUsdt(EXAMPLE_MICRO * terms.commission_bp // 10_000)),
        "least": money(words, terms.amount_min_micro),
        "fee": basis_points(words, terms.fee_bp) if terms.fee_bp else "",
        "fee_least": money(words, terms.fee_min_micro) if terms.fee_min_micro else "",
        "link_time": duration(words, int(LIFE.total_seconds())),
    }


def _description(terms: EarningTerms, words: str) -> str | None:
    if not terms.commission_bp:
        return None
    return t(
        words,
        "Share your personal link. When people who joined through it buy numbers, you earn "
        "{percent} of what they pay. Move it to your balance or withdraw it in USDT.",
        percent=basis_points(words, terms.commission_bp),
    )


def _web_page(locale: str, words: str, description: str | None) -> JsonLd:
    return {
        "@context": CONTEXT,
        "@type": "WebPage",
        "name": t(words, "Invite & earn"),
        **({"description": description} if description else {}),
        "url": url_of(locale, "invite"),
        "inLanguage": language_tag(words),
        "publisher": {"@id": f"{get_settings().origin}/#organization"},
    }
