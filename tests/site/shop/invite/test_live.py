"""What the invite page tells everybody, as the server writes it."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from jiema_app.domain.catalog.earning_terms import FIRST_TERMS
from jiema_app.domain.catalog.snapshot import Catalog, build_catalog
from jiema_app.domain.units import MicroUsdt
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.shop.invite.live import invite_part

PROMISES = re.compile(
    r"\b(passive|guarantee\w*|unlimited|easy money|get rich|salary|income|free money)\b",
    re.IGNORECASE,
)


def part_of(
    catalog: Catalog, terms: Mapping[str, int] | None = None, locale: str = "en"
) -> LivePart:
    changes = {name: MicroUsdt(value) for name, value in (terms or {}).items()}
    earning = replace(catalog.earning, **changes)
    decided = build_catalog(catalog.generated_at, earning=earning)
    return invite_part(decided, locale, "")


def html_of(part: LivePart) -> str:
    return "".join(part.slots.values())


def words_of(part: LivePart) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html_of(part)).split())


def test_what_it_pays_and_costs_is_what_is_decided(catalog: Catalog) -> None:
    words = words_of(
        part_of(
            catalog,
            {
                "commission_bp": 1_250,
                "fee_bp": 350,
                "fee_min_micro": 1_500_000,
                "amount_min_micro": 25_000_000,
            },
        )
    )
    assert "you earn 12.5% of what they pay" in words
    # The example is worked out of it.
    assert "$20.00" in words
    assert "Your commission: 12.5% $2.50" in words
    assert "from $25.00 on" in words
    assert "The fee is 3.5% of the amount, at least $1.50." in words


def test_the_usual_example_is_two_dollars_of_twenty(catalog: Catalog) -> None:
    assert "Your commission: 10% $2.00" in words_of(part_of(catalog, {"commission_bp": 1_000}))


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"fee_bp": 0, "fee_min_micro": 1_000_000}, "The fee is $1.00."),
        ({"fee_bp": 200, "fee_min_micro": 0}, "The fee is 2% of the amount. "),
        ({"fee_bp": 0, "fee_min_micro": 0}, "before we send it. The rules"),
    ],
)
def test_a_fee_of_another_kind_is_told_as_it_is(
    catalog: Catalog, terms: dict[str, int], said: str
) -> None:
    assert said in words_of(part_of(catalog, terms))


def test_while_nothing_is_paid_nothing_is_announced(catalog: Catalog) -> None:
    part = part_of(catalog, {"commission_bp": 0})
    words = words_of(part)
    assert "Invitations don't earn commission right now." in words.replace("&#39;", "'")
    assert "%" not in words
    assert "$" not in words
    assert "The rules in short" in words
    assert part.description is None
    assert "description" not in part.json_ld[0]


@pytest.mark.parametrize("locale", LOCALES)
def test_it_stands_in_every_language(catalog: Catalog, locale: str) -> None:
    part = part_of(catalog, None, locale)
    html = html_of(part)
    assert set(re.findall(r'href="/([^/"]+)', html)) == {locale}
    assert html.count("<section") == html.count("</section>") == 4
    assert part.description


def test_the_rules_are_told_and_nothing_is_promised(catalog: Catalog) -> None:
    words = words_of(part_of(catalog)).replace("&#39;", "'")
    for rule in (
        "only for accounts that the people you invite own",
        "Refunded orders earn nothing",
        "Inviting yourself earns nothing",
        "Commission can be taken back",
        "An example, not a forecast.",
        "within 30 days of opening your link",
    ):
        assert rule in words
    assert not PROMISES.search(words)


def test_search_engines_are_told_where_it_stands(catalog: Catalog) -> None:
    page, way = part_of(catalog, None, "de").json_ld
    assert page["@type"] == "WebPage"
    assert page["url"].endswith("/de/invite")
    assert [step["item"].rpartition("/")[2] for step in way["itemListElement"]] == ["de", "invite"]
    assert json.loads(json.dumps(page)) == page


def test_terms_are_first_as_the_migrations_write_them(catalog: Catalog) -> None:
    # The fixture's database is new: what a process begins with is what it reads there.
    assert catalog.earning == FIRST_TERMS
