"""The catalogue files keep the promises that pages, API and bot build on."""

import re
from collections import Counter
from typing import Final

import phonenumbers
import pytest

from jiema_app.domain.catalog.seed import (
    CountrySeed,
    ServiceSeed,
    load_categories,
    load_countries,
    load_services,
)
from jiema_app.domain.compliance.classes import ComplianceClass

SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_NAME_LENGTH: Final = 40
LOCALES: Final = frozenset(
    {
        "en",
        "zh",
        "ru",
        "es",
        "pt",
        "fr",
        "de",
        "it",
        "tr",
        "ar",
        "fa",
        "hi",
        "id",
        "vi",
        "th",
        "tl",
        "ja",
        "ko",
        "uk",
        "pl",
        "ms",
    }
)

# The services that the public documents name, with the codes that they use.
NAMED_SERVICES: Final = {
    "tg": "telegram",
    "dr": "openai",
    "wa": "whatsapp",
    "go": "google",
    "wx": "apple",
    "aon": "binance",
    "re": "coinbase",
    "abn": "bybit",
    "ig": "instagram",
    "lf": "tiktok",
    "tw": "x",
    "fb": "facebook",
    "ds": "discord",
    "am": "amazon",
    "dh": "ebay",
    "dg": "mercari",
    "ts": "paypal",
    "nv": "naver",
    "mm": "microsoft",
    "nf": "netflix",
    "ub": "uber",
    "acz": "claude",
    "aob": "anthropic",
}

KNOWN_DENIED: Final = {
    "bank": (
        "md aaa aff lj ij btn abg sa apr aij ann ahe bbq byf bwi bib bjt agp bt ji "
        "bhi aom cbz cao rv bbd amg my bnn nh bhe atu bit"
    ),
    "payment": (
        "ts hw bo nc aqt it yy xh fr bc ard aka akl asp ge jq aok gr zr aoh acg qx "
        "abc aiv tr bxo bra ev nu bgj bou ava aya fo bbm"
    ),
    "credit": "tm afz bcc bow ko bsf aqd bcx bft azq bfz adm bse bgv",
    "investment": "apb zj alf bss apa avh azt aha",
    "insurance": "axv bnx bek amf mn",
    "government": "afe ce abu us si afp rw aio ajx amm bsx",
    "identity": "amp abr bpn amh bxk rx ata blr",
    "tax": "buo",
    "health": "gk bh io fc bna bby brs ps rq bpg bzl",
    "lottery": "wd bif bla bqe",
    "betting": "pc ft ie wj bwu cw ve adj jn aro ll vd ars hi bhs alu",
    "tobacco": "il agu awf awd",
    "escort": "bcj bav hr",
    "sanctioned": "cf rp zv dw uo ph",
    "operator_account": "bkf bme bol act",
    "catch_all": "ot",
    "minors": "uh",
}

KNOWN_ALLOWED: Final = (
    "tg ds ig fb tw lf vi bw me kt vk am dh dg nf hb mt tn bnl fu ub tu tx ac mb "
    "dp ma ya sg uu ka ep aez hx xd dl kc sn qf za qd aiw bz ah blm ccb atw ayz bua "
    "alj ano cbx mo vz yw ew fz ip ry sr"
)

KNOWN_WARNED: Final = {
    "dr": "tos_strict",
    "acz": "tos_strict",
    "aob": "tos_strict",
    "go": "tos_strict",
    "wa": "tos_strict",
    "mm": "tos_strict",
    "wc": "tos_strict",
    "aon": "exchange",
    "re": "exchange",
    "abn": "exchange",
    "aor": "exchange",
    "ahq": "exchange",
    "bii": "exchange",
    "ti": "exchange",
    "nv": "refuses_temporary",
    "uk": "real_identity",
}


@pytest.fixture(scope="module")
def by_code() -> dict[str, ServiceSeed]:
    return {service.code: service for service in load_services()}


def _repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def test_there_are_as_many_services_as_the_site_promises() -> None:
    services = load_services()
    assert len(services) >= 1_000
    assert sum(service.is_on_sale for service in services) >= 900


def test_there_are_as_many_countries_on_sale_as_the_site_promises() -> None:
    assert sum(country.is_on_sale for country in load_countries()) >= 194


def test_service_codes_and_slugs_are_unique_and_well_formed() -> None:
    services = load_services()
    assert not _repeated([service.code for service in services])
    assert not _repeated([service.slug for service in services])
    assert all(re.fullmatch(r"[a-z]{2,4}", service.code) for service in services)
    assert [s.slug for s in services if not SLUG.fullmatch(s.slug)] == []


def test_a_slug_is_never_another_services_code(
    by_code: dict[str, ServiceSeed],
) -> None:
    # The API takes either in one field: "mo" must not mean two things.
    clashes = [
        service.slug
        for service in load_services()
        if service.slug in by_code and service.slug != service.code
    ]
    assert clashes == []


def test_service_names_are_fit_to_show() -> None:
    for service in load_services():
        assert service.name == " ".join(service.name.split()), service
        assert 0 < len(service.name) <= MAX_NAME_LENGTH, service
        assert re.search(r"[A-Za-z0-9]", service.name), service


def test_aliases_are_lower_case_trimmed_and_not_repeated() -> None:
    for service in load_services():
        for alias in service.aliases:
            assert alias, service
            assert alias == alias.lower().strip(), service
        assert len(set(service.aliases)) == len(service.aliases), service
        assert service.name.lower() not in service.aliases, service


def test_popularity_counts_from_one_without_gaps() -> None:
    for rows in (load_services(), load_countries()):
        popularity = [row.popularity for row in rows]
        assert popularity == list(range(1, len(rows) + 1))


def test_the_most_popular_services_come_in_the_published_order() -> None:
    assert [service.slug for service in load_services()][:13] == [
        "telegram",
        "openai",
        "whatsapp",
        "google",
        "apple",
        "binance",
        "coinbase",
        "bybit",
        "instagram",
        "tiktok",
        "x",
        "facebook",
        "discord",
    ]


def test_the_most_popular_countries_come_in_the_published_order() -> None:
    slugs = [country.slug for country in load_countries()]
    assert slugs[:10] == ["ru", "ua", "id", "ph", "vn", "us", "gb", "my", "sg", "kz"]


@pytest.mark.parametrize(("code", "slug"), NAMED_SERVICES.items())
def test_a_service_that_the_documents_name_has_its_slug(
    by_code: dict[str, ServiceSeed], code: str, slug: str
) -> None:
    assert by_code[code].slug == slug


@pytest.mark.parametrize(
    ("code", "reason"),
    [(code, reason) for reason, codes in KNOWN_DENIED.items() for code in codes.split()],
)
def test_a_regulated_service_is_denied_with_its_reason(
    by_code: dict[str, ServiceSeed], code: str, reason: str
) -> None:
    service = by_code[code]
    assert (service.compliance, service.reason) == (ComplianceClass.DENIED, reason)


@pytest.mark.parametrize(("code", "reason"), KNOWN_WARNED.items())
def test_a_strict_service_is_sold_with_a_warning(
    by_code: dict[str, ServiceSeed], code: str, reason: str
) -> None:
    service = by_code[code]
    assert (service.compliance, service.reason) == (ComplianceClass.WARN, reason)
    assert service.is_on_sale


@pytest.mark.parametrize("code", KNOWN_ALLOWED.split())
def test_an_everyday_service_is_allowed(by_code: dict[str, ServiceSeed], code: str) -> None:
    assert by_code[code].compliance is ComplianceClass.ALLOWED


def test_whole_categories_of_regulated_services_are_never_on_sale() -> None:
    closed = {"finance", "payments", "betting", "government", "health"}
    on_sale = [
        service.slug
        for service in load_services()
        if service.category in closed and service.is_on_sale
    ]
    assert on_sale == []


def test_a_reason_is_given_exactly_when_something_is_not_plainly_allowed() -> None:
    rows: list[ServiceSeed | CountrySeed] = [*load_services(), *load_countries()]
    for row in rows:
        allowed = row.compliance is ComplianceClass.ALLOWED
        assert (row.reason is None) == allowed, row
        assert row.reason is None or re.fullmatch(r"[a-z_]+", row.reason), row


def test_every_category_is_known_used_and_in_order() -> None:
    categories = load_categories()
    assert {category.id for category in categories} == {
        service.category for service in load_services()
    }
    orders = [category.order for category in categories]
    assert orders == list(range(1, len(categories) + 1))
    assert not _repeated([category.label for category in categories])
    assert all(SLUG.fullmatch(category.id) for category in categories)


def test_country_keys_are_unique() -> None:
    countries = load_countries()
    assert len({country.id for country in countries}) == len(countries)
    assert len({country.slug for country in countries}) == len(countries)
    assert len({country.name for country in countries}) == len(countries)


def test_a_country_has_its_flag_slug_and_all_names() -> None:
    for country in load_countries():
        assert re.fullmatch(r"[A-Z]{2}", country.iso2), country
        assert country.slug == country.iso2.lower()
        letters = "".join(chr(ord(sign) - 0x1F1E6 + ord("A")) for sign in country.flag)
        assert letters == country.iso2
        assert set(country.names) == LOCALES, country
        assert all(name and name == name.strip() for name in country.names.values())


def test_dial_codes_agree_with_the_numbering_plan() -> None:
    for country in load_countries():
        expected = phonenumbers.country_code_for_region(country.iso2)
        assert country.dial_code == f"+{expected}", country.iso2


def test_well_known_countries_have_their_ids_and_plain_names() -> None:
    by_id = {country.id: country for country in load_countries()}
    assert (by_id[0].iso2, by_id[0].name, by_id[0].dial_code) == ("RU", "Russia", "+7")
    assert by_id[1].name == "Ukraine"
    assert (by_id[7].slug, by_id[7].name) == ("my", "Malaysia")
    assert by_id[16].name == "United Kingdom"
    assert by_id[187].name == "United States"
    assert by_id[14].name == "Hong Kong"
    assert 12 not in by_id
    assert 222 not in by_id


def test_numbers_of_sanctioned_countries_are_denied() -> None:
    denied = {country.iso2 for country in load_countries() if not country.is_on_sale}
    assert denied == {"CU", "IR", "KP"}
