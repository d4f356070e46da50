"""Money that left our wallets unexplained: booked, told, and nothing is signed until somebody explains."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from jiema_app.domain.errors import BadRequest, Forbidden, NotFound
from tests.support.house import HOT, STRANGER, TREASURY, USDT, House, open_house
from tests.support.house_books import (
    OWNER,
    holds,
    kinds,
    send,
    unexplained,
)
from tests.support.shop import Shop

COMMAND_LINE: Final = "command-line"


@pytest.fixture
async def house(shop: Shop, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(shop, tmp_path) as opened:
        yield opened
        await opened.mine()
        await opened.compare()


@pytest.mark.parametrize(
    ("sender", "to", "kind", "owners_less"),
    [
        (HOT, STRANGER, "house_outgoing", 9 * USDT),
        (TREASURY, STRANGER, "house_outgoing", 9 * USDT),
        (HOT, TREASURY, "house_moved", 0),
    ],
)
async def test_what_leaves_unexplained_is_booked_told_and_stops_the_signer(
    house: House, sender: str, to: str, kind: str, owners_less: int
) -> None:
    owners = -(await holds(house.shop, OWNER))
    txid = await send(house, "9", sender, to)
    assert await kinds(house.shop) == [kind]
    assert -(await holds(house.shop, OWNER)) == owners - owners_less
    assert await unexplained(house) == [txid]
    (left,) = await house.payouts.halts.list_unexplained()
    assert (left.from_address, left.to_address, left.amount) == (sender, to, 9 * USDT)
    await house.compare()

    halts = house.payouts.halts
    await house.signer.turn()
    assert "1 transfer(s)" in str((await halts.state()).halted_because)
    await halts.resume(actor=COMMAND_LINE, note="go on")
    await house.signer.turn()
    assert (await halts.state()).halted_because is not None, "it is still there"
    assert await halts.explain(f" {txid.upper()} ", actor=COMMAND_LINE, note="rent") == 1
    assert await unexplained(house) == []
    await house.signer.turn()
    assert (await halts.state()).halted_because is not None, "a person lets it go on"
    await halts.resume(actor=COMMAND_LINE, note="rent")
    await house.signer.turn()
    assert (await halts.state()).halted_because is None
    said = await house.shop.fetchval(
        "select array_agg(action order by id) from audit_records where action like '%.%' "
        "and actor = $1",
        COMMAND_LINE,
    )
    assert said == ["signer.resume", "transfer.explain", "signer.resume"]


@pytest.mark.parametrize(
    "text", ["", "x", "0x" + "a" * 64, "a" * 63, "a" * 65, "\x00", "\ud800", "a" * 10**6]
)
async def test_what_is_no_transaction_explains_nothing(house: House, text: str) -> None:
    await send(house, "9", HOT, STRANGER)
    with pytest.raises(NotFound):
        await house.payouts.halts.explain(text, actor=COMMAND_LINE, note="x")
    with pytest.raises(NotFound):
        await house.payouts.halts.explain("ab" * 32, actor=COMMAND_LINE, note="x")
    assert len(await unexplained(house)) == 1


async def test_whoever_explains_or_stops_is_an_administrator_and_says_why(house: House) -> None:
    txid = await send(house, "9", HOT, STRANGER)
    halts, customer = house.payouts.halts, (await house.earner()).id
    for actor, note, refusal in (
        (customer, "x", Forbidden),
        (COMMAND_LINE, "", BadRequest),
        (COMMAND_LINE, "x" * 501, BadRequest),
        (COMMAND_LINE, "\x00", BadRequest),
    ):
        for act in (halts.pause, halts.resume):
            with pytest.raises(refusal):
                await act(actor=actor, note=note)
        with pytest.raises(refusal):
            await halts.explain(txid, actor=actor, note=note)
    state = await halts.state()
    assert (state.paused_at, state.halted_at) == (None, None)
    assert await unexplained(house) == [txid]


async def test_one_transfer_is_explained_once(house: House) -> None:
    txid = await send(house, "9", HOT, STRANGER)
    people = [await house.admin() for _ in range(5)]
    done = await asyncio.gather(
        *(house.payouts.halts.explain(txid, actor=who, note="rent") for who in people),
        return_exceptions=True,
    )
    assert sorted(str(one) for one in done if not isinstance(one, NotFound)) == ["1"]
    assert await house.shop.fetchval("select count(*) from transfer_explanations") == 1


async def test_a_pause_stops_the_signer_and_says_who_and_why(house: House) -> None:
    boss = await house.admin()
    asked = await house.approved(await house.earner())
    await house.payouts.halts.pause(actor=boss, note="new keys")
    await house.signer.turn()
    assert (await house.show(asked.id)).status == "APPROVED"
    state = await house.payouts.halts.state()
    assert (state.paused_by, state.pause_note) == (boss, "new keys")
    assert "new keys" in str(state.trouble)
    await house.payouts.halts.resume(actor=boss, note="done")
    await house.signer.turn()
    assert (await house.show(asked.id)).status == "BROADCAST"
    await house.finish()
