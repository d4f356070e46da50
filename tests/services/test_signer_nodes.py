"""Two nodes of which one is behind, away, or tells something else: nothing is paid on a doubt."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jiema_app.domain.errors import NotOpen
from jiema_app.integrations.tron import agreeing, nodes
from tests.support.house import STRANGER, USDT, House, open_house
from tests.support.payout_wire import Wire
from tests.support.polling import until_told
from tests.support.shop import Shop

NET = 18 * USDT
RECEIPTS = ("gettransactioninfobyid", "walletsolidity/gettransactioninfobyid")


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def house(shop: Shop, tmp_path: Path, wire: Wire) -> AsyncIterator[House]:
    """A shop that reads two nodes; in the end chain and books agree to the last unit."""
    async with open_house(shop, tmp_path, has_two_nodes=True, transport=wire) as opened:
        yield opened
        await opened.mine()
        await opened.compare()


async def second(house: House, **switches: object) -> None:
    await house.peer.control("behaviour", node="second", **switches)


async def fail_second(house: House, kind: str, *actions: str, rate: int = 1) -> None:
    for action in actions:
        await house.peer.control("faults", action=action, kind=kind, rate=rate, node="second")


async def ensure_paid_once(house: House, withdrawal: str, attempts: int = 1) -> None:

    async def is_settled() -> bool:
        # A node that has failed is left alone for a while.
        await house.shop.execute("update payouts set not_before = null")
        await house.turns(1)
        await house.mine()
        return (await house.show(withdrawal)).status == "SETTLED"

    await until_told(is_settled)
    assert await house.balance(STRANGER) == NET
    assert len(await house.attempts(withdrawal)) == attempts


async def test_it_is_sent_to_both_and_settled_when_both_have_it(house: House, wire: Wire) -> None:
    asked = await house.approved(await house.earner())
    await house.signer.turn()
    assert len(wire.sent) == 2
    assert len(set(wire.sent)) == 1
    await ensure_paid_once(house, asked.id)


async def test_the_second_node_takes_what_the_first_one_does_not(house: House) -> None:
    asked = await house.approved(await house.earner())
    await house.peer.control(
        "faults", action="broadcasttransaction", kind="server_busy", rate=1, node="first"
    )
    await house.signer.turn()
    await house.peer.mend("broadcasttransaction", "server_busy")
    await ensure_paid_once(house, asked.id)


@pytest.mark.parametrize("lag_s", [7200, 240])
async def test_nothing_is_signed_while_a_node_is_behind(house: House, lag_s: int) -> None:
    asked = await house.approved(await house.earner())
    await second(house, lagSeconds=lag_s)
    await house.turns()
    assert not await house.attempts(asked.id)
    assert (await house.show(asked.id)).status == "APPROVED"
    await second(house, lagSeconds=0)
    await ensure_paid_once(house, asked.id)


async def test_what_a_node_two_hours_behind_does_not_know_is_neither_paid_nor_absent(
    house: House, wire: Wire
) -> None:
    asked = await house.approved(await house.earner())
    await house.peer.fault("broadcasttransaction", "never_mined", count=1)
    await house.signer.turn()
    await second(house, lagSeconds=7200)
    await house.pass_time(700)
    for _ in range(3):
        await house.peer.mine(4)
        await house.turns()
    # It expired by the first one; nobody may pay it anew, or give it back.
    assert [one["outcome"] for one in await house.attempts(asked.id)] == [None]
    for decide in (house.payouts.reviews.reject, house.payouts.reviews.retry):
        with pytest.raises(NotOpen):
            await decide(asked.id, actor=await house.admin(), note="it takes too long")
    assert len(set(wire.sent)) == 1
    await second(house, lagSeconds=0)
    await house.mine()
    await house.compare()
    await ensure_paid_once(house, asked.id, attempts=2)


async def test_what_one_node_alone_calls_absent_is_not_signed_anew(house: House) -> None:
    asked = await house.approved(await house.earner())
    await house.signer.turn()
    actions = (*RECEIPTS, "gettransactionbyid", "gettransactionfrompending")
    await fail_second(house, "empty_object", *actions)
    await house.peer.mine(4)
    await house.turns()
    await house.pass_time(700)
    await house.peer.mine(4)
    await house.turns()
    assert [one["outcome"] for one in await house.attempts(asked.id)] == [None]
    assert (await house.show(asked.id)).status == "BROADCAST"
    await fail_second(house, "empty_object", *actions, rate=0)
    await ensure_paid_once(house, asked.id)


async def test_a_receipt_that_one_node_alone_tells_settles_nothing(house: House) -> None:
    asked = await house.approved(await house.earner())
    await house.peer.fault("broadcasttransaction", "revert", count=1)
    await house.signer.turn()
    await house.peer.mine(4)
    (attempt,) = await house.attempts(asked.id)
    # The second one says of another block that this was in it.
    answer = {"id": attempt["txid"], "blockNumber": 1, "receipt": {"result": "SUCCESS"}}
    for action in RECEIPTS:
        await house.peer.control(
            "faults", action=action, kind="other_answer", rate=1, node="second", answer=answer
        )
    await house.turns()
    assert [one["outcome"] for one in await house.attempts(asked.id)] == [None]
    await fail_second(house, "other_answer", *RECEIPTS, rate=0)
    await house.mine(1)
    await house.turns()
    assert (await house.show(asked.id)).status == "FAILED_ON_CHAIN"
    await house.payouts.reviews.retry(asked.id, actor=await house.admin(), note="mended")
    await ensure_paid_once(house, asked.id, attempts=2)


async def test_a_node_that_lies_about_money_stops_signing(house: House) -> None:
    asked = await house.approved(await house.earner())
    await house.peer.control("lies", node="second", address="hot", usdt="0.5")
    await house.turns()
    assert not await house.attempts(asked.id)
    await house.peer.control("lies", node="second", forget=True)
    await ensure_paid_once(house, asked.id)


async def test_a_node_of_another_chain_stops_signing_and_is_sent_nothing(
    house: House, wire: Wire
) -> None:
    asked = await house.approved(await house.earner())
    await house.peer.control("behaviour", wrongGenesis=True, node="second")
    await house.turns()
    assert not await house.attempts(asked.id)
    assert not wire.sent
    await second(house, wrongGenesis=False)
    await house.restart()
    await ensure_paid_once(house, asked.id)


async def test_a_node_that_fails_is_waited_for_and_one_that_is_away_is_not(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await house.approved(await house.earner())
    await fail_second(house, "http503", "*")
    await house.turns()
    assert not await house.attempts(asked.id)
    for module in (agreeing, nodes):
        monkeypatch.setattr(module, "AWAY_S", 0.0)
    await house.shop.execute("update payouts set not_before = null")
    await house.turns(3)
    assert len(await house.attempts(asked.id)) == 1
    await house.peer.mine(4)
    await house.turns()
    # Paid it is by the word of the other one. That something is absent nobody takes from it alone.
    assert (await house.show(asked.id)).status == "SETTLED"
    monkeypatch.undo()
    await fail_second(house, "http503", "*", rate=0)
    await house.mine()
    await ensure_paid_once(house, asked.id)


async def test_nothing_is_called_absent_while_a_node_is_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await house.approved(await house.earner())
    await house.peer.fault("broadcasttransaction", "never_mined", count=1)
    await house.signer.turn()
    await fail_second(house, "http503", "*")
    for module in (agreeing, nodes):
        monkeypatch.setattr(module, "AWAY_S", 0.0)
    await house.pass_time(700)
    await house.peer.mine(4)
    await house.turns(3)
    assert [one["outcome"] for one in await house.attempts(asked.id)] == [None]
    monkeypatch.undo()
    await fail_second(house, "http503", "*", rate=0)
    await house.mine()
    await house.compare()
    await ensure_paid_once(house, asked.id, attempts=2)


async def test_what_our_own_reading_has_not_passed_is_not_called_absent(house: House) -> None:
    asked = await house.approved(await house.earner())
    await house.peer.fault("broadcasttransaction", "never_mined", count=1)
    await house.signer.turn()
    await house.pass_time(700)
    await house.peer.mine(4)
    await house.turns()
    # Both nodes have nothing of it; nobody has read the blocks.
    assert [one["outcome"] for one in await house.attempts(asked.id)] == [None]
    await house.read()
    await house.compare()
    await house.peer.mine(1)
    await house.turns()
    assert [one["outcome"] for one in await house.attempts(asked.id)] == ["ABSENT", None]
    await ensure_paid_once(house, asked.id, attempts=2)


async def test_nothing_is_called_absent_while_reading_is_halted(house: House) -> None:
    asked = await house.approved(await house.earner())
    await house.peer.fault("broadcasttransaction", "never_mined", count=1)
    await house.signer.turn()
    await house.pass_time(700)
    await house.mine(4)
    await house.shop.execute("update chain_cursors set halted_because = 'a contradiction'")
    await house.turns()
    assert [one["outcome"] for one in await house.attempts(asked.id)] == [None]
    await house.shop.execute("update chain_cursors set halted_because = null")
    await house.mine(1)
    await house.compare()
    await ensure_paid_once(house, asked.id, attempts=2)


async def test_a_receipt_of_another_transfer_is_laid_before_a_person(
    shop: Shop, tmp_path: Path
) -> None:
    async with open_house(shop, tmp_path) as house:
        asked = await house.approved(await house.earner())
        await house.signer.turn()
        await house.peer.mine(4)
        await house.shop.damage("update payout_attempts set amount = amount + 1")
        await house.turns()
        assert (await house.show(asked.id)).status == "NEEDS_REVIEW"
        for decide in (house.payouts.reviews.reject, house.payouts.reviews.retry):
            with pytest.raises(NotOpen):
                await decide(asked.id, actor=await house.admin(), note="what is this")
        await house.shop.damage("update payout_attempts set amount = amount - 1")
        # The reader of the chain, who met the transfer that was signed, has the last word.
        await house.mine()
        assert (await house.show(asked.id)).status == "SETTLED"
        await house.compare()
