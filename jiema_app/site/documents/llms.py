"""The reference for language models, with the figures of the running shop, and a short index of it."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Final

from jiema_app.domain.catalog.price_levels import price_levels
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.units import micro
from jiema_app.i18n.api_texts import error_meanings, status_meanings
from jiema_app.i18n.formats import basis_points, iso_time, money
from jiema_app.i18n.locale_list import NATIVE_NAMES
from jiema_app.i18n.long_texts import articles, long_text, slugs
from jiema_app.i18n.translation import filled
from jiema_app.settings import get_settings
from jiema_app.site.shop.categories import category_names, category_order
from jiema_app.site.shop.profiles import country_profile, service_use
from jiema_app.site.texts.questions import questions_of
from jiema_app.site.texts.values import text_values

FULL: Final = Path(__file__).with_name("llms-full.md")
WORDS: Final = "en"
TEXT_UPDATED: Final = "2026-11-30"
"""When a sentence of the file was last changed."""

SHOWN: Final = 16
"""Services and countries that are told one by one."""


def llms_full(catalog: Catalog, agents: Sequence[str]) -> str:
    """The whole reference, in English.

    Args:
        catalog: Today's.
        agents: Crawlers that are named in ``robots.txt``.
    """
    return filled(FULL.read_text(encoding="utf-8"), _values(catalog, agents), WORDS)


def llms_index(catalog: Catalog) -> str:
    """The short index (llmstxt.org): what the site is, and where to read more."""
    values = text_values(catalog, WORDS)
    origin = get_settings().origin
    head = filled(
        "# jiema.my\n\n> Temporary phone numbers for SMS codes from {services} online services, in "
        "{countries} countries, from {cheapest} per number. Paid in USDT on TRON (TRC20) only. No "
        "code, full refund.\n\n",
        values,
        WORDS,
    )
    posts = "\n".join(
        f"- [{post.title}]({origin}/en/{post.path}): {filled(post.description, values, WORDS)}"
        for post in articles(WORDS)
    )
    return (
        f"{head}- [Complete reference]({origin}/llms-full.txt): everything in one file, with "
        f"today's figures\n- [API documentation]({origin}/en/api-docs)\n- [OpenAPI]({origin}"
        f"/api/v1/openapi.json)\n- [Sitemap]({origin}/sitemap.xml)\n\n## Pages\n\n"
        f"{_pages(catalog, values)}\n\n## Articles\n\n{posts}\n"
    )


def _values(catalog: Catalog, agents: Sequence[str]) -> Mapping[str, object]:
    settings = get_settings()
    levels = price_levels(catalog)
    values = text_values(catalog, WORDS)
    text = long_text("pages", "faq", WORDS)
    names = category_names(WORDS)
    return {
        **values,
        "origin": settings.origin,
        "services_in_stock": sum(
            bool(each.total_count) for each in catalog.service_summaries.values()
        ),
        "countries_in_stock": sum(
            bool(each.total_count) for each in catalog.country_summaries.values()
        ),
        "median": _price(levels.overall.median) if levels.overall else "nothing is in stock",
        "language_names": ", ".join(NATIVE_NAMES[locale] for locale in settings.locales),
        "locales": ", ".join(settings.locales),
        "category_prices": "\n".join(
            f"- {names[id_]}: {_price(level.median)}, from {_price(level.lowest)} "
            f"({level.services} services)"
            for id_ in category_order()
            if (level := levels.categories.get(id_))
        ),
        "popular_services": _popular_services(catalog),
        "popular_countries": _popular_countries(catalog),
        "statuses": "\n".join(
            f"- `{each.status}`: {each.meaning}" for each in status_meanings(WORDS)
        ),
        "errors": "\n".join(
            f"| {each.status} | `{each.code}` | {each.meaning} |" for each in error_meanings(WORDS)
        ),
        "limit_scope": "per user over all keys: more keys don't raise it"
        if settings.limits.scope == "user"
        else "for each key",
        "questions": "\n\n".join(
            f"### {question}\n\n{answer}" for question, answer in questions_of(text, values)
        ),
        "pages": _pages(catalog, values),
        "agents": ", ".join(agents),
        "text_updated": TEXT_UPDATED,
        "figures_updated": iso_time(catalog.generated_at.astimezone(UTC)),
    }


def _popular_services(catalog: Catalog) -> str:
    origin = get_settings().origin
    lines = []
    for service in catalog.services[:SHOWN]:
        use = service_use(service.slug, WORDS)
        summary = catalog.summarise(service)
        cents = summary.min_price_cents
        price = f" From {_price(cents)}." if cents is not None and summary.total_count else ""
        lines.append(
            f"- **{service.name}** ({origin}/en/service/{service.slug}):{f' {use}' if use else ''}"
            f"{price}"
        )
    return "\n".join(lines)


def _popular_countries(catalog: Catalog) -> str:
    origin = get_settings().origin
    lines = []
    for country in catalog.countries[:SHOWN]:
        profile = country_profile(country.slug, WORDS)
        lines.append(
            f"- **{country.name}** ({country.dial_code}, {origin}/en/country/{country.slug})"
            f"{f': {profile}' if profile else ''}"
        )
    return "\n".join(lines)


def _pages(catalog: Catalog, values: Mapping[str, object]) -> str:
    origin = get_settings().origin
    texts = (long_text("pages", slug, WORDS) for slug in sorted(slugs("pages")))
    pages = [
        f"- [{text.title}]({origin}/en/{text.slug}): {filled(text.description, values, WORDS)}"
        for text in texts
    ]
    share = basis_points(WORDS, catalog.earning.commission_bp)
    pages.append(
        f"- [Invite & earn]({origin}/en/invite): a personal link that earns {share} of what the "
        "people who joined through it pay for numbers, in USDT."
    )
    return "\n".join(pages)


def _price(cents: int) -> str:
    return money(WORDS, micro(cents))  # type: ignore[arg-type]
