"""The whole life of a rental through the adapter, against the sandbox in both dialects."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from jiema_app.domain.orders.supplier import (
    ActivationGone,
    ActivationStatus,
    ActiveActivation,
    CancelTooEarly,
    CodeArrived,
    NumbersExhausted,
    PurchaseRefused,
)
from tests.services.supplier_peers import SandboxPeer, order, sandbox_peer


@pytest.fixture(params=["hero", "legacy"])
async def peer(request: pytest.FixtureRequest) -> AsyncIterator[SandboxPeer]:
    async with sandbox_peer(request.param) as peer:
        yield peer


@pytest.fixture
async def hero() -> AsyncIterator[SandboxPeer]:
    async with sandbox_peer("hero") as peer:
        yield peer


@pytest.fixture
async def legacy() -> AsyncIterator[SandboxPeer]:
    async with sandbox_peer("legacy") as peer:
        yield peer


async def active(peer: SandboxPeer, expected: int = 0) -> list[ActiveActivation]:
    return [row async for page in peer.supplier.list_active(expected) for row in page]


async def test_a_number_is_bought_at_its_price(peer: SandboxPeer) -> None:
    await peer.stock("tg", 6, "0.1234", 5)

    number = await peer.supplier.buy_number(order())

    assert number.activation_id.isdigit()
    assert number.phone.startswith("+62")
    assert number.cost_micro == 123_400


async def test_the_newer_dialect_says_when_the_number_is_taken_back(hero: SandboxPeer) -> None:
    before = datetime.now(UTC)

    number = await hero.supplier.buy_number(order())

    assert number.ends_at is not None
    assert 1190 < (number.ends_at - before).total_seconds() < 1210


async def test_the_older_dialect_does_not_say_it(legacy: SandboxPeer) -> None:
    assert (await legacy.supplier.buy_number(order())).ends_at is None


async def test_jitter_of_ids_and_costs_changes_nothing(peer: SandboxPeer) -> None:
    await peer.stock("tg", 6, "0.05", 40)

    numbers = [await peer.supplier.buy_number(order()) for _ in range(40)]
    rows = await active(peer, 40)

    assert {n.cost_micro for n in numbers} == {50_000}
    assert {r.activation_id for r in rows} == {n.activation_id for n in numbers}
    assert {r.phone for r in rows} == {n.phone for n in numbers}
    assert {(r.service, r.country, r.cost_micro) for r in rows} == {("tg", 6, 50_000)}


async def test_a_limit_below_the_market_buys_nothing(peer: SandboxPeer) -> None:
    await peer.stock("tg", 6, "0.20", 5)

    with pytest.raises(NumbersExhausted):
        await peer.supplier.buy_number(order(limit_micro=199_999))

    assert await peer.active_count() == 0


async def test_an_empty_shelf_buys_nothing(peer: SandboxPeer) -> None:
    await peer.stock("tg", 6, "0.20", 0)

    with pytest.raises(NumbersExhausted):
        await peer.supplier.buy_number(order())


async def test_an_empty_purse_is_a_refusal(peer: SandboxPeer) -> None:
    await peer.behave(balanceUsd=0)

    with pytest.raises(PurchaseRefused) as refusal:
        await peer.supplier.buy_number(order())

    assert refusal.value.reason == "NO_BALANCE"


@pytest.mark.parametrize(
    ("switches", "reason"),
    [
        ({"banned": {"scope": "global"}}, "BANNED"),
        ({"banned": {"scope": "specific", "service": "tg", "country": 6}}, "BANNED"),
        ({"channelsLimit": 0}, "CHANNELS_LIMIT"),
    ],
)
async def test_the_suppliers_limits_are_refusals(
    peer: SandboxPeer, switches: dict[str, object], reason: str
) -> None:
    await peer.behave(**switches)

    with pytest.raises(PurchaseRefused) as refusal:
        await peer.supplier.buy_number(order())

    assert refusal.value.reason == reason


async def test_an_unknown_service_is_a_refusal(peer: SandboxPeer) -> None:
    with pytest.raises(PurchaseRefused):
        await peer.supplier.buy_number(order(service="zzzz"))


async def test_a_number_waits_then_receives(peer: SandboxPeer) -> None:
    number = await peer.supplier.buy_number(order())
    assert (await peer.supplier.read_activation(number.activation_id)).status is (
        ActivationStatus.WAITING
    )

    await peer.sms(number.activation_id, "Your code is 48213: keep it")
    state = await peer.supplier.read_activation(number.activation_id)

    assert state.status is ActivationStatus.RECEIVED
    [sms] = state.sms
    assert (sms.body, sms.code) == ("Your code is 48213: keep it", "48213")
    assert sms.received_at is not None
    assert abs((datetime.now(UTC) - sms.received_at).total_seconds()) < 60


async def test_an_sms_without_a_code_keeps_its_text(peer: SandboxPeer) -> None:
    number = await peer.supplier.buy_number(order())
    await peer.sms(number.activation_id, "Welcome aboard!")

    [sms] = (await peer.supplier.read_activation(number.activation_id)).sms
    [row] = await active(peer)

    assert (sms.body, sms.code) == ("Welcome aboard!", None)
    assert row.sms is not None
    assert (row.sms.body, row.sms.code) == ("Welcome aboard!", None)


@pytest.mark.parametrize("shape", ["new", "old"])
async def test_both_shapes_of_the_status_are_read(peer: SandboxPeer, shape: str) -> None:
    await peer.behave(statusV2Shape=shape)
    number = await peer.supplier.buy_number(order())
    waiting = await peer.supplier.read_activation(number.activation_id)
    await peer.sms(number.activation_id, "Code 5512")
    received = await peer.supplier.read_activation(number.activation_id)

    assert waiting.status is ActivationStatus.WAITING
    assert received.sms[-1].code == "5512"


async def test_every_sms_is_told_with_its_own_id(hero: SandboxPeer) -> None:
    number = await hero.supplier.buy_number(order())
    for text in ("Code 1111", "Code 2222", "Code 2222"):
        await hero.sms(number.activation_id, text)

    state = await hero.supplier.read_activation(number.activation_id)

    assert [sms.code for sms in state.sms] == ["1111", "2222", "2222"]
    assert len({sms.supplier_id for sms in state.sms}) == 3


async def test_a_second_sms_can_be_asked_for_twice(peer: SandboxPeer) -> None:
    number = await peer.supplier.buy_number(order())
    await peer.sms(number.activation_id, "Code 1111")
    await peer.supplier.request_next_sms(number.activation_id)
    await peer.supplier.request_next_sms(number.activation_id)
    await peer.sms(number.activation_id, "Code 2222")

    state = await peer.supplier.read_activation(number.activation_id)

    assert state.sms[-1].code == "2222"


async def test_a_second_sms_before_the_first_is_refused(peer: SandboxPeer) -> None:
    number = await peer.supplier.buy_number(order())

    with pytest.raises(PurchaseRefused):
        await peer.supplier.request_next_sms(number.activation_id)


async def test_a_closed_number_takes_no_second_sms(peer: SandboxPeer) -> None:
    number = await peer.supplier.buy_number(order())
    await peer.supplier.cancel(number.activation_id)

    with pytest.raises(ActivationGone):
        await peer.supplier.request_next_sms(number.activation_id)


async def test_cancelling_twice_says_that_it_is_gone(peer: SandboxPeer) -> None:
    number = await peer.supplier.buy_number(order())
    await peer.supplier.cancel(number.activation_id)

    with pytest.raises(ActivationGone):
        await peer.supplier.cancel(number.activation_id)
    assert (await peer.supplier.read_activation(number.activation_id)).status is (
        ActivationStatus.CLOSED
    )
    assert await active(peer) == []


async def test_a_young_number_is_not_cancelled(peer: SandboxPeer) -> None:
    await peer.behave(minCancelSeconds=90)
    number = await peer.supplier.buy_number(order())

    with pytest.raises(CancelTooEarly) as refusal:
        await peer.supplier.cancel(number.activation_id)

    # The older dialect does not name the age, so the setting stands in.
    assert refusal.value.minimum_age_s in {90, 120}
    await peer.advance(91)
    await peer.supplier.cancel(number.activation_id)


@pytest.mark.parametrize("was_read", [True, False])
async def test_a_number_with_a_code_is_not_cancelled(peer: SandboxPeer, *, was_read: bool) -> None:
    number = await peer.supplier.buy_number(order())
    await peer.sms(number.activation_id, "Code 1111")
    if was_read:
        await peer.supplier.read_activation(number.activation_id)

    with pytest.raises(CodeArrived):
        await peer.supplier.cancel(number.activation_id)


@pytest.mark.parametrize("confirm", [True, False])
@pytest.mark.parametrize("afterwards", ["cancel", "ok"])
async def test_finishing_twice_says_that_it_is_gone(
    peer: SandboxPeer, *, confirm: bool, afterwards: str
) -> None:
    await peer.behave(confirmUnreadCode=confirm, finishedStatus=afterwards)
    number = await peer.supplier.buy_number(order())
    await peer.sms(number.activation_id, "Code 1111")
    await peer.supplier.finish(number.activation_id)

    assert await peer.active_count() == 0
    with pytest.raises(ActivationGone):
        await peer.supplier.finish(number.activation_id)


@pytest.mark.parametrize("activation_id", ["999999999", "not-a-number"])
async def test_unknown_rentals_are_gone(peer: SandboxPeer, activation_id: str) -> None:
    with pytest.raises(ActivationGone):
        await peer.supplier.read_activation(activation_id)
    with pytest.raises(ActivationGone):
        await peer.supplier.cancel(activation_id)
    with pytest.raises(ActivationGone):
        await peer.supplier.finish(activation_id)
    with pytest.raises(ActivationGone):
        await peer.supplier.request_next_sms(activation_id)


async def test_a_refund_by_the_supplier_closes_the_rental(peer: SandboxPeer) -> None:
    number = await peer.supplier.buy_number(order())
    await peer.control("supplier/refund", activationId=int(number.activation_id))

    state = await peer.supplier.read_activation(number.activation_id)

    assert (state.status, state.sms) == (ActivationStatus.CLOSED, ())


async def test_a_code_that_came_before_the_end_is_still_told(hero: SandboxPeer) -> None:
    number = await hero.supplier.buy_number(order())
    await hero.sms(number.activation_id, "Code 7777")
    await hero.advance(1300)

    state = await hero.supplier.read_activation(number.activation_id)

    assert state.status is ActivationStatus.CLOSED
    assert [sms.code for sms in state.sms] == ["7777"]


async def test_an_empty_list_is_empty(peer: SandboxPeer) -> None:
    assert await active(peer) == []


@pytest.mark.parametrize("expected", [0, 250, 1000])
async def test_the_list_is_whole_whatever_was_expected(peer: SandboxPeer, expected: int) -> None:
    await peer.stock("tg", 6, "0.05", 400)
    bought = {(await peer.supplier.buy_number(order())).activation_id for _ in range(300)}
    before = (await peer.requests())["getActiveActivations"]

    rows = await active(peer, expected)

    assert {row.activation_id for row in rows} == bought
    asked = (await peer.requests())["getActiveActivations"] - before
    assert asked <= max(expected // 100 + 2, 5)


async def test_the_list_shows_the_newest_sms(peer: SandboxPeer) -> None:
    quiet = await peer.supplier.buy_number(order())
    loud = await peer.supplier.buy_number(order(service="wa", country=33))
    await peer.sms(loud.activation_id, "Code 1111")
    await peer.sms(loud.activation_id, "Code 2222")

    rows = {row.activation_id: row for row in await active(peer)}

    assert rows[quiet.activation_id].sms is None
    sms = rows[loud.activation_id].sms
    assert sms is not None
    assert (sms.body, sms.code) == ("Code 2222", "2222")
    assert (rows[loud.activation_id].service, rows[loud.activation_id].country) == ("wa", 33)


async def test_offers_are_buyable_at_their_cost(hero: SandboxPeer) -> None:
    offers = await hero.supplier.list_offers()

    by_pair = {(offer.service, offer.country): offer for offer in offers}
    assert len(by_pair) == len(offers) > 10_000
    for offer in [o for o in offers if o.count >= 3][:2000:100]:
        for _ in range(3):
            number = await hero.supplier.buy_number(
                order(offer.service, offer.country, offer.cost_micro)
            )
            assert number.cost_micro is not None
            assert number.cost_micro <= offer.cost_micro
    requests = await hero.requests()
    assert requests["rest:offers"] <= requests["getServicesList"] * 2100 // 100
    assert requests["getPrices"] == 0


async def test_offers_of_the_older_dialect_take_one_request(legacy: SandboxPeer) -> None:
    await legacy.stock("tg", 6, "0.1234", 7)

    offers = await legacy.supplier.list_offers()

    assert [(o.cost_micro, o.count) for o in offers if (o.service, o.country) == ("tg", 6)] == [
        (123_400, 7)
    ]
    assert sum((await legacy.requests()).values()) == 1


async def test_the_check_passes_with_our_key(peer: SandboxPeer) -> None:
    await peer.supplier.check()


@pytest.mark.parametrize("dialect", ["hero", "legacy"])
async def test_the_check_fails_with_another_key(dialect: str) -> None:
    async with sandbox_peer(dialect, api_key="wrong") as peer:
        with pytest.raises(PurchaseRefused) as refusal:
            await peer.supplier.check()
        with pytest.raises(PurchaseRefused):
            await peer.supplier.buy_number(order())

    assert refusal.value.reason == "BAD_KEY"
