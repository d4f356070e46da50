"""Mobile operators: what the supplier says of them, what is remembered, and buying from one."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from jiema_app.domain.errors import IdempotencyConflict, NoNumbers, UpstreamError
from jiema_app.domain.orders import operators
from jiema_app.domain.orders.operators import OperatorBook, OperatorStock
from jiema_app.domain.orders.supplier import SupplierUnavailable
from jiema_app.domain.units import CountryId, ServiceCode
from jiema_app.integrations.supplier.handler_api.operators import OPERATORS_MAX
from tests.services.supplier_peers import (
    FakeTime,
    SandboxPeer,
    envelope,
    sandbox_peer,
    scripted,
)
from tests.support.shop import SUPPLIER, Customer, Shop

TELEGRAM, MALAYSIA, ANTARCTICA = ServiceCode("tg"), CountryId(7), CountryId(999)


@pytest.fixture(params=["hero", "legacy"])
async def peer(request: pytest.FixtureRequest) -> AsyncIterator[SandboxPeer]:
    async with sandbox_peer(request.param) as peer:
        yield peer


async def stock(shop: Shop) -> dict[str, int | None]:
    found = await shop.services.operators.list_stock(SUPPLIER, TELEGRAM, MALAYSIA)
    return {one.name: one.count for one in found}


async def buy(shop: Shop, who: Customer, operator: str | None, **wish: Any) -> Any:
    return await shop.place(who, "tg", MALAYSIA, operator=operator, **wish)


async def test_both_dialects_tell_operators_and_their_stock(peer: SandboxPeer) -> None:
    names = (await peer.supplier.list_operators())[MALAYSIA]
    assert "celcom" in names
    counts = [(await peer.supplier.count_of_operator(MALAYSIA, one))[TELEGRAM] for one in names]
    assert sum(counts) > 0
    assert min(counts) == 0, "one of them has none, or these tests test less"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({"status": "success", "countryOperators": {"6": ["axis", "axis", 7, "A", "any", "x" * 33]}},
         {6: ("axis",)}),
        ({"countryOperators": {"6": "axis", "x": ["axis"], "7": [], "-1": ["axis"]}}, {7: ()}),
        ({"countryOperators": {"6": [f"o{n}" for n in range(500)]}},
         {6: tuple(f"o{n}" for n in range(OPERATORS_MAX))}),
        ("OPERATORS_NOT_FOUND", {}),
        (envelope(404, "BAD_ACTION"), {}),
        ({"countryOperators": []}, None),
        ("BAD_KEY", None),
        ([], None),
    ],
)  # fmt: skip
async def test_odd_names_are_left_out(said: object, read: object) -> None:
    supplier, _ = scripted(answers={"getOperators": said})
    try:
        found: object = dict(await supplier.list_operators())
    except SupplierUnavailable:
        found = None
    assert found == read
    await supplier.aclose()


async def test_odd_counts_are_left_out() -> None:
    supplier, script = scripted(
        answers={"getNumbersStatus": {"tg": "5", "wa_0": 7, "vk_1": 9, "ot": -1, "??": 3, "ig": {}}}
    )
    assert await supplier.count_of_operator(MALAYSIA, "axis") == {"tg": 5, "wa": 7}
    assert script.asked[-1]["operator"] == "axis"
    await supplier.aclose()


async def test_what_was_read_is_remembered_for_all_services(shop: Shop) -> None:
    found = await stock(shop)
    assert None not in found.values()
    asked = await shop.supplier.requests("getNumbersStatus")
    assert asked == len(found)
    await asyncio.gather(*(stock(shop) for _ in range(5)))
    await shop.services.operators.list_stock(SUPPLIER, ServiceCode("wa"), MALAYSIA)
    assert await shop.supplier.requests("getNumbersStatus") == asked
    assert await shop.supplier.requests("getOperators") == 1
    assert await shop.services.operators.list_stock(SUPPLIER, TELEGRAM, ANTARCTICA) == []


async def test_counts_are_read_again_after_a_while(shop: Shop) -> None:
    time = FakeTime()
    book = OperatorBook(shop.services.suppliers, time.clock)
    before = await book.list_stock(SUPPLIER, TELEGRAM, MALAYSIA)
    await shop.supplier.fault("getNumbersStatus", "http500", rate=1)
    time.now += operators.STOCK_S
    assert await book.list_stock(SUPPLIER, TELEGRAM, MALAYSIA) == before
    time.now += operators.STALE_S
    again = await book.list_stock(SUPPLIER, TELEGRAM, MALAYSIA)
    assert again == [OperatorStock(one.name, None) for one in before]


async def test_a_silent_supplier_holds_nobody_up(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operators, "PATIENCE_S", 0.2)
    ann = await shop.customer()
    before = await shop.balance(ann)
    await shop.supplier.fault("getOperators", "hang", count=1, seconds=3600)
    assert await stock(shop) == {}
    with pytest.raises(UpstreamError):
        await buy(shop, ann, "celcom")
    assert (await shop.balance(ann), await shop.statuses()) == (before, [])

    book = OperatorBook(shop.services.suppliers)
    await shop.supplier.fault("getNumbersStatus", "hang", count=1, seconds=3600)
    found = await book.list_stock(SUPPLIER, TELEGRAM, MALAYSIA)
    assert found
    assert {one.count for one in found} == {None}


async def test_an_order_is_of_the_operator_that_was_chosen(shop: Shop) -> None:
    ann = await shop.customer()
    chosen = max((await stock(shop)).items(), key=lambda one: one[1] or 0)[0]
    bought = await buy(shop, ann, chosen, idempotency_key="once")
    assert bought.operator == chosen
    (rental,) = await shop.rentals()
    assert rental["operator"] == chosen
    assert (await shop.read(ann, bought)).operator == chosen
    assert (await buy(shop, ann, chosen, idempotency_key="once")).id == bought.id
    with pytest.raises(IdempotencyConflict):
        await buy(shop, ann, None, idempotency_key="once")
    assert (await buy(shop, ann, None)).operator is None


@pytest.mark.parametrize("dialect", ["hero", "legacy"])
async def test_an_operator_without_numbers_costs_nothing(shop: Shop, dialect: str) -> None:
    """The older dialect then sells another's number, which is given back."""
    await shop.supplier.behave(dialect=dialect)
    ann = await shop.customer()
    before = await shop.balance(ann)
    none = next(name for name, count in (await stock(shop)).items() if count == 0)
    with pytest.raises(NoNumbers):
        await buy(shop, ann, none)
    assert await shop.balance(ann) == before
    assert await shop.statuses() == [("FAILED", "NO_NUMBERS")]
    # Others still have numbers: the route stays on sale for everybody.
    assert await shop.fetchval(
        "select count > 0 from offers where service_code = $1 and country_id = $2",
        TELEGRAM,
        MALAYSIA,
    )
    await shop.settle_all()
    assert await shop.rentals() == []


async def test_an_operator_that_is_not_there_is_refused_before_anything_is_held(
    shop: Shop,
) -> None:
    ann = await shop.customer()
    for name in ("kyivstar", "any", "", "celcom,digi", "x" * 10_000, "\0"):
        with pytest.raises(NoNumbers):
            await buy(shop, ann, name)
    assert await shop.statuses() == []
    assert await shop.supplier.requests("getNumberV2") == 0
