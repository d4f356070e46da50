"""Finding one's orders by what became of them and by typed words; never anybody else's."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, timedelta

import pytest

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.ledger.statement_filter import StatementFilter
from jiema_app.domain.orders.history import Bought, OrderGroup
from jiema_app.domain.orders.requests import Buyer, OrderRequest
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.units import CountryId, ServiceCode
from jiema_app.settings import LimitSettings, Settings
from tests.support.shop import Customer, Shop


@pytest.fixture
def settings() -> Settings:
    return Settings(limits=LimitSettings(open_orders=100, success_floor_percent=0))


async def found(
    shop: Shop,
    customer: Customer,
    text: str = "",
    states: OrderGroup | Collection[OrderStatus] = OrderGroup.ALL,
) -> list[str]:
    page = await shop.services.order_history.search_own(
        customer.id, states=states, text=text, limit=100
    )
    return [order.id for order in page.orders]


async def counts(shop: Shop, customer: Customer) -> dict[str, int]:
    return {
        group.value: count
        for group, count in (await shop.services.order_history.count_own(customer.id)).items()
    }


async def one_of_each(shop: Shop, customer: Customer) -> dict[OrderStatus, OrderView]:
    """Orders for Telegram in Malaysia: waiting, received, completed, cancelled, failed."""
    waiting, received, completed, cancelled, failed = [await shop.place(customer) for _ in range(5)]
    await shop.deliver(received)
    await shop.deliver(completed)
    await shop.services.orders.finish(customer.id, completed.id)
    await shop.services.orders.cancel(customer.id, cancelled.id)
    assert failed.phone is not None
    await shop.supplier.take_back(failed.phone)
    for _ in range(2):
        await shop.beat()
    orders = [waiting, received, completed, cancelled, failed]
    return {one.status: one for one in [await shop.read(customer, each) for each in orders]}


async def test_groups_hold_what_their_names_say_and_their_counts_agree(shop: Shop) -> None:
    ann = await shop.customer()
    orders = await one_of_each(shop, ann)
    status = {str(order.id): status for status, order in orders.items()}
    groups = {
        OrderGroup.ALL: {"WAITING", "RECEIVED", "COMPLETED", "CANCELLED", "FAILED"},
        OrderGroup.OPEN: {"WAITING"},
        OrderGroup.RECEIVED: {"RECEIVED", "COMPLETED"},
        OrderGroup.REFUNDED: {"CANCELLED", "FAILED"},
    }
    for group, members in groups.items():
        assert {status[one].value for one in await found(shop, ann, states=group)} == members
    assert await counts(shop, ann) == {group: len(members) for group, members in groups.items()}


async def test_an_order_that_waits_for_a_further_code_is_open_and_received(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order)
    await shop.services.orders.ask_next_sms(ann.id, order.id)
    assert await counts(shop, ann) == {"all": 1, "open": 1, "received": 1, "refunded": 0}
    assert await found(shop, ann, states=OrderGroup.RECEIVED) == [order.id]


async def test_statuses_can_be_chosen_one_by_one(shop: Shop) -> None:
    ann = await shop.customer()
    orders = await one_of_each(shop, ann)
    chosen = {OrderStatus.WAITING, OrderStatus.FAILED}
    assert set(await found(shop, ann, states=chosen)) == {orders[one].id for one in chosen}
    assert await found(shop, ann, states=[]) == []


@pytest.mark.parametrize(
    "text",
    [
        "telegram", "TELEGRAM ", "tg", "tele", "malaysia", "Malays", "马来西亚", "Малайзия", "my",
        "telegram malaysia", "malaysia tg", "telegram, malaysia!",
    ],
)  # fmt: skip
async def test_an_order_is_found_by_service_and_country_in_any_language(
    shop: Shop, text: str
) -> None:
    ann = await shop.customer()
    order = await shop.place(ann, "tg", 7)
    await shop.place(ann, "wa", 6)
    assert await found(shop, ann, text) == [order.id]


@pytest.mark.parametrize(
    "text", ["whatsapp malaysia", "zzzz", "!!!", "%", "_", "' or 1=1 --", "\\", "\0", "\ud800"]
)
async def test_words_that_do_not_all_fit_find_nothing(shop: Shop, text: str) -> None:
    ann = await shop.customer()
    await shop.place(ann, "tg", 7)
    await shop.place(ann, "wa", 6)
    assert await found(shop, ann, text) == []


@pytest.mark.parametrize("text", ["", "   ", "\t"])
async def test_no_words_leave_everything(shop: Shop, text: str) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    assert await found(shop, ann, text) == [order.id]


async def test_an_order_is_found_by_three_digits_of_its_phone_or_more(shop: Shop) -> None:
    ann = await shop.customer()
    order, _other = await shop.place(ann, "tg", 7), await shop.place(ann, "tg", 6)
    assert order.phone is not None
    phone = order.phone
    spaced = f"{phone[:3]} ({phone[3:6]}) {phone[6:]}"
    arabic = "".join(chr(0x660 + int(digit)) for digit in phone[1:])
    for text in (phone, phone[1:], phone[4:], spaced, arabic, f"telegram {phone[1:]}"):
        assert await found(shop, ann, text) == [order.id]
    assert await found(shop, ann, phone[-2:]) == []


async def test_a_masked_phone_is_found_no_more(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    assert order.phone is not None
    await shop.services.orders.cancel(ann.id, order.id)
    await shop.pass_time(25 * 3600)
    await shop.services.retention.purge()
    assert await found(shop, ann, order.phone[1:4]) == []
    assert await found(shop, ann, "telegram") == [order.id]


async def test_an_order_is_found_by_the_beginning_of_its_id(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    other = await shop.place(ann)
    assert await found(shop, ann, order.id) == [order.id]
    assert await found(shop, ann, order.id[:20].upper()) == [order.id]
    assert await found(shop, ann, order.id[:6]) == [other.id, order.id]
    assert await found(shop, ann, order.id[1:]) == []
    assert await found(shop, ann, order.id[:3]) == []


async def test_a_service_that_is_no_longer_on_sale_is_found_by_its_code(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    assert await found(shop, ann, "telegram") == [order.id]
    live = shop.services.live_catalog
    live.current = replace(
        live.current, services=tuple(one for one in live.current.services if one.code != "tg")
    )
    assert await found(shop, ann, "telegram") == []
    assert await found(shop, ann, "tg") == [order.id]


async def test_nobody_finds_somebody_else_s_orders(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    order = await shop.place(ann)
    assert order.phone is not None
    for text in ("", "telegram", "malaysia", order.phone, order.id):
        assert await found(shop, bob, text) == []
    page = await shop.services.order_history.search_own(bob.id, limit=10, cursor="c" + "z" * 24)
    assert (page.orders, page.next_cursor) == ([], None)
    assert await counts(shop, bob) == {"all": 0, "open": 0, "received": 0, "refunded": 0}


async def test_an_order_without_a_number_is_neither_listed_nor_counted(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.services.orders.cancel(ann.id, order.id)
    await shop.execute(
        "update orders set status = 'FAILED', phone = null, expires_at = null where id = $1",
        order.id,
    )
    assert await found(shop, ann) == []
    assert (await counts(shop, ann))["all"] == 0


async def test_pages_join_without_a_gap_while_orders_are_placed(shop: Shop) -> None:
    ann = await shop.customer()
    placed = [(await shop.place(ann, ("tg", "wa")[n % 2])).id for n in range(8)]
    seen: list[str] = []
    cursor = None
    while True:
        page = await shop.services.order_history.search_own(
            ann.id, text="telegram", limit=2, cursor=cursor
        )
        seen += [order.id for order in page.orders]
        cursor = page.next_cursor
        if cursor is None:
            break
        await shop.place(ann, "tg")
    assert seen == placed[6::-2]


@pytest.mark.parametrize("text", ["x" * 101, "a b c d e f g h i"])
async def test_a_long_text_is_refused_in_a_sentence(shop: Shop, text: str) -> None:
    ann = await shop.customer()
    with pytest.raises(BadRequest, match="at most"):
        await found(shop, ann, text)


@pytest.mark.parametrize("cursor", ["", "x", "c1", "C" + "0" * 24, "c" + "\0" * 24])
async def test_a_cursor_that_was_never_given_out_is_refused(shop: Shop, cursor: str) -> None:
    ann = await shop.customer()
    with pytest.raises(BadRequest):
        await shop.services.order_history.search_own(ann.id, limit=10, cursor=cursor)


async def test_searches_at_once_do_not_disturb_each_other(shop: Shop) -> None:
    ann = await shop.customer()
    telegram, whatsapp = await shop.place(ann, "tg"), await shop.place(ann, "wa")
    texts = ["telegram", "whatsapp", "telegram malaysia", "wa my"] * 5
    results = await asyncio.gather(*(found(shop, ann, text) for text in texts))
    assert results == [[telegram.id], [whatsapp.id]] * 10


async def test_a_filter_finds_what_was_placed_so_and_when(shop: Shop) -> None:
    ann = await shop.customer()
    [key] = await shop.services.api_keys.list_active(ann.id)
    plain, other = await shop.place(ann), await shop.place(ann, "wa", 7)
    by_key = Buyer(ann.buyer.user_id, ann.buyer.account_id, key.id)
    keyed = (await shop.services.orders.place(by_key, OrderRequest(service="tg", country=6))).order
    today = keyed.created_at.astimezone(UTC).date()
    before, after = today - timedelta(days=2), today + timedelta(days=2)
    expected = {
        StatementFilter(service=ServiceCode("tg")): [keyed.id, plain.id],
        StatementFilter(service=ServiceCode("tg"), country=CountryId(7)): [plain.id],
        StatementFilter(country=CountryId(7)): [other.id, plain.id],
        StatementFilter(api_key=key.id): [keyed.id],
        StatementFilter(first_day=before, last_day=after): [keyed.id, other.id, plain.id],
        StatementFilter(first_day=after): [],
        StatementFilter(last_day=before): [],
        StatementFilter(last_day=date(2049, 12, 31)): [keyed.id, other.id, plain.id],
    }
    for wanted, orders in expected.items():
        page = await shop.services.order_history.search_own(ann.id, limit=10, wanted=wanted)
        assert [order.id for order in page.orders] == orders, wanted
        assert page.next_cursor is None
    for text, orders in ((plain.id, []), ("whatsapp", [other.id])):
        page = await shop.services.order_history.search_own(
            ann.id, text=text, limit=10, wanted=StatementFilter(service=ServiceCode("wa"))
        )
        assert [order.id for order in page.orders] == orders
    first = await shop.services.order_history.search_own(
        ann.id, limit=2, wanted=StatementFilter(last_day=after)
    )
    rest = await shop.services.order_history.search_own(
        ann.id, limit=2, cursor=first.next_cursor, wanted=StatementFilter(last_day=after)
    )
    assert [order.id for order in (*first.orders, *rest.orders)] == [keyed.id, other.id, plain.id]
    bought = await shop.services.order_history.list_bought(ann.id)
    assert bought == Bought(
        frozenset({ServiceCode("tg"), ServiceCode("wa")}), frozenset({CountryId(6), CountryId(7)})
    )
