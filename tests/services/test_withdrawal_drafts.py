"""A withdrawal before it is asked for: looked at from all sides, carried, and confirmed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jiema_app.domain.payouts.destinations import DestinationFault
from jiema_app.domain.withdrawals.decision_times import ENOUGH, DecisionTimes
from jiema_app.domain.withdrawals.draft_views import (
    Draft,
    DraftRefused,
    TypedWithdrawal,
)
from jiema_app.domain.withdrawals.drafts import DRAFT_LIFE_S, WithdrawalDrafts
from jiema_app.domain.withdrawals.requests import WithdrawalRefused
from jiema_app.domain.withdrawals.sealed_drafts import SEALED_MAX, SealedDrafts
from jiema_app.domain.withdrawals.statuses import WithdrawalFault
from sandbox.tron.addresses import base58_address
from sandbox.tron.contracts import TOKENS
from tests.support.house import open_house
from tests.support.moving_clock import MovingClock
from tests.support.shop import Customer, Shop
from tests.support.withdrawing import (
    ANOTHER,
    STRANGER,
    administrator,
    change_terms,
    earner,
    micro,
    owe,
    purse,
    wish,
)

ZERO = "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"


def drafts_of(shop: Shop) -> WithdrawalDrafts:
    return shop.services.payouts.drafts


def typed(amount: str = "20", address: str = STRANGER, **how: Any) -> TypedWithdrawal:
    return TypedWithdrawal(
        address=address, amount=amount, source=how.pop("source", "commission"), **how
    )


async def prepared(shop: Shop, who: Customer, amount: str = "20", **how: Any) -> Draft:
    return await drafts_of(shop).prepare(who.id, typed(amount, **how))


async def faults(shop: Shop, who: Customer, amount: str = "20", **how: Any) -> list[Any]:
    with pytest.raises(DraftRefused) as refused:
        await prepared(shop, who, amount, **how)
    assert await purse(shop, who) == await purse(shop, who)
    return [(one.fault, one.amount) for one in refused.value.refusals]


@pytest.mark.parametrize(
    ("amount", "fee", "net"),
    [("5", 2, 3), ("20", 2, 18), ("40", 2, 38), ("40.01", 2.01, 38.00), ("50", 2.5, 47.5)],
)
async def test_a_draft_says_fee_and_net_and_holds_nothing(
    shop: Shop, amount: str, fee: float, net: float
) -> None:
    ann = await earner(shop)
    draft = await prepared(shop, ann, amount)
    assert (draft.quote.fee, draft.quote.net) == (micro(fee), micro(net))
    assert draft.quote.fee + draft.quote.net == draft.quote.amount
    assert await purse(shop, ann) == (micro(50), 0)


async def test_all_of_it_is_all_of_it_to_the_last_unit(shop: Shop) -> None:
    ann = await earner(shop, 12.345_678)
    draft = await prepared(shop, ann, takes_all=True)
    assert draft.quote.amount == micro(12.345_678)
    assert draft.quote.net == micro(10.345_678)
    carried = drafts_of(shop).open(ann.id, drafts_of(shop).carry(ann.id, draft))
    assert carried is not None
    view = await drafts_of(shop).request(ann.id, carried, shop.services.clock.now())
    assert view.amount == micro(12.345_678)
    assert await purse(shop, ann) == (0, micro(12.345_678))


async def test_everything_that_is_wrong_is_told_at_once(shop: Shop) -> None:
    ann = await earner(shop)
    found = await faults(shop, ann, "60", address="0x1234")
    assert found == [
        (DestinationFault.NOT_TRON, None),
        (WithdrawalFault.NOT_COVERED, micro(50)),
    ]


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("", DestinationFault.EMPTY),
        ("bc1qxyz", DestinationFault.NOT_TRON),
        ("x" * 100_000, DestinationFault.NOT_TRON),
        ("\ud800\x00", DestinationFault.NOT_TRON),
        (f"{STRANGER[:-1]}4", DestinationFault.CHECKSUM),
        (ZERO, DestinationFault.ZERO),
    ],
)
async def test_an_address_that_cannot_be_paid_to(
    shop: Shop, address: str, fault: DestinationFault
) -> None:
    ann = await earner(shop)
    assert await faults(shop, ann, address=address) == [(fault, None)]


@pytest.mark.parametrize(
    ("amount", "fault", "figure"),
    [
        ("", WithdrawalFault.AMOUNT, None),
        ("ten", WithdrawalFault.AMOUNT, None),
        ("-5", WithdrawalFault.AMOUNT, None),
        ("1.234", WithdrawalFault.AMOUNT, None),
        ("9" * 5_000, WithdrawalFault.AMOUNT, None),
        ("4.99", WithdrawalFault.TOO_SMALL, 5),
        ("50.000001", WithdrawalFault.NOT_COVERED, 50),
        ("501", WithdrawalFault.TOO_LARGE, 500),
        ("9,999,999,999,999,999,999,999", WithdrawalFault.TOO_LARGE, 500),
    ],
)
async def test_an_amount_that_cannot_be_asked_for(
    shop: Shop, amount: str, fault: WithdrawalFault, figure: int | None
) -> None:
    await change_terms(shop, takes_above=False, alone_max_micro=micro(500))
    ann = await earner(shop)
    expected = None if figure is None else micro(figure)
    assert await faults(shop, ann, amount) == [(fault, expected)]
    with pytest.raises(WithdrawalRefused) as refused:
        await drafts_of(shop).quote(ann.id, amount, "commission")
    assert refused.value.fault is fault


async def test_nobody_who_has_nothing_gets_a_draft(shop: Shop) -> None:
    nobody = await shop.customer(cents=0)
    assert await faults(shop, nobody) == [(WithdrawalFault.NOT_COVERED, 0)]
    assert await faults(shop, nobody, takes_all=True) == [(WithdrawalFault.TOO_SMALL, micro(5))]


async def test_who_owes_commission_cannot_withdraw_the_balance_either(shop: Shop) -> None:
    await change_terms(shop, takes_spending=True)
    ann = await shop.customer(cents=5_000)
    await owe(shop, ann)
    for source in ("commission", "spending"):
        assert await faults(shop, ann, source=source) == [(WithdrawalFault.COMMISSION_OWED, None)]


async def test_the_balance_for_orders_is_paid_out_only_where_the_terms_say_so(shop: Shop) -> None:
    ann = await shop.customer(cents=5_000)
    assert await faults(shop, ann, source="spending") == [(WithdrawalFault.SOURCE, None)]
    assert await faults(shop, ann, source="house") == [(WithdrawalFault.SOURCE, None)]
    await change_terms(shop, takes_spending=True)
    assert (await prepared(shop, ann, source="spending", takes_all=True)).quote.amount == micro(50)


async def test_one_that_is_open_and_the_limit_of_a_day_refuse_a_draft(shop: Shop) -> None:
    await change_terms(shop, per_day_micro=micro(30))
    ann = await earner(shop)
    assert await faults(shop, ann, "31") == [(WithdrawalFault.DAY_SUM, micro(30))]
    await shop.services.payouts.withdrawals.request(ann.id, wish(20))
    assert await faults(shop, ann) == [(WithdrawalFault.ONE_OPEN, None)]


async def test_nothing_is_prepared_while_withdrawals_are_paused(shop: Shop) -> None:
    ann = await earner(shop)
    drafts = drafts_of(shop)
    paused = replace(drafts, withdrawals=replace(drafts.withdrawals, is_open=False))
    with pytest.raises(DraftRefused) as refused:
        await paused.prepare(ann.id, typed())
    assert [one.fault for one in refused.value.refusals] == [WithdrawalFault.PAUSED]


async def test_a_changed_address_waits_and_the_draft_says_until_when(shop: Shop) -> None:
    ann = await earner(shop)
    assert (await prepared(shop, ann)).usable_from is None
    asked = await shop.services.payouts.withdrawals.request(ann.id, wish(10))
    await shop.services.payouts.withdrawals.cancel(ann.id, asked.id)
    assert (await prepared(shop, ann)).usable_from is None
    changed = (await prepared(shop, ann, address=ANOTHER)).usable_from
    assert changed is not None
    left = changed - shop.services.clock.now()
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)
    look = await drafts_of(shop).look_at_address(ann.id, ANOTHER, asks_chain=False)
    assert look.found.ok
    assert look.usable_from is not None


async def test_a_contract_is_seen_only_by_asking_the_chain(shop: Shop, tmp_path: Path) -> None:
    contract = base58_address(TOKENS["fake"].address)
    async with open_house(shop, tmp_path) as house:
        ann, drafts = await house.earner(), house.payouts.drafts

        async def fault(address: str, *, asks_chain: bool) -> Any:
            look = await drafts.look_at_address(ann.id, address, asks_chain=asks_chain)
            return look.found.fault

        assert await fault(contract, asks_chain=False) is None
        assert await fault(contract, asks_chain=True) is DestinationFault.CONTRACT
        assert await fault(STRANGER, asks_chain=True) is None
        with pytest.raises(DraftRefused) as refused:
            await drafts.prepare(ann.id, typed(address=contract))
        assert refused.value.refusals[0].fault is DestinationFault.CONTRACT
        assert (await drafts.prepare(ann.id, typed(address=contract), asks_chain=False)).address
        await house.peer.fault("*", "http503")
        assert await fault(contract, asks_chain=True) is None, "a request asks once more"


async def test_an_address_that_the_issuer_has_blocked_is_not_asked_for(
    shop: Shop, tmp_path: Path
) -> None:
    async with open_house(shop, tmp_path) as house:
        ann = await house.earner()
        await house.peer.control("blacklist", address=STRANGER)
        look = await house.payouts.drafts.look_at_address(ann.id, STRANGER, asks_chain=True)
        assert look.found.fault is DestinationFault.BLACKLISTED
        with pytest.raises(WithdrawalRefused, match="The issuer of USDT has blocked this address"):
            await house.payouts.withdrawals.request(ann.id, wish(10))
        await house.peer.control("blacklist", address=STRANGER, listed=False)
        assert (await house.payouts.withdrawals.request(ann.id, wish(10))).status == "REQUESTED"


async def test_a_draft_is_opened_by_its_owner_alone(shop: Shop) -> None:
    ann, bob = await earner(shop), await earner(shop)
    drafts = drafts_of(shop)
    sealed = drafts.carry(ann.id, await prepared(shop, ann))
    assert len(sealed) < 300, "it travels in the address of the sign-in page"
    assert STRANGER not in sealed
    assert drafts.open(bob.id, sealed) is None
    assert await drafts.resume(bob.id, sealed) is None
    for spoiled in ("", "x", sealed[:-4], f"{sealed}A", "A" * SEALED_MAX, "é", "\ud800", "%00"):
        assert drafts.open(ann.id, spoiled) is None
    other = SealedDrafts.derived(b"another secret")
    assert replace(drafts, seals=other).open(ann.id, sealed) is None


async def test_a_draft_that_was_confirmed_is_not_taken_up_again(shop: Shop) -> None:
    ann = await earner(shop)
    drafts, now = drafts_of(shop), shop.services.clock.now()
    sealed = drafts.carry(ann.id, await prepared(shop, ann))
    carried = drafts.open(ann.id, sealed)
    assert carried is not None
    first = await drafts.request(ann.id, carried, now)
    again = await drafts.request(ann.id, carried, now)
    assert first.id == again.id
    assert await purse(shop, ann) == (micro(30), micro(20))
    await shop.services.payouts.withdrawals.cancel(ann.id, first.id)
    assert await drafts.resume(ann.id, sealed) is None
    assert (await drafts.request(ann.id, carried, now)).status == "CANCELLED"
    assert await purse(shop, ann) == (micro(50), 0)


async def test_an_old_draft_fills_the_form_and_is_not_confirmed(shop: Shop) -> None:
    ann = await earner(shop)
    drafts, clock = drafts_of(shop), MovingClock()
    drafts = replace(drafts, clock=clock)
    sealed = drafts.carry(ann.id, await prepared(shop, ann))
    clock.move(DRAFT_LIFE_S + 1)
    resumed = await drafts.resume(ann.id, sealed)
    assert resumed is not None
    assert (resumed.draft, resumed.typed.address, resumed.typed.amount) == (None, STRANGER, "20.00")
    carried = drafts.open(ann.id, sealed)
    assert carried is not None
    assert carried.request_key == ""


async def test_another_fee_than_was_told_holds_nothing(shop: Shop) -> None:
    ann = await earner(shop)
    drafts = drafts_of(shop)
    sealed = drafts.carry(ann.id, await prepared(shop, ann))
    await change_terms(shop, fee_min_micro=micro(3))
    carried = drafts.open(ann.id, sealed)
    assert carried is not None
    with pytest.raises(WithdrawalRefused) as refused:
        await drafts.request(ann.id, carried, shop.services.clock.now())
    assert (refused.value.fault, refused.value.amount) == (WithdrawalFault.TERMS_CHANGED, micro(17))
    assert await purse(shop, ann) == (micro(50), 0)
    resumed = await drafts.resume(ann.id, sealed)
    assert resumed is not None
    assert resumed.draft is not None
    assert resumed.draft.quote.net == micro(17)
    assert resumed.draft.request_key == carried.request_key
    assert [fault for fault, _ in resumed.faults] == [WithdrawalFault.TERMS_CHANGED]


async def test_a_refused_form_comes_back_as_it_was_typed(shop: Shop) -> None:
    ann = await earner(shop)
    drafts = drafts_of(shop)
    wrong = typed("60", address="\ud800" + "ж" * 500, source="nowhere")
    with pytest.raises(DraftRefused) as refused:
        await drafts.prepare(ann.id, wrong)
    sealed = drafts.carry_back(ann.id, wrong, refused.value.refusals)
    assert len(sealed) < SEALED_MAX
    resumed = await drafts.resume(ann.id, sealed)
    assert resumed is not None
    assert resumed.typed.address == "?" + "ж" * 99
    assert (resumed.typed.amount, resumed.typed.source, resumed.draft) == ("60", "", None)
    assert [fault for fault, _ in resumed.faults] == [
        DestinationFault.NOT_TRON,
        WithdrawalFault.SOURCE,
    ]


async def test_how_long_decisions_take_is_told_once_there_are_enough(shop: Shop) -> None:
    payouts, clock, ann = shop.services.payouts, MovingClock(), await earner(shop)
    times, admin = DecisionTimes(shop.services.database, clock), await administrator(shop)
    for place in range(ENOUGH):
        assert await times.usual_s() is None
        asked = await payouts.withdrawals.request(ann.id, wish(10))
        await payouts.reviews.reject(asked.id, actor=admin, note="a test")
        await shop.damage(
            f"update withdrawals set created_at = ended_at - interval '{place + 1} minutes' "
            f"where id = '{asked.id}'"
        )
        taken_back = await payouts.withdrawals.request(ann.id, wish(5))
        await payouts.withdrawals.cancel(ann.id, taken_back.id)
        clock.move(600)
    assert await times.usual_s() == 330
    asked = await payouts.withdrawals.request(ann.id, wish(10))
    await payouts.reviews.reject(asked.id, actor=admin, note="a test")
    assert await times.usual_s() == 330, "it is remembered for a while"
