"""What a filter of one's own statement or orders offers, and what is chosen of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from jiema_app.domain.api_keys.service import ApiKeyView
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.ledger.statement_filter import (
    KINDS_OF,
    StatementFilter,
    filter_parameters,
)
from jiema_app.domain.orders.history import Bought
from jiema_app.site.account.statement_lines import KINDS as KIND_WORDS
from jiema_app.site.account.statement_lines import country_name, service_name


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a filter may take."""

    value: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen, and what is."""

    kinds: list[Choice] = field(default_factory=list)
    services: list[Choice] = field(default_factory=list)
    countries: list[Choice] = field(default_factory=list)
    api_keys: list[Choice] = field(default_factory=list)
    kind: str = ""
    service: str = ""
    country: str = ""
    key: str = ""
    first_day: str = ""
    last_day: str = ""


def choices(
    locale: str,
    wanted: StatementFilter,
    *,
    bought: Bought,
    keys: Iterable[ApiKeyView],
    catalog: Catalog,
) -> Choices:
    """What the filter offers: only what this user has, and what is chosen already."""
    chosen = filter_parameters(wanted, catalog)
    services = {*bought.services} | ({wanted.service} if wanted.service is not None else set())
    countries = {*bought.countries} | ({wanted.country} if wanted.country is not None else set())
    named = [Choice(key.id, f"{key.name} ({key.prefix}…)") for key in keys]
    if wanted.api_key and all(key.value != wanted.api_key for key in named):
        named.append(Choice(wanted.api_key, wanted.api_key))
    return Choices(
        kinds=[Choice(str(kind), KIND_WORDS[kind](locale)) for kind in KINDS_OF[wanted.account]],
        services=_by_label(
            Choice(_said(StatementFilter(service=code), catalog), service_name(code, catalog))
            for code in services
        ),
        countries=_by_label(
            Choice(_said(StatementFilter(country=one), catalog), country_name(locale, one, catalog))
            for one in countries
        ),
        api_keys=named,
        kind=chosen.get("kind", ""),
        service=chosen.get("service", ""),
        country=chosen.get("country", ""),
        key=chosen.get("key", ""),
        first_day=chosen.get("from", ""),
        last_day=chosen.get("to", ""),
    )


def _said(wanted: StatementFilter, catalog: Catalog) -> str:
    (value,) = filter_parameters(wanted, catalog).values()
    return value


def _by_label(found: Iterable[Choice]) -> list[Choice]:
    return sorted(found, key=lambda one: one.label.casefold())
