"""A recharge as a line of the list: every word and figure in the page's language."""

from dataclasses import dataclass
from datetime import datetime

from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.units import MicroUsdt
from jiema_app.i18n.formats import day_and_time, iso_time, usdt
from jiema_app.i18n.recharge_stages import (
    LIVELY,
    ODDITY_WORDS,
    STAGE_MOODS,
    STAGE_WORDS,
    stage_of,
)
from jiema_app.site.components.status_badge import StatusLine


@dataclass(frozen=True, slots=True, kw_only=True)
class RechargeRow(StatusLine):
    """One recharge in a list."""

    href: str = ""
    amount: str = ""
    received: str = ""
    oddity: str = ""
    at: str = ""
    at_text: str = ""


def recharge_row(view: RechargeView, *, locale: str, now: datetime, dust: MicroUsdt) -> RechargeRow:
    """What a list shows of a recharge."""
    stage = stage_of(view, now, dust)
    return RechargeRow(
        id=view.id,
        href=f"/{locale}/account/topup/{view.id}",
        amount=usdt(view.amount_micro),
        received=usdt(view.received_micro) if view.received_micro else "",
        status_word=STAGE_WORDS[stage](locale),
        mood=STAGE_MOODS[stage],
        is_waiting=stage in LIVELY,
        oddity="" if view.oddity is None else ODDITY_WORDS[view.oddity](locale),
        at=iso_time(view.created_at),
        at_text=day_and_time(locale, view.created_at),
    )
