"""What somebody was about to buy when their balance did not cover it, on the way to it."""

from dataclasses import dataclass
from decimal import Decimal

from jiema_app.domain.catalog.routes import Route
from jiema_app.domain.units import Cents, MicroUsdt, micro, micro_of, usdt_text
from jiema_app.i18n.formats import money
from jiema_app.i18n.translation import t, words_locale
from jiema_app.settings import RechargeSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class WishCard:
    """A route to buy, as pages about money show it.

    Attributes:
        service: Slug.
        country: Slug.
        service_name: Empty when nothing is wished for, or it is no longer sold.
        country_name: Apart from the service's: each may be written in a direction of its own.
        price: What it costs now; empty while it is sold out.
        sold_out: That there is none right now; empty when there is.
        changed: That the price is another one than when it was wished for.
        lack: What the balance lacks, in a sentence; empty when it covers the price.
        preset: The amount to top up with, in USDT.
        href: The service's page, with the country in view.
    """

    service: str = ""
    country: str = ""
    service_name: str = ""
    country_name: str = ""
    price: str = ""
    cents: int = 0
    sold_out: str = ""
    changed: str = ""
    lack: str = ""
    preset: str = ""
    href: str = ""


def wish_card(
    route: Route | None,
    *,
    locale: str,
    balance: MicroUsdt,
    rules: RechargeSettings,
    wished_at: Cents | None = None,
) -> WishCard:
    """What to show of a route that somebody wants to buy.

    Args:
        route: At its price of now.
        locale: Of the page.
        balance: Of who wants it.
        rules: Of top-ups.
        wished_at: What it cost when it was wished for.
    """
    if route is None:
        return WishCard()
    service, country, cents = route.service, route.country, route.price_cents
    missing = 0 if cents is None else max(0, micro(cents) - balance)
    changed = ""
    if cents is not None and wished_at is not None and cents != wished_at:
        changed = t(
            locale,
            "The price has changed: it was {before}, now it's {now}.",
            before=money(locale, micro(wished_at)),
            now=money(locale, micro(cents)),
        )
    country_name = country.names[words_locale(locale)]
    return WishCard(
        service=service.slug,
        country=country.slug,
        service_name=service.name,
        country_name=country_name,
        price="" if cents is None else money(locale, micro(cents)),
        cents=cents or 0,
        sold_out=t(
            locale,
            "{route} is sold out for now.",
            route=f"\u2068{service.name}\u2069 · \u2068{country_name}\u2069",
        )
        if cents is None
        else "",
        changed=changed,
        lack=t(
            locale,
            "Your balance is {balance}, so you need {missing} more. Once your top-up is credited, "
            "you can buy this number with one click.",
            balance=money(locale, balance),
            missing=money(locale, MicroUsdt(missing)),
        )
        if missing
        else "",
        preset=_preset(MicroUsdt(missing), rules) if missing else "",
        href=f"/{locale}/service/{service.slug}?country={country.slug}",
    )


def _preset(missing: MicroUsdt, rules: RechargeSettings) -> str:
    """Whole USDT, for that is how people send them; never less than a top-up may be."""
    one = micro_of(Decimal(1))
    least, most = micro_of(rules.amount_min_usdt), micro_of(rules.amount_max_usdt)
    amount = MicroUsdt(min(max(-(-missing // one) * one, least), most))
    return usdt_text(amount) if amount % one else str(amount // one)
