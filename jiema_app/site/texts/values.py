"""What the long texts say in figures: settings, and what the catalogue holds today.

A figure that operations change stands here once, and changes on every page and in every language
with the restart that settings need.
"""

from collections.abc import Mapping
from decimal import Decimal

from jiema_app.domain.abuse_reports.service import SAME_S
from jiema_app.domain.catalog.earning_terms import EarningTerms
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.identity.mini_app_launch import LIFE
from jiema_app.domain.notifications import sweeping
from jiema_app.domain.referrals.marks import DEVICE_DAYS, KNOWN_DAYS
from jiema_app.domain.support import keeping
from jiema_app.domain.telegram import inbox
from jiema_app.domain.units import MicroUsdt, micro, micro_of
from jiema_app.i18n.formats import basis_points, countries, decimal, duration, money, number
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.settings import get_settings
from jiema_app.settings.values import DAY_S


def text_values(catalog: Catalog, locale: str) -> Mapping[str, object]:
    """Every value that a long text may name, as the language writes it.

    Args:
        catalog: Today's.
        locale: The language of the words.
    """
    return {
        **_rules(locale),
        **_telegram(locale),
        **_earning(catalog.earning, locale),
        **_ranges(locale),
        **_today(catalog, locale),
        **_names(locale),
    }


def _rules(locale: str) -> dict[str, object]:
    settings = get_settings()
    orders, recharges, limits = settings.orders, settings.recharge, settings.limits
    return {
        "window": duration(locale, orders.window_s),
        "retention": duration(locale, orders.retention_s),
        "more_codes": number(locale, orders.next_sms_max),
        "idempotency_time": duration(locale, orders.idempotency_retention_s),
        "payment_window": duration(locale, recharges.window_s),
        "topup_min": _money(locale, recharges.amount_min_usdt),
        "topup_max": _money(locale, recharges.amount_max_usdt),
        "review_time": duration(locale, recharges.review_promise_hours * 3600),
        "keys_max": number(locale, limits.api_keys),
        "read_limit": number(locale, limits.reads_per_minute),
        "write_limit": number(locale, limits.writes_per_minute),
        "open_orders": number(locale, limits.open_orders),
        "cancels_limit": number(locale, limits.cancels_per_hour),
        "session_time": duration(locale, settings.session.days * DAY_S),
        "session_max": duration(locale, settings.session.absolute_days * DAY_S),
        "ip_retention": duration(locale, settings.legal.access_log_days * DAY_S),
        "languages": number(locale, len(LOCALES)),
        "abuse_answer": duration(locale, settings.abuse.answer_hours * 3600),
        "abuse_same": duration(locale, SAME_S),
        "abuse_contact": duration(locale, settings.abuse.contact_days * DAY_S),
    }


def _telegram(locale: str) -> dict[str, object]:
    """How long the bot, its messages, the Mini App and support remember."""
    settings = get_settings()
    return {
        "launch_time": duration(locale, int(LIFE.total_seconds())),
        "update_time": duration(locale, inbox.KEPT_HOURS * 3600),
        "message_time": duration(locale, sweeping.KEPT_DAYS * DAY_S),
        "reply_time": duration(locale, sweeping.REPLIES_KEPT_DAYS * DAY_S),
        "support_numbers": duration(locale, keeping.KEPT_DAYS * DAY_S),
        "support_answer": duration(locale, settings.support.answer_hours * 3600),
        "place_time": duration(locale, settings.telegram.place_days * DAY_S),
    }


def _earning(terms: EarningTerms, locale: str) -> dict[str, object]:
    """What inviting pays, and what it costs to have that paid out."""
    return {
        "commission": basis_points(locale, terms.commission_bp),
        "withdrawal_min": money(locale, terms.amount_min_micro),
        "withdrawal_fee": basis_points(locale, terms.fee_bp),
        "withdrawal_fee_min": money(locale, terms.fee_min_micro),
        "address_wait": duration(locale, terms.address_wait_s),
        "ip_fingerprints": duration(locale, KNOWN_DAYS * DAY_S),
        "device_time": duration(locale, DEVICE_DAYS * DAY_S),
    }


def _ranges(locale: str) -> dict[str, object]:
    """Indicative prices, and how far countries are above and below the average."""
    ranges = get_settings().price_range
    return {
        name: decimal(locale, value) if "countries" in name else _money(locale, value)
        for name, value in ranges
    }


def _today(catalog: Catalog, locale: str) -> dict[str, object]:
    cheapest = min(
        (
            summary.min_price_cents
            for summary in catalog.service_summaries.values()
            if summary.min_price_cents is not None and summary.total_count
        ),
        default=None,
    )
    return {
        "services": number(locale, len(catalog.services)),
        "countries": number(locale, len(catalog.countries)),
        # Nothing in stock: the price that the shop is made for.
        "cheapest": money(locale, micro(cheapest) if cheapest is not None else MicroUsdt(40_000)),
    }


def _names(locale: str) -> dict[str, object]:
    settings = get_settings()
    return {
        "support": settings.contact.support,
        "bot": settings.telegram.bot_username,
        "channel": settings.contact.channel,
        "token_contract": settings.tron.token_contract,
        "sanctioned": countries(locale, settings.geo.blocked_countries),
    }


def _money(locale: str, usdt: Decimal) -> str:
    return money(locale, micro_of(usdt))
