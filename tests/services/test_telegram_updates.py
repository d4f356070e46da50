"""Handling updates: once, in order per chat, and again after whatever went wrong."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from jiema_app.domain.orders.purchase import RETRY_WINDOW_S, STORE_PAUSES_S
from jiema_app.domain.orders.service import TWIN_PATIENCE_S
from jiema_app.domain.telegram.calls import text
from jiema_app.domain.telegram.handling import (
    ATTEMPTS_MAX,
    HANDLE_S,
    LEASE_S,
    SLOTS,
    UpdateHandling,
)
from jiema_app.domain.telegram.inbox import UpdateInbox
from jiema_app.domain.telegram.updates import (
    ClaimedUpdate,
    Effects,
    IncomingUpdate,
    update_in,
)
from jiema_app.domain.transaction import Connection, DatabaseTrouble
from jiema_app.settings.suppliers import SupplierSettings
from tests.support.shop import Shop

GROUP = -40_001
LEFT = "select count(*) from telegram_updates where handled_at is null"


@dataclass
class Bot:
    """A handler that notes what it handles, and goes wrong when it is told to."""

    shop: Shop
    handled: list[tuple[int, int]] = field(default_factory=list)
    fails: dict[int, int] = field(default_factory=dict)
    slow_s: float = 0.0
    under_way: set[int] = field(default_factory=set)

    async def __call__(self, update: ClaimedUpdate, effects: Effects) -> None:
        assert update.chat_key not in self.under_way, "two of one chat at once"
        self.under_way.add(update.chat_key)
        try:
            await asyncio.sleep(self.slow_s)
            if self.fails.get(update.update_id, 0):
                self.fails[update.update_id] -= 1
                raise LookupError("a test")
            self.handled.append((update.chat_key, update.update_id))
            effects.reply(text(f"to {update.update_id}"))
        finally:
            self.under_way.discard(update.chat_key)

    async def tell_failure(self, _update: ClaimedUpdate, effects: Effects) -> None:
        effects.reply(text("something went wrong"))

    def worker(self, name: str = "ann") -> UpdateHandling:
        return UpdateHandling(self.shop.services.database, name, self, self.tell_failure)

    async def tell(self, *updates: tuple[int, int], **other: Any) -> None:
        """Updates come: each a chat and a number."""
        inbox = UpdateInbox(self.shop.services.database, GROUP)
        told = [
            update_in({"update_id": number, "message": {"chat": {"id": chat}, **other}})
            for chat, number in updates
        ]
        await inbox.store([update for update in told if update is not None])

    async def work(self, *workers: UpdateHandling) -> None:
        """Have workers run until nothing is left that is due."""
        for _ in range(20):
            await asyncio.gather(*(worker.run() for worker in workers or (self.worker(),)))
            if not await self.shop.fetchval(
                f"{LEFT} and (claimed_until is null or claimed_until < now())"
            ):
                return

    async def replies(self) -> list[str]:
        async with self.shop.services.database.connection() as connection:
            rows = await connection.fetch("select key from deliveries order by id")
        return [row["key"] for row in rows]


@pytest.fixture
def bot(shop: Shop) -> Bot:
    return Bot(shop)


async def test_updates_of_a_chat_are_handled_in_order_whatever_came_first(bot: Bot) -> None:
    await bot.tell((7, 3), (8, 5), (7, 1), (7, 2), (8, 4))
    await bot.work()
    assert [number for chat, number in bot.handled if chat == 7] == [1, 2, 3]
    assert [number for chat, number in bot.handled if chat == 8] == [4, 5]


async def test_an_update_is_handled_once_though_it_came_again(bot: Bot) -> None:
    for _ in range(3):
        await bot.tell((7, 1))
        await bot.work()
    assert bot.handled == [(7, 1)]
    assert await bot.replies() == ["update:1:1"]


async def test_several_workers_share_the_work_and_never_a_chat(bot: Bot) -> None:
    bot.slow_s = 0.005
    updates = [(number % 12, number) for number in range(120)]
    await bot.tell(*updates)
    await bot.work(*(bot.worker(f"worker {number}") for number in range(4)))
    assert sorted(number for _, number in bot.handled) == list(range(120))
    for chat in range(12):
        mine = [number for where, number in bot.handled if where == chat]
        assert mine == sorted(mine)


async def test_what_was_said_is_forgotten_with_the_handling(bot: Bot, shop: Shop) -> None:
    await bot.tell((7, 1), text="something private")
    await bot.work()
    row = await shop.fetchrow("select payload, outcome from telegram_updates")
    assert (row["payload"], row["outcome"]) == (None, "done")


async def test_one_that_fails_is_tried_again_and_holds_its_chat_alone(bot: Bot, shop: Shop) -> None:
    bot.fails = {1: 2}
    await bot.tell((7, 1), (7, 2), (8, 3))
    await bot.work()
    assert bot.handled == [(8, 3)]
    for _ in range(2):
        await shop.pass_time(15)
        await bot.work()
    assert bot.handled == [(8, 3), (7, 1), (7, 2)]


async def test_one_that_always_fails_is_given_up_and_somebody_is_told(bot: Bot, shop: Shop) -> None:
    bot.fails = {1: 99}
    await bot.tell((7, 1), (7, 2))
    for _ in range(3):
        await bot.work()
        await shop.pass_time(15)
    row = await shop.fetchrow("select outcome, failures from telegram_updates where update_id = 1")
    assert row["outcome"] == "failed"
    assert bot.handled == [(7, 2)]
    assert await bot.replies() == ["update:1:1", "update:2:1"]


async def test_effects_that_fail_leave_nothing_behind(bot: Bot, shop: Shop) -> None:
    async def fail(_connection: Connection) -> None:
        raise LookupError("a test")

    async def handle(update: ClaimedUpdate, effects: Effects) -> None:
        await bot(update, effects)
        if update.failures == 0:
            effects.also(fail)

    worker = UpdateHandling(shop.services.database, "ann", handle, bot.tell_failure)
    await bot.tell((7, 1))
    await bot.work(worker)
    assert await bot.replies() == []
    await shop.pass_time(15)
    await bot.work(worker)
    assert await bot.replies() == ["update:1:1"]


async def test_what_a_dead_worker_had_is_handled_by_another(bot: Bot, shop: Shop) -> None:
    await bot.tell((7, 1), (7, 2))
    await shop.execute(
        "update telegram_updates set claimed_by = 'one that died', "
        "claimed_until = now() + interval '25 s' where update_id = 1"
    )
    await bot.work()
    assert bot.handled == []
    await shop.pass_time(30)
    await bot.work()
    assert bot.handled == [(7, 1), (7, 2)]


async def test_those_who_wait_for_somebody_outside_hold_up_no_others(bot: Bot, shop: Shop) -> None:
    answered = asyncio.Event()

    async def handle(update: ClaimedUpdate, effects: Effects) -> None:
        if update.update_id < SLOTS * 2:
            await answered.wait()
        await bot(update, effects)

    worker = UpdateHandling(
        shop.services.database,
        "ann",
        handle,
        bot.tell_failure,
        is_slow=lambda update: update.update_id < SLOTS * 2,
    )
    await bot.tell(*((number, number) for number in range(SLOTS * 2)), (900, 900), (901, 901))
    await worker.run()
    assert sorted(number for _, number in bot.handled) == [900, 901]
    answered.set()
    for _ in range(5):
        await shop.pass_time(1)
        await worker.run()
    assert len(bot.handled) == SLOTS * 2 + 2
    assert await shop.fetchval("select max(attempts) from telegram_updates") == 1


def test_a_purchase_and_its_repetition_end_before_an_update_is_given_up() -> None:
    longest_purchase_s = (
        RETRY_WINDOW_S + SupplierSettings().purchase_timeout_s + sum(STORE_PAUSES_S)
    )
    assert longest_purchase_s < TWIN_PATIENCE_S
    assert TWIN_PATIENCE_S + longest_purchase_s < HANDLE_S < LEASE_S


async def test_whoever_was_taken_for_dead_writes_nothing(bot: Bot, shop: Shop) -> None:
    async def handle(update: ClaimedUpdate, effects: Effects) -> None:
        await bot(update, effects)
        await shop.execute("update telegram_updates set claimed_by = 'another one'")

    worker = UpdateHandling(shop.services.database, "ann", handle, bot.tell_failure)
    await bot.tell((7, 1))
    await worker.run()
    assert await bot.replies() == []
    assert await shop.fetchval(LEFT) == 1


async def test_one_that_takes_its_worker_down_is_given_up_at_last(bot: Bot, shop: Shop) -> None:
    await bot.tell((7, 1), (7, 2))
    await shop.execute("update telegram_updates set attempts = 25 where update_id = 1")
    await bot.work()
    assert bot.handled == [(7, 2)]
    outcome = "select outcome from telegram_updates where update_id = 1"
    assert await shop.fetchval(outcome) == "abandoned"
    assert await bot.replies() == ["update:1:1", "update:2:1"]


async def test_a_database_that_comes_and_goes_costs_nobody_their_answer(
    bot: Bot, shop: Shop
) -> None:
    left = ATTEMPTS_MAX + 5

    async def handle(update: ClaimedUpdate, effects: Effects) -> None:
        nonlocal left
        left -= 1
        if left > 0:
            raise DatabaseTrouble("a test")
        await bot(update, effects)

    worker = UpdateHandling(shop.services.database, "ann", handle, bot.tell_failure)
    await bot.tell((7, 1))
    while left > 1:
        with pytest.raises(DatabaseTrouble):
            await worker.run()
    await bot.work(worker)
    assert bot.handled == [(7, 1)]


async def test_a_group_that_moves_says_so_once(bot: Bot, shop: Shop) -> None:
    await bot.tell((GROUP, 1), migrate_to_chat_id=-1_001_234)
    await bot.work()
    assert (
        await shop.fetchval("select new_id from telegram_moves where old_id = -40001") == -1001234
    )


async def test_what_is_said_in_other_groups_is_not_kept(bot: Bot, shop: Shop) -> None:
    await bot.tell((-7, 1), (GROUP, 2), (7, 3))
    kept = "select array_agg(update_id order by update_id) from telegram_updates"
    assert await shop.fetchval(kept) == [2, 3]
    await bot.tell((GROUP, 4), migrate_to_chat_id=-8)
    await bot.work()
    await bot.tell((-8, 5), (-7, 6))
    assert await shop.fetchval(kept) == [2, 3, 4, 5]


async def test_updates_are_known_for_two_days(bot: Bot, shop: Shop) -> None:
    await bot.tell((7, 1))
    await bot.work()
    inbox = UpdateInbox(shop.services.database)
    await shop.pass_time(47 * 3600)
    await inbox.sweep()
    assert await shop.fetchval("select count(*) from telegram_updates") == 1
    await shop.pass_time(2 * 3600)
    await inbox.sweep()
    assert await shop.fetchval("select count(*) from telegram_updates") == 0


async def test_all_that_is_said_in_the_group_of_those_who_answer_is_kept(shop: Shop) -> None:
    group, other, moved = -1_001, -1_002, -1_003
    await shop.execute("insert into telegram_moves (old_id, new_id) values ($1, $2)", group, moved)
    inbox = UpdateInbox(shop.services.database, group=group)

    def told(chat: int, first: int, count: int) -> list[IncomingUpdate]:
        each = ({"update_id": first + at, "message": {"chat": {"id": chat}}} for at in range(count))
        return [update for update in map(update_in, each) if update is not None]

    kept = []
    for place, chat in enumerate((group, moved, other)):
        await inbox.store(told(chat, 1_000 * place, 200))
        kept.append(await inbox.store(told(chat, 1_000 * place + 500, 5)))
    assert kept == [5, 5, 0]


async def test_updates_that_nobody_handles_are_forgotten_after_two_days(
    bot: Bot, shop: Shop
) -> None:
    await bot.tell((7, 1))
    inbox = UpdateInbox(shop.services.database)
    for hours, left in ((47, 1), (2, 0)):
        await shop.pass_time(hours * 3600)
        await inbox.sweep()
        assert await shop.fetchval("select count(*) from telegram_updates") == left


async def test_replies_wait_for_minutes_and_not_more_than_fifty_for_one_person(
    bot: Bot, shop: Shop
) -> None:
    await bot.tell(*((7, number) for number in range(60)), (8, 100))
    await bot.work()
    assert len(bot.handled) == 61
    count = "select count(*) from deliveries where recipient = $1"
    assert (await shop.fetchval(count, "7"), await shop.fetchval(count, "8")) == (50, 1)
    assert await shop.fetchval(
        "select max(expires_at) < now() + interval '10 minutes' from deliveries"
    )
