"""What a node makes of a payment decides nothing: every fault of a broadcast, to its end."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jiema_app.domain.errors import NotOpen
from tests.support.house import HOT, STRANGER, USDT, House, open_house
from tests.support.payout_wire import Wire
from tests.support.shop import Shop

NET = 18 * USDT
"""Of 20 USDT."""


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def house(shop: Shop, tmp_path: Path, wire: Wire) -> AsyncIterator[House]:
    """A shop that pays out; in the end chain and books agree to the last unit."""
    async with open_house(shop, tmp_path, transport=wire) as opened:
        yield opened
        await opened.mine()
        await opened.compare()


async def send_with(house: House, kind: str, **how: int) -> str:
    """A withdrawal that was sent into a fault; its id."""
    ann = await house.earner()
    approved = await house.approved(ann)
    await house.peer.fault("broadcasttransaction", kind, **(how or {"count": 1}))
    await house.signer.turn()
    return approved.id


async def ends(house: House, withdrawal: str) -> list[str | None]:
    return [one["outcome"] for one in await house.attempts(withdrawal)]


async def ensure_paid_once(house: House, withdrawal: str, before: int = 0) -> None:
    assert (await house.show(withdrawal)).status == "SETTLED"
    assert await house.balance(STRANGER) == before + NET


@pytest.mark.parametrize("kind", ["accepted_then_504", "dup", "not_enough_connection", "truncated"])
async def test_what_was_taken_is_settled_whatever_was_answered(house: House, kind: str) -> None:
    paid = await send_with(house, kind)
    await house.finish()
    await ensure_paid_once(house, paid)
    assert await ends(house, paid) == ["SETTLED"]


@pytest.mark.parametrize(
    "kind",
    [
        "server_busy",
        "no_connection",
        "block_unsolidified",
        "tapos",
        "expired",
        "dropped_broadcast",
        "drop_before",
        "http503",
    ],
)
async def test_the_same_bytes_are_sent_again_until_they_are_taken(
    house: House, wire: Wire, kind: str
) -> None:
    paid = await send_with(house, kind)
    await house.finish()
    assert (await house.show(paid)).status == "BROADCAST"
    # Not before its time.
    sent = len(wire.sent)
    await house.signer.turn()
    assert len(wire.sent) == sent
    await house.pass_time(16)
    await house.signer.turn()
    await house.finish()
    await ensure_paid_once(house, paid)
    assert await ends(house, paid) == ["SETTLED"]
    (attempt,) = await house.attempts(paid)
    assert set(wire.sent) == {attempt["signed_json"].encode()}
    assert attempt["sent_count"] == 2


@pytest.mark.parametrize("kind", ["never_mined", "dup_unknown"])
async def test_what_never_comes_into_a_block_is_signed_anew_when_that_is_proved(
    house: House, wire: Wire, kind: str
) -> None:
    paid = await send_with(house, kind)
    await house.finish()
    await house.pass_time(16)
    await house.turns()
    # Minutes later, and not expired: nothing is signed beside it, and nobody may give it back.
    await house.pass_time(300)
    await house.mine(4)
    await house.turns()
    assert await ends(house, paid) == [None]
    with pytest.raises(NotOpen):
        await house.payouts.reviews.reject(paid, actor=await house.admin(), note="too slow")
    assert len(set(wire.sent)) == 1

    if kind == "dup_unknown":
        # It says so for an hour of its own clock.
        await house.peer.mend("broadcasttransaction", kind)
        house.peer.app.tron.nodes["first"].behave_as_at_first()
    await house.expire()
    await house.turns()
    assert await ends(house, paid) == ["ABSENT", None]
    await house.finish()
    await ensure_paid_once(house, paid)
    assert await ends(house, paid) == ["ABSENT", "SETTLED"]
    assert len(set(wire.sent)) == 2


async def test_after_three_that_expired_a_person_decides(house: House) -> None:
    paid = await send_with(house, "never_mined", count=3)
    for number in range(1, 4):
        assert await ends(house, paid) == ["ABSENT"] * (number - 1) + [None]
        await house.finish()
        await house.expire()
        await house.turns()
    shown = await house.show(paid)
    assert shown.status == "EXPIRED_ABSENT"
    assert await ends(house, paid) == ["ABSENT"] * 3
    await house.turns()
    assert len(await house.attempts(paid)) == 3

    await house.payouts.reviews.retry(paid, actor=await house.admin(), note="nodes are well")
    await house.signer.turn()
    await house.finish()
    await ensure_paid_once(house, paid)


async def test_what_expired_is_given_back_when_a_person_says_so(house: House) -> None:
    ann = await house.earner()
    asked = await house.approved(ann)
    await house.peer.fault("broadcasttransaction", "never_mined", count=9)
    for _ in range(3):
        await house.turns()
        await house.expire()
    await house.turns()
    assert (await house.show(asked.id)).status == "EXPIRED_ABSENT"
    assert await house.purse(ann) == (30 * USDT, 20 * USDT)

    await house.payouts.reviews.reject(asked.id, actor=await house.admin(), note="not possible")
    assert await house.purse(ann) == (50 * USDT, 0)
    await house.turns()
    await house.finish()
    assert (await house.show(asked.id)).status == "REJECTED"
    assert await house.balance(STRANGER) == 0


@pytest.mark.parametrize("kind", ["revert", "out_of_energy", "out_of_time"])
@pytest.mark.parametrize("is_retried", [True, False])
async def test_what_fails_in_its_block_waits_for_a_person(
    house: House, kind: str, *, is_retried: bool
) -> None:
    before = await house.balance(HOT)
    failed = await send_with(house, kind)
    actor = await house.admin()
    with pytest.raises(NotOpen):
        await house.payouts.reviews.retry(failed, actor=actor, note="at once")
    await house.finish()
    shown = await house.show(failed)
    assert shown.status == "FAILED_ON_CHAIN"
    (attempt,) = await house.attempts(failed)
    assert attempt["outcome"] == "FAILED"
    assert attempt["fee_sun"] > 1_000_000
    await house.turns()
    assert len(await house.attempts(failed)) == 1
    assert await house.balance(HOT) == before

    if is_retried:
        await house.payouts.reviews.retry(failed, actor=actor, note="energy is there")
        await house.signer.turn()
        await house.finish()
        await ensure_paid_once(house, failed)
        assert await house.balance(HOT) == before - NET
    else:
        rejected = await house.payouts.reviews.reject(failed, actor=actor, note="cannot be paid")
        assert rejected.status == "REJECTED"
        assert await house.balance(STRANGER) == 0


async def test_what_no_node_takes_as_it_is_is_sent_no_more(house: House, wire: Wire) -> None:
    ann = await house.earner()
    asked = await house.approved(ann)
    answer = {"code": "CONTRACT_VALIDATE_ERROR", "message": "41"}
    await house.peer.control(
        "faults", action="broadcasttransaction", kind="other_answer", rate=1, answer=answer
    )
    await house.signer.turn()
    await house.pass_time(60)
    await house.turns()
    assert len(wire.sent) == 1
    await house.expire()
    await house.turns()
    # Built anew it would be refused anew.
    assert (await house.show(asked.id)).status == "EXPIRED_ABSENT"
    await house.peer.mend("broadcasttransaction", "other_answer")
    await house.payouts.reviews.retry(asked.id, actor=await house.admin(), note="node was wrong")
    await house.turns()
    await house.finish()
    await ensure_paid_once(house, asked.id)
