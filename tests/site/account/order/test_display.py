"""An order in the words and figures of its page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jiema_app.domain.catalog.snapshot import Catalog, Figures, build_catalog
from jiema_app.domain.figures.ranking import RouteFigures
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.views import OrderView, SmsView
from jiema_app.domain.units import CountryId, MicroUsdt, OrderId, ServiceCode, UserId
from jiema_app.i18n.order_words import STATUS_WORDS, readable_code, readable_phone
from jiema_app.site.account.order.display import OrderCard, order_card
from jiema_app.site.account.orders.display import order_row
from jiema_app.site.states.goods import STATUS_MOODS

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
EMPTY: Catalog = build_catalog(NOW)
WAITING = OrderView(
    id=OrderId("c123"),
    user_id=UserId("cuser"),
    status=OrderStatus.WAITING,
    reason=None,
    service_code=ServiceCode("tg"),
    country_id=CountryId(7),
    price_micro=MicroUsdt(420_000),
    supplier="primary",
    activation_id="1",
    phone="+60123456789",
    sms_count=0,
    next_sms_count=0,
    version=2,
    created_at=NOW,
    expires_at=NOW + timedelta(minutes=15),
    received_at=None,
    ended_at=None,
    purged_at=None,
    sms=(),
)
SMS = SmsView("Your code: 482913", "482913", NOW)
RECEIVED = replace(WAITING, status=OrderStatus.RECEIVED, sms_count=1, sms=(SMS,), received_at=NOW)


def card_of(order: OrderView) -> OrderCard:
    return order_card(order, locale="en", catalog=EMPTY, now=NOW, next_sms_max=5)


def test_how_long_codes_take_here_is_said_where_it_is_known() -> None:
    figures = RouteFigures(sample=143, received=132, median_s=12, p90_s=30)
    known = replace(EMPTY, figures=Figures(routes={(WAITING.service_code, CountryId(7)): figures}))
    card = order_card(WAITING, locale="en", catalog=known, now=NOW, next_sms_max=5)
    assert card.lead.endswith("For TG in 7, half of the codes arrive within 12\u00a0sec.")
    assert card_of(WAITING).lead == "Your code will appear here automatically."


def ended(status: OrderStatus, reason: EndReason, **more: Any) -> OrderView:
    order = RECEIVED if status is OrderStatus.COMPLETED else WAITING
    return replace(order, status=status, reason=reason, ended_at=NOW, **more)


def test_every_status_has_its_word_and_its_mood() -> None:
    assert set(STATUS_WORDS) == set(STATUS_MOODS) == set(OrderStatus)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("482913", "482 913"),
        ("48213", "48213"),
        ("1234", "1234"),
        ("12345678", "1234 5678"),
        ("AB12CD", "AB12CD"),
        ("", ""),
    ],
)
def test_long_codes_are_read_in_two_halves(code: str, shown: str) -> None:
    assert readable_code(code) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("+60123456789", "+60 12-345 6789"),
        ("+601******89", "+601******89"),
        ("+999", "+999"),
        (None, ""),
    ],
)
def test_phones_are_grouped_as_their_country_does(phone: str | None, shown: str) -> None:
    assert readable_phone(phone) == shown


def test_a_number_without_a_code_can_be_cancelled_and_nothing_else() -> None:
    card = card_of(WAITING)
    assert (card.can_cancel, card.can_ask_next, card.can_finish) == (True, False, False)
    assert (card.expires_at, card.window_s) == (int(NOW.timestamp()) + 900, 900)


def test_a_number_with_a_code_can_wait_again_or_be_finished() -> None:
    card = card_of(RECEIVED)
    assert (card.can_cancel, card.can_ask_next, card.can_finish) == (False, True, True)
    assert (card.code, card.shows_code, card.has_history) == ("482913", True, False)


def test_no_further_code_beyond_the_limit_or_the_window() -> None:
    assert not card_of(replace(RECEIVED, next_sms_count=5)).can_ask_next
    assert not card_of(replace(RECEIVED, expires_at=NOW)).can_ask_next


def test_while_the_next_code_is_awaited_the_last_one_is_history() -> None:
    card = card_of(replace(RECEIVED, status=OrderStatus.WAITING))
    assert (card.shows_code, card.has_history, card.can_cancel) == (False, True, False)
    assert card.lead.startswith("Waiting for the next code.")


def test_a_text_without_a_code_is_shown_whole() -> None:
    card = card_of(replace(RECEIVED, sms=(SmsView("Hello there", None, NOW),)))
    assert (card.is_text, card.code, card.code_shown) == (True, "Hello there", "Hello there")


@pytest.mark.parametrize(
    ("status", "reason", "lead"),
    [
        (OrderStatus.CANCELLED, EndReason.USER, "You cancelled this order. $0.42 has gone back"),
        (OrderStatus.CANCELLED, EndReason.EXPIRED, "No code arrived in time. $0.42 has gone back"),
        (OrderStatus.FAILED, EndReason.UPSTREAM_LOST, "This number became unavailable. $0.42"),
        (OrderStatus.COMPLETED, EndReason.USER, "You finished this order."),
        (OrderStatus.COMPLETED, EndReason.EXPIRED, "Time's up."),
    ],
)
def test_an_ended_order_says_why(status: OrderStatus, reason: EndReason, lead: str) -> None:
    card = card_of(ended(status, reason))
    assert card.lead.startswith(lead)
    assert {card.is_open, card.can_cancel, card.can_ask_next, card.can_finish} == {False}
    assert card.expires_at == 0


def test_a_purged_order_has_nothing_to_copy() -> None:
    order = ended(
        OrderStatus.COMPLETED, EndReason.EXPIRED, purged_at=NOW, phone="+601******89", sms=()
    )
    card = card_of(order)
    assert (card.phone, card.phone_copied, card.code, card.sms) == ("+601******89", "", "", [])
    assert card.lead == "The SMS messages were deleted 24 hours after the order ended."


def test_what_is_no_longer_on_sale_is_shown_by_its_code_and_not_sold_again() -> None:
    card = card_of(ended(OrderStatus.CANCELLED, EndReason.EXPIRED))
    assert (card.goods.service, card.goods.service_slug, card.goods.flag) == ("TG", "", "")
    assert card.again_text == ""


def test_a_line_of_the_list_leads_to_its_order() -> None:
    row = order_row(RECEIVED, locale="zh", catalog=EMPTY)
    assert (row.href, row.code_shown, row.expires_at) == ("/zh/order/c123", "482 913", 0)
    assert order_row(WAITING, locale="en", catalog=EMPTY).expires_at > 0
