"""Two people for a large credit, raced: one never passes for two, and no cent is made twice."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import pytest

from jiema_app.domain.errors import AlreadyChanged, DomainError, Forbidden, NotOpen
from jiema_app.domain.models.user import Role
from jiema_app.domain.payment_reviews.service import Settled
from jiema_app.domain.units import MicroUsdt, UserId
from tests.services.review_desk import DISMISS, HELD, REFUND, admin, big_one, credit, settle
from tests.support.arrivals import Arrivals
from tests.support.polling import until_told
from tests.support.shop import Customer, Shop

ROUNDS: Final = 12
TWO_HUNDRED: Final = 200_000_000

LOST_RACES: Final = (AlreadyChanged, NotOpen, Forbidden)


async def race(*attempts: Awaitable[Any]) -> Sequence[Settled]:
    """What succeeded; whoever was refused was refused for having lost, or for being the same."""
    results = await asyncio.gather(*attempts, return_exceptions=True)
    for one in results:
        if isinstance(one, BaseException) and not isinstance(one, LOST_RACES):
            raise one
    return [one for one in results if isinstance(one, Settled)]


async def decisions(shop: Shop) -> Sequence[tuple[str, bool, int]]:
    """Who, whether it was final, how much; in the order in which they were written."""
    async with shop.services.database.connection() as connection:
        rows = await connection.fetch(
            "select actor, is_final, amount_micro from payment_decisions "
            "where action = 'credit' order by id"
        )
    return [(row["actor"], row["is_final"], row["amount_micro"]) for row in rows]


def ensure_two_people(found: Sequence[tuple[str, bool, int]]) -> bool:
    """A large credit was proposed just before by another one, with the same amount."""
    finals = [at for at, (_, is_final, _) in enumerate(found) if is_final]
    assert len(finals) <= 1
    for at in finals:
        (proposer, was_final, proposed), (confirmer, _, amount) = found[at - 1], found[at]
        assert at
        assert not was_final
        assert proposer != confirmer
        assert proposed == amount
    return bool(finals)


async def another(shop: Shop, arrivals: Arrivals) -> tuple[Customer, str]:
    """A customer, with a payment of 250 USDT that waits."""
    user = await shop.customer(cents=0)
    await shop.services.pool.grow(1)
    return user, await big_one(arrivals, user)


async def books_of(shop: Shop, user: Customer, arrivals: Arrivals) -> tuple[int, int]:
    return await shop.balance(user), await arrivals.house(HELD)


async def test_one_person_in_many_tabs_stays_one(shop: Shop, arrivals: Arrivals) -> None:
    boss = await admin(shop)
    for _ in range(ROUNDS):
        user, recharge = await another(shop, arrivals)
        before = len(await decisions(shop))
        done = await race(*(settle(shop, recharge, credit(200), actor=boss) for _ in range(6)))
        assert not any(one.is_final for one in done)
        assert await shop.balance(user) == 0
        assert len(await decisions(shop)) - before == len(done) == 1


async def test_two_proposals_at_once_are_not_each_other_s_confirmation(
    shop: Shop, arrivals: Arrivals
) -> None:
    """Both mean to propose. Whoever comes second reads what the first one did, or is refused."""
    people = [await admin(shop) for _ in range(2)]
    outcomes: Counter[int] = Counter()
    for _ in range(ROUNDS):
        user, recharge = await another(shop, arrivals)
        before = len(await decisions(shop))
        amounts = [credit(200), credit(random.choice([200, 199]))]
        done = await race(
            *(
                settle(shop, recharge, one, actor=who)
                for who, one in zip(people, amounts, strict=True)
            )
        )
        is_final = ensure_two_people((await decisions(shop))[before:])
        assert is_final == any(one.is_final for one in done)
        assert await shop.balance(user) in ({0} if not is_final else {TWO_HUNDRED})
        outcomes[len(done)] += 1
    assert outcomes[1] + outcomes[2] == ROUNDS


async def test_people_who_change_their_minds_while_others_confirm(
    shop: Shop, arrivals: Arrivals
) -> None:
    people = [await admin(shop) for _ in range(3)]
    chance = random.Random(3)
    finals = 0
    for _ in range(ROUNDS):
        user, recharge = await another(shop, arrivals)
        before = len(await decisions(shop))
        for _ in range(3):
            await race(
                *(
                    settle(
                        shop,
                        recharge,
                        credit(chance.choice([150, 200])),
                        actor=chance.choice(people),
                    )
                    for _ in range(5)
                )
            )
        if is_final := ensure_two_people((await decisions(shop))[before:]):
            finals += 1
        balance = await shop.balance(user)
        assert balance in {150_000_000, TWO_HUNDRED} if is_final else balance == 0
    assert finals
    assert await shop.fetchval("select count(*) from payments where status = 'CREDITED'") == finals


async def test_confirming_dismissing_and_refunding_at_once_is_one_of_them(
    shop: Shop, arrivals: Arrivals
) -> None:
    first, second = await admin(shop), await admin(shop)
    outcomes: Counter[str] = Counter()
    for _ in range(ROUNDS):
        user, recharge = await another(shop, arrivals)
        await settle(shop, recharge, credit(200), actor=first)
        done = await race(
            settle(shop, recharge, credit(200), actor=second),
            settle(shop, recharge, DISMISS, actor=first),
            settle(shop, recharge, REFUND, actor=second),
            settle(shop, recharge, credit(200), actor=first),
        )
        assert [one.is_final for one in done] == [True]
        status = done[0].case.payments[0].status
        outcomes[status] += 1
        balance, held = await books_of(shop, user, arrivals)
        assert (balance, held) == (TWO_HUNDRED if status == "CREDITED" else 0, 0)
        with pytest.raises(NotOpen):
            await settle(shop, recharge, credit(200), actor=second)
    assert sum(outcomes.values()) == ROUNDS


async def test_small_credits_at_once_do_not_make_a_large_one(
    shop: Shop, arrivals: Arrivals
) -> None:
    boss = await admin(shop)
    for _ in range(ROUNDS):
        user = await shop.customer(cents=0)
        await shop.services.pool.grow(1)
        made = await arrivals.recharge(user, MicroUsdt(300_000_000))
        payments = [await arrivals.pay(made.address, 60_000_000) for _ in range(4)]
        for _ in range(3):
            await race(*(settle(shop, one, credit(60), actor=boss) for one in payments))
        assert await shop.balance(user) == 60_000_000


LOSSES: Final[dict[str, Callable[[Shop, str], Awaitable[object]]]] = {
    "banned": lambda shop, who: shop.execute(
        "update users set banned_at = now() where id = $1", who
    ),
    "demoted": lambda shop, who: shop.services.identity.grant(
        UserId(who), Role.USER, actor="command-line"
    ),
}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("what", ["confirm", "dismiss"])
async def test_who_is_shut_out_while_they_wait_for_their_turn_decides_nothing(
    shop: Shop, arrivals: Arrivals, loss: str, what: str
) -> None:
    """Their request was begun in time, and waits for somebody who decides about the same."""
    first, thief = await admin(shop), await admin(shop)
    user, recharge = await another(shop, arrivals)
    await settle(shop, recharge, credit(200), actor=first)
    decision = credit(200) if what == "confirm" else DISMISS
    async with shop.services.database.transaction() as connection:
        await connection.execute("select id from payments for update")
        waiting = asyncio.create_task(settle(shop, recharge, decision, actor=thief))
        await until_told(lambda: _somebody_waits(shop))
        await LOSSES[loss](shop, thief)
    with pytest.raises(Forbidden):
        await waiting
    assert await shop.balance(user) == 0
    assert (await settle(shop, recharge, credit(200))).is_final


async def _somebody_waits(shop: Shop) -> bool:
    return bool(await shop.fetchval("select exists (select from pg_locks where not granted)"))


async def test_a_confirmation_races_the_ban_of_whoever_proposed(
    shop: Shop, arrivals: Arrivals
) -> None:
    outcomes: Counter[bool] = Counter()
    for _ in range(ROUNDS):
        first, second = await admin(shop), await admin(shop)
        user, recharge = await another(shop, arrivals)
        await settle(shop, recharge, credit(200), actor=first)
        results = await asyncio.gather(
            settle(shop, recharge, credit(200), actor=second),
            LOSSES["banned"](shop, first),
            return_exceptions=True,
        )
        assert not [
            one
            for one in results
            if isinstance(one, Exception) and not isinstance(one, DomainError)
        ]
        balance = await shop.balance(user)
        assert balance in {0, TWO_HUNDRED}
        outcomes[balance > 0] += 1
        if not balance:
            # What the banned one proposed counts no more, whoever asks for it.
            assert not (await settle(shop, recharge, credit(199))).is_final
    assert sum(outcomes.values()) == ROUNDS
