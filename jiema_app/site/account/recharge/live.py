"""A recharge for a browser without scripts, which could not draw it itself."""

from datetime import datetime

from jiema_app.domain.recharges.notes import NOTES_MAX, WORDS_MAX
from jiema_app.domain.recharges.review_times import ReviewTime
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.units import MicroUsdt, UserId
from jiema_app.i18n.formats import day_and_time
from jiema_app.i18n.recharge_stages import dust
from jiema_app.i18n.translation import t, words_locale
from jiema_app.site.account.recharge.display import recharge_card
from jiema_app.site.account.recharge.note_refusals import note_refusals
from jiema_app.site.pages.member_parts import MemberPart
from jiema_app.site.pages.rendering import render
from jiema_app.site.states.page_services import page_services


async def recharge_of(user_id: UserId, recharge_id: str, locale: str) -> str:
    """A user's recharge, written for them.

    Raises:
        NotFound: It is nobody's, or somebody else's.
    """
    services = page_services()
    view = await services.recharges.get(user_id, recharge_id)
    return recharge_html(
        view,
        locale=locale,
        now=services.clock.now(),
        dust=dust(),
        final_after=services.recharges.final_after,
        usual=await services.recharges.review_time(view),
    )


def recharge_html(
    view: RechargeView,
    *,
    locale: str,
    now: datetime,
    dust: MicroUsdt,
    final_after: int,
    usual: ReviewTime | None = None,
) -> str:
    """How to pay a recharge, and what has become of it; see ``recharge_card``."""
    card = recharge_card(
        view, locale=locale, now=now, dust=dust, final_after=final_after, usual=usual
    )
    return render(
        "account/recharge/without_script.jinja",
        locale,
        card=card,
        title=card.title,
        refusals=note_refusals(locale),
        notes_max=NOTES_MAX,
        words_max=WORDS_MAX,
        closes=day_and_time(words_locale(locale), view.closes_at),
    )


RECHARGE_PART = MemberPart(recharge_of, lambda locale: t(locale, "Top-up not found"))
