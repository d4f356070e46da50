"""No figure of a setting is typed into a text: whoever changes the setting changes the text."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from babel.messages.pofile import read_po

from jiema_app.domain.catalog.snapshot import Catalog, build_catalog
from jiema_app.domain.errors import BadRequest
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.recharges.service import RechargeLimits, RechargeService
from jiema_app.domain.units import MICRO_PER_USDT, MicroUsdt, OrderId, UserId, usdt_text
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.i18n.translation import TEMPLATE
from jiema_app.settings import Settings, get_settings
from jiema_app.site.account.order.display import order_card
from jiema_app.site.account.topup.live import topup_part
from jiema_app.site.account.topup.refusals import amount_refusal, amount_rule
from jiema_app.site.shop.api_docs.live import api_docs_part
from jiema_app.site.shop.home.live import home_part, questions
from tests.unit.test_absurd_settings import OWNERS, OWNING
from tests.unit.test_readme_settings import settings_of

ODD: Final = {
    "ORDER_WINDOW_S": 1380,
    "ORDER_RETENTION_S": 11 * 86_400 + 22 * 3600,
    "ORDER_IDEMPOTENCY_RETENTION_S": 17 * 86_400 + 19 * 3600,
    "ORDER_NEXT_SMS_MAX": 73,
    "LIMIT_READS_PER_MINUTE": 6173,
    "LIMIT_WRITES_PER_MINUTE": 4391,
    "RECHARGE_WINDOW_S": 2820,
    "RECHARGE_AMOUNT_MIN_USDT": "3.57",
    "RECHARGE_AMOUNT_MAX_USDT": "999999.99",
}
"""Settings that stand in texts, with values that nothing else has."""

POINT: Final = "\N{ARABIC DECIMAL SEPARATOR}"
COMMA: Final = "\N{ARABIC THOUSANDS SEPARATOR}"
PLAIN_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    for variable, value in ODD.items():
        monkeypatch.setenv(variable, str(value))
    get_settings.cache_clear()
    yield get_settings()
    get_settings.cache_clear()


def nothing_on_sale() -> Catalog:
    return build_catalog(datetime.now(UTC), [], [], {}, next_change_at=None)


def words_of(part: Any) -> str:
    """What people read of a live part: no tags, no addresses, plain digits."""
    html = " ".join(str(slot) for slot in part.slots.values())
    return re.sub(r"<[^>]*>", " ", html).translate(PLAIN_DIGITS)


def holds(text: str, *figures: str) -> bool:
    plain = text.translate(PLAIN_DIGITS).replace(POINT, ".").replace(COMMA, ",")
    return all(figure in plain for figure in figures)


@pytest.mark.parametrize("locale", LOCALES)
def test_pages_say_what_the_settings_say(odd: Settings, locale: str) -> None:
    docs = words_of(api_docs_part(nothing_on_sale(), locale, ""))
    assert holds(docs, "23", "73"), "window, further codes"
    assert "6173" in docs.replace(",", "").replace(COMMA, "")
    assert "4391" in docs.replace(",", "").replace(COMMA, "")
    assert holds(docs, "11", "22"), "texts are kept"
    assert holds(docs, "17", "19"), "idempotency keys are honoured"
    answers = " ".join(answer for _, answer in questions(locale))
    assert holds(answers, "23", "11", "22"), "the window, and how long texts are kept"
    topup = words_of(topup_part(nothing_on_sale(), locale, ""))
    assert holds(topup, "47", "3.57", "999999.99")
    assert holds(words_of(home_part(nothing_on_sale(), locale, "")), "23", "11", "22")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_of_a_purged_order_says_after_how_long(odd: Settings, locale: str) -> None:
    now = datetime.now(UTC)
    fields: dict[str, Any] = {
        "id": OrderId("c" + "0" * 24), "user_id": UserId("u"), "status": OrderStatus.COMPLETED,
        "reason": EndReason.USER, "service_code": "tg", "country_id": 7, "price_micro": MicroUsdt(1),
        "supplier": "primary", "activation_id": "1", "phone": "+601******89", "sms_count": 1,
        "next_sms_count": 0, "version": 1, "created_at": now, "expires_at": now,
        "received_at": now, "ended_at": now - timedelta(days=8), "purged_at": now, "sms": (),
    }  # fmt: skip
    card = order_card(
        OrderView(**fields), locale=locale, catalog=nothing_on_sale(), now=now, next_sms_max=5
    )
    assert holds(card.lead, "11", "22")
    assert "24" not in card.lead.translate(PLAIN_DIGITS)


@pytest.mark.parametrize("most", ["1000000", "999999.99", "100000", "5000.5", "0.03"])
async def test_amounts_are_written_as_people_write_them(most: str) -> None:
    amount = MicroUsdt(int(Decimal(most) * MICRO_PER_USDT))
    assert Decimal(usdt_text(amount)) == Decimal(most)
    assert re.fullmatch(r"\d+(\.\d+)?", usdt_text(amount))
    limits = RechargeLimits(
        amount_min=MicroUsdt(10_000), amount_max=amount, window_s=60, unpaid_per_day=1,
        dust=MicroUsdt(1),
    )  # fmt: skip
    service = RechargeService(None, None, None, "", limits, 1, None)  # type: ignore[arg-type]
    with pytest.raises(BadRequest, match=rf"to {re.escape(usdt_text(amount))} USDT"):
        await service.open(UserId("u"), MicroUsdt(amount + 10_000))


@pytest.mark.parametrize("locale", LOCALES)
def test_no_language_writes_a_limit_with_an_exponent(
    monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    monkeypatch.setenv("RECHARGE_AMOUNT_MAX_USDT", "1000000")
    monkeypatch.setenv("RECHARGE_AMOUNT_MIN_USDT", "1000")
    settings = Settings()
    for text in (amount_rule(locale, settings), amount_refusal(locale, settings)):
        assert not re.search(r"\d[eE][+-]?\d", text)


FIXED: Final = {
    r"60 seconds": "the limits' own unit",
    r"1 to 255 printable": "a bound of the protocol, IDEMPOTENCY_KEY_MAX",
    r"25 at most|\?wait=25": "the longest wait, a bound of the API",
    r"1.100, default 20": "sizes of a list's part, bounds of the API",
    r"every 3.5 seconds": "advice",
    r"30 seconds to 5 minutes": "what was seen, not what was set",
    r"12\.50|9\.99": "an example of how amounts are written",
    r"TRC-?20": "the name of a standard",
    r"0 is Russia": "an id",
    r"\b(200|304|429)\b": "answers of HTTP",
    r"\bv1\b|/v1/": "a version in addresses",
    r"1 USDT (adds|counts as 1 dollar)": "a rate that is no setting",
    r"\b[123]\. (?=[A-Z])": "steps",
    r"Use 1 to \{most\}": "a name has a character at least",
    r"2FA": "a name",
}
"""Figures in texts that are no setting's, and why."""


def test_no_text_holds_a_figure_that_a_setting_has() -> None:
    with Path(TEMPLATE).open("rb") as file:
        messages = [text for one in read_po(file) if one.id for text in _forms(one.id)]
    careless = []
    for text in messages:
        rest = text
        for pattern in (*FIXED, r"\{[^}]*\}"):
            rest = re.sub(pattern, "", rest)
        if re.search(r"\d", rest) and _figures(rest) & set(_defaults()):
            careless.append(text)
    assert careless == []


def test_no_text_spells_a_figure_out() -> None:
    with Path(TEMPLATE).open("rb") as file:
        messages = [text for one in read_po(file) if one.id for text in _forms(one.id)]
    spelled = re.compile(
        r"\b(fifteen|ten|twenty|thirty|sixty|a day|half an hour) (minutes|hours)", re.IGNORECASE
    )
    assert [text for text in messages if spelled.search(text)] == []


def _forms(message: Any) -> tuple[str, ...]:
    return message if isinstance(message, tuple) else (message,)


def _figures(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", text))


def _defaults() -> Iterator[str]:
    """The default of each setting that is a number, in every unit that people would use."""
    for owner in OWNING:
        for variable, default in settings_of(owner):
            if variable in OWNERS and isinstance(default, int | float | Decimal):
                yield f"{default:g}" if isinstance(default, float) else str(default)
                if variable.endswith("_S"):
                    yield from (
                        f"{default / unit:g}" for unit in (60, 3600, 86_400) if default >= unit
                    )
