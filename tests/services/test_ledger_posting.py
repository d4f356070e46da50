"""Posting: one movement, once per kind and reference, never beyond a balance."""

import asyncio

import asyncpg
import pytest

from jiema_app.domain.errors import InsufficientBalance, NotFound
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import HouseAccount, TransferKind
from jiema_app.domain.units import AccountId, MicroUsdt, UserId
from tests.support.shop import Customer, Shop


@pytest.fixture
def shop(odd_shop: Shop) -> Shop:
    """Money goes back to the house and to others here, which it never does in the product."""
    return odd_shop


async def give(shop: Shop, customer: Customer, amount: int, reference: str) -> bool:
    async with shop.services.database.transaction() as connection:
        return await ledger.credit(
            connection,
            customer.id,
            MicroUsdt(amount),
            kind=TransferKind.ADMIN_CREDIT,
            reference=reference,
        )


async def pay(
    shop: Shop, source: Customer, target: AccountId | HouseAccount, amount: int, reference: str
) -> bool:
    async with shop.services.database.transaction() as connection:
        return await ledger.post(
            connection,
            TransferKind.ADMIN_CREDIT,
            reference,
            source=source.buyer.account_id,
            target=target,
            amount=MicroUsdt(amount),
        )


async def house(shop: Shop, account: HouseAccount) -> int:
    total = (
        "select coalesce(sum(amount_micro), 0)::bigint from ledger_entries where account_id = $1"
    )
    return int(await shop.fetchval(total, int(account)))


async def test_a_credit_arrives(shop: Shop) -> None:
    ann = await shop.customer(cents=0)
    assert await give(shop, ann, 1, "one")
    assert await shop.balance(ann) == 1
    assert await house(shop, HouseAccount.ADJUSTMENTS) == -1


async def test_the_same_reference_moves_money_once(shop: Shop) -> None:
    ann = await shop.customer(cents=0)
    assert await give(shop, ann, 500, "one")
    assert not await give(shop, ann, 500, "one")
    assert not await give(shop, ann, 999, "one")
    assert await shop.balance(ann) == 500


async def test_the_same_reference_of_another_kind_is_another_movement(shop: Shop) -> None:
    ann = await shop.customer(cents=0)
    await give(shop, ann, 500, "one")
    async with shop.services.database.transaction() as connection:
        moved = await ledger.credit(
            connection,
            ann.id,
            MicroUsdt(500),
            kind=TransferKind.SANDBOX_CREDIT,
            reference="one",
        )
    assert moved
    assert await shop.balance(ann) == 1_000


async def test_the_same_reference_at_once_moves_money_once(shop: Shop) -> None:
    ann = await shop.customer(cents=0)
    moved = await asyncio.gather(*(give(shop, ann, 500, "one") for _ in range(20)))
    assert sum(moved) == 1
    assert await shop.balance(ann) == 500


async def test_a_balance_can_be_spent_to_the_last_millionth(shop: Shop) -> None:
    ann = await shop.customer(cents=1)
    await pay(shop, ann, HouseAccount.ADJUSTMENTS, 10_000, "all")
    assert await shop.balance(ann) == 0


async def test_a_millionth_beyond_the_balance_is_refused(shop: Shop) -> None:
    ann = await shop.customer(cents=1)
    with pytest.raises(InsufficientBalance):
        await pay(shop, ann, HouseAccount.ADJUSTMENTS, 10_001, "more")
    assert await shop.balance(ann) == 10_000
    assert await shop.fetchval("select count(*) from ledger_transfers") == 1


async def test_a_refused_movement_may_be_tried_again_with_its_reference(shop: Shop) -> None:
    ann = await shop.customer(cents=1)
    with pytest.raises(InsufficientBalance):
        await pay(shop, ann, HouseAccount.ADJUSTMENTS, 20_000, "later")
    await give(shop, ann, 10_000, "top up")
    assert await pay(shop, ann, HouseAccount.ADJUSTMENTS, 20_000, "later")
    assert await shop.balance(ann) == 0


async def test_many_movements_at_once_never_pass_the_balance(shop: Shop) -> None:
    ann = await shop.customer(cents=10)
    results = await asyncio.gather(
        *(pay(shop, ann, HouseAccount.ADJUSTMENTS, 10_000, f"cent {n}") for n in range(30)),
        return_exceptions=True,
    )
    assert results.count(True) == 10
    assert sum(isinstance(one, InsufficientBalance) for one in results) == 20
    assert await shop.balance(ann) == 0


async def test_two_users_paying_each_other_at_once_do_not_block_each_other(shop: Shop) -> None:
    ann, bob = await shop.customer(cents=100), await shop.customer(cents=100)
    there = [pay(shop, ann, bob.buyer.account_id, 100, f"to bob {n}") for n in range(50)]
    back = [pay(shop, bob, ann.buyer.account_id, 100, f"to ann {n}") for n in range(50)]
    assert all(await asyncio.gather(*there, *back))
    assert await shop.balance(ann) == await shop.balance(bob) == 1_000_000


async def test_an_entry_notes_the_balance_after_it(shop: Shop) -> None:
    ann = await shop.customer(cents=0)
    for amount in (300, 200):
        await give(shop, ann, amount, f"{amount}")
    notes = await shop.fetchval(
        "select array_agg(balance_after_micro order by id) from ledger_entries "
        "where account_id = $1",
        ann.buyer.account_id,
    )
    assert notes == [300, 500]


async def test_a_house_account_keeps_no_balance(shop: Shop) -> None:
    ann = await shop.customer(cents=0)
    await give(shop, ann, 300, "one")
    assert await shop.fetchval("select count(*) from ledger_balances where account_id < 1000") == 0


@pytest.mark.parametrize("amount", [0, -1])
async def test_only_positive_amounts_move(shop: Shop, amount: int) -> None:
    ann = await shop.customer(cents=1)
    with pytest.raises(asyncpg.CheckViolationError):
        await pay(shop, ann, HouseAccount.ADJUSTMENTS, amount, "odd")
    assert await shop.balance(ann) == 10_000


async def test_money_cannot_move_from_an_account_to_itself(shop: Shop) -> None:
    ann = await shop.customer(cents=1)
    with pytest.raises(asyncpg.CheckViolationError):
        await pay(shop, ann, ann.buyer.account_id, 5_000, "round trip")
    assert await shop.balance(ann) == 10_000


async def test_a_movement_that_is_rolled_back_leaves_nothing(shop: Shop) -> None:
    ann = await shop.customer(cents=1)

    class ChangedItsMindError(Exception):
        """Something went wrong after the posting."""

    async def give_and_change_its_mind() -> None:
        async with shop.services.database.transaction() as connection:
            await ledger.post(
                connection,
                TransferKind.ADMIN_CREDIT,
                "one",
                source=HouseAccount.ADJUSTMENTS,
                target=ann.buyer.account_id,
                amount=MicroUsdt(5),
            )
            raise ChangedItsMindError

    with pytest.raises(ChangedItsMindError):
        await give_and_change_its_mind()
    assert await shop.balance(ann) == 10_000


async def test_somebody_unknown_has_no_balance_and_gets_no_money(shop: Shop) -> None:
    ghost = UserId("c" + "0" * 24)
    async with shop.services.database.transaction() as connection:
        with pytest.raises(NotFound):
            await ledger.get_balance(connection, ghost)
        with pytest.raises(NotFound):
            await ledger.credit(
                connection, ghost, MicroUsdt(1), kind=TransferKind.ADMIN_CREDIT, reference="x"
            )
