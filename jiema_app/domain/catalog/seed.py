"""The curated catalogue that ships with the product.

The files under ``data/`` say what we are willing to sell and what we call it;
stock and price come from the supplier at run time and are not here. The files
are made by ``tools/catalog/build_catalog.py`` and are not edited by hand.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TypedDict, cast

from jiema_app.domain.compliance.classes import ComplianceClass


@dataclass(frozen=True, slots=True, kw_only=True)
class CategorySeed:
    """A shelf of the shop that services are grouped under."""

    id: str
    label: str
    """English label; the other languages come from the locale catalogues."""
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSeed:
    """A service whose codes can be received, as the curation describes it."""

    code: str
    """The supplier's code, lower case: the stable key of the public API."""
    slug: str
    name: str
    category: str
    popularity: int
    """1 is the most popular; no gaps, no ties."""
    aliases: tuple[str, ...]
    """Lower-case words that people search by, other than the name itself."""
    compliance: ComplianceClass
    reason: str | None
    """A machine word for a warning or a refusal; None when allowed."""

    @property
    def is_on_sale(self) -> bool:
        """Whether the policy lets the shop sell it."""
        return self.compliance is not ComplianceClass.DENIED


@dataclass(frozen=True, slots=True, kw_only=True)
class CountrySeed:
    """A country whose numbers can be rented."""

    id: int
    """The supplier's id. Russia is 0, so never test it for truth."""
    slug: str
    iso2: str
    flag: str
    dial_code: str
    """With the plus sign: ``+7``."""
    popularity: int
    names: Mapping[str, str]
    """Display name by locale code, all 21 locales."""
    compliance: ComplianceClass
    reason: str | None

    @property
    def name(self) -> str:
        """The plain English name."""
        return self.names["en"]

    @property
    def is_on_sale(self) -> bool:
        """Whether the policy lets the shop sell numbers of this country."""
        return self.compliance is not ComplianceClass.DENIED


class _CategoryRow(TypedDict):
    id: str
    label: str
    order: int


class _ServiceRow(TypedDict):
    code: str
    slug: str
    name: str
    category: str
    popularity: int
    aliases: list[str]
    compliance: str
    reason: str | None


class _CountryRow(TypedDict):
    id: int
    slug: str
    iso2: str
    flag: str
    dialCode: str
    popularity: int
    compliance: str
    reason: str | None
    names: dict[str, str]


def _read(file_name: str) -> object:
    resource = files("jiema_app.domain.catalog") / "data" / file_name
    return json.loads(resource.read_text(encoding="utf-8"))


@cache
def load_categories() -> tuple[CategorySeed, ...]:
    """Return the categories in the order in which the shop lists them."""
    rows = cast("list[_CategoryRow]", _read("categories.json"))
    return tuple(CategorySeed(**row) for row in rows)


@cache
def load_services() -> tuple[ServiceSeed, ...]:
    """Return every curated service, most popular first.

    Denied services are included, so that the policy's refusals are data that
    an administrator can see; ask `ServiceSeed.is_on_sale` before offering one.
    """
    rows = cast("list[_ServiceRow]", _read("services.json"))
    return tuple(
        ServiceSeed(
            code=row["code"],
            slug=row["slug"],
            name=row["name"],
            category=row["category"],
            popularity=row["popularity"],
            aliases=tuple(row["aliases"]),
            compliance=ComplianceClass(row["compliance"]),
            reason=row["reason"],
        )
        for row in rows
    )


@cache
def load_countries() -> tuple[CountrySeed, ...]:
    """Return every curated number country, most popular first.

    Sanctioned countries are included as denied; ask `CountrySeed.is_on_sale`
    before offering one.
    """
    rows = cast("list[_CountryRow]", _read("countries.json"))
    return tuple(
        CountrySeed(
            id=row["id"],
            slug=row["slug"],
            iso2=row["iso2"],
            flag=row["flag"],
            dial_code=row["dialCode"],
            popularity=row["popularity"],
            names=MappingProxyType(row["names"]),
            compliance=ComplianceClass(row["compliance"]),
            reason=row["reason"],
        )
        for row in rows
    )
