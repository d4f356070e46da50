"""What a press confirms when the message is not what is so: another fee, a crash, a lost message."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from jiema_app.bot.dispatch import waits_for_others
from jiema_app.domain.payouts.destinations import Destination, DestinationFault
from jiema_app.domain.telegram import withdrawal_confirmation_queries as queries
from jiema_app.domain.telegram.updates import ClaimedUpdate
from jiema_app.domain.withdrawals.destinations import Destinations
from tests.bot.test_confirming_withdrawals import (
    HELD,
    LATE,
    ROW,
    UNTOUCHED,
    ask,
    ben,
    data,
    desk,
    look,
    phone,
    sealed,
)
from tests.support.phone import Chats, Phone
from tests.support.shop import Customer, Shop
from tests.support.withdrawing import administrator, change_terms, count, earner, micro, purse

__all__ = ["ben", "phone"]

CONFIRMED = "update withdrawal_confirmations set decision = 'CONFIRMED', decided_at = now()"
LEFT = f"{CONFIRMED} - interval '3 minutes'"
LOST = "update deliveries set state = 'UNKNOWN', message_id = null where kind = 'withdrawal.asked'"
FEE = "The fee has just changed"


async def held_by_a_worker_that_died(shop: Shop) -> None:
    """The withdrawal is there, and its question does not know: as a worker of before left it."""
    me, row = desk(shop), await shop.fetchrow(ROW)
    carried = me.drafts.open(row["user_id"], row["sealed"])
    assert carried is not None
    await me.drafts.request(row["user_id"], carried, me.carrying.clock.now())


async def test_a_double_tap_confirms_no_fee_that_nobody_saw(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    assert "18.00 USDT" in asked.text
    await change_terms(shop, fee_min_micro=micro(4))
    await phone.press_data(data(asked, "Confirm"), asked, times=3)
    assert (await purse(shop, ben), await count(shop)) == (UNTOUCHED, 0)
    assert phone.answers[-1]["text"].startswith(FEE)
    anew = phone.chat[asked.id]
    assert "16.00 USDT" in anew.text
    await phone.press("Confirm", anew)
    assert await shop.fetchval("select net_micro from withdrawals") == micro(16)


async def test_a_press_that_is_handled_again_confirms_no_fee_that_nobody_saw(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await change_terms(shop, fee_min_micro=micro(4))
    # The worker asks anew, and dies before it has marked the press as handled.
    await phone.lose_press(data(asked, "Confirm"), asked)
    await phone.press_data(data(asked, "Confirm"), asked)
    assert (await purse(shop, ben), await count(shop)) == (UNTOUCHED, 0)
    assert (await shop.fetchrow(ROW))["decision"] is None


async def test_a_message_that_was_not_edited_confirms_nothing_and_is_sent_again(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    before = phone.chat[asked.id]
    await change_terms(shop, fee_min_micro=micro(4))
    await phone.press("Confirm", asked)
    phone.chat[asked.id] = before
    await phone.press_data(data(before, "Confirm"), before)
    assert "16.00 USDT" in phone.chat[asked.id].text
    assert await count(shop) == 0
    # So does a button of before buttons said which asking they show.
    number = (await shop.fetchrow(ROW))["id"]
    await phone.press_data(f"1:wy:{number}", asked)
    assert await count(shop) == 0


async def test_a_question_asked_anew_whose_message_was_deleted_is_sent_as_a_new_one(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await change_terms(shop, fee_min_micro=micro(4))
    del phone.chat[asked.id]
    await phone.press_data(data(asked, "Confirm"), asked)
    assert phone.last.id != asked.id
    assert phone.last.labels == ["Confirm", "Refuse"]
    await phone.press("Confirm")
    assert await shop.fetchval("select net_micro from withdrawals") == micro(16)


async def test_a_question_that_was_asked_anew_is_the_newest(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await shop.execute(LEFT)
    second = await ask(shop, ben, phone, "30")
    await phone.press("Refuse", second)
    await change_terms(shop, fee_min_micro=micro(4))
    await look(shop, phone)
    newest = await desk(shop).newest(ben.id)
    assert newest is not None
    assert newest.is_pending
    assert "16.00 USDT" in phone.chat[asked.id].text


async def test_a_message_of_an_unknown_end_is_known_by_its_press(
    shop: Shop, chats: Chats, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await shop.execute(LOST)
    await phone.press_data(data(asked, "Confirm"), asked)
    await chats.catch_up(phone)
    assert await count(shop) == 1
    assert "We're reviewing your withdrawal" in phone.chat[asked.id].text
    assert phone.last.id == asked.id, "and by nothing else"


async def test_a_message_of_an_unknown_end_may_be_refused_too(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await shop.execute(LOST)
    await phone.press_data(data(asked, "Refuse"), asked)
    assert "You refused this withdrawal" in phone.chat[asked.id].text


async def test_a_message_of_an_unknown_end_that_is_pressed_too_late_says_so(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await shop.execute(LOST)
    await shop.execute(LATE)
    await desk(shop).look()
    await phone.press_data(data(asked, "Confirm"), asked)
    assert "in time" in phone.chat[asked.id].text
    assert "in time" in phone.answers[-1]["text"]


async def test_a_message_that_its_owner_deleted_is_made_up_for(
    shop: Shop, chats: Chats, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    del phone.chat[asked.id]
    await phone.press_data(data(asked, "Confirm"), asked)
    await chats.catch_up(phone)
    assert "We're reviewing your withdrawal" in phone.last.text
    seen = len(phone.chat)
    await chats.catch_up(phone)
    assert len(phone.chat) == seen


@pytest.mark.parametrize("damage", ["sealed = 'abcd'", "decided_at = now() - interval '1 hour'"])
async def test_what_is_held_is_never_told_to_be_untaken(
    shop: Shop, ben: Customer, phone: Phone, damage: str
) -> None:
    asked = await ask(shop, ben, phone)
    await shop.execute(LEFT)
    await held_by_a_worker_that_died(shop)
    await shop.execute(f"update withdrawal_confirmations set {damage}")
    await look(shop, phone)
    assert await purse(shop, ben) == HELD
    assert "We're reviewing your withdrawal" in phone.chat[asked.id].text


async def test_what_one_worker_holds_no_other_gives_up(
    shop: Shop, ben: Customer, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await ask(shop, ben, phone)
    await shop.execute(CONFIRMED)
    real, looks = Destinations.describe, list[str]()

    async def overtaken(self: Destinations, text: str, *, asks_chain: bool = True) -> Destination:
        found = await real(self, text, asks_chain=False)
        if asks_chain and not looks:
            looks.append(text)
            await held_by_a_worker_that_died(shop)
            return Destination(found.address, DestinationFault.CONTRACT)
        return found

    monkeypatch.setattr(Destinations, "describe", overtaken)
    await desk(shop).carrying.carry_out((await shop.fetchrow(ROW))["id"])
    await phone.look()
    assert await purse(shop, ben) == HELD
    assert (await shop.fetchrow(ROW))["decision"] == "CONFIRMED"
    assert "We're reviewing" in phone.chat[asked.id].text


async def test_what_one_worker_gave_up_no_other_holds(
    shop: Shop, ben: Customer, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await ask(shop, ben, phone)
    await shop.execute(CONFIRMED)
    number = (await shop.fetchrow(ROW))["id"]
    real = Destinations.describe

    async def overtaken(self: Destinations, text: str, *, asks_chain: bool = True) -> Destination:
        if asks_chain:
            await shop.fetchrow(queries.GIVE_UP, number, "NOT_TAKEN", "CONTRACT", None)
        return await real(self, text, asks_chain=False)

    monkeypatch.setattr(Destinations, "describe", overtaken)
    await desk(shop).carrying.carry_out(number)
    await look(shop, phone)
    assert (await purse(shop, ben), await count(shop)) == (UNTOUCHED, 0)
    assert asked.id in phone.chat


async def test_what_cannot_be_read_any_more_is_not_told_to_be_unconfirmed(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await shop.execute(LEFT)
    await shop.execute("update withdrawal_confirmations set sealed = 'abcd'")
    await look(shop, phone)
    assert "We couldn't request this withdrawal. Nothing was taken." in phone.chat[asked.id].text
    assert await purse(shop, ben) == UNTOUCHED


async def test_what_waited_too_long_after_its_press_is_not_requested(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await shop.execute(f"{CONFIRMED} - interval '20 minutes'")
    await look(shop, phone)
    assert "We couldn't request this withdrawal" in phone.chat[asked.id].text
    assert (await purse(shop, ben), await count(shop)) == (UNTOUCHED, 0)


async def test_a_node_that_hangs_keeps_nobody_else_waiting(
    shop: Shop, chats: Chats, ben: Customer, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [(await earner(shop), 710 + place) for place in range(5)]
    phones = [await chats.known(other, number) for other, number in others]
    await ask(shop, ben, phone)
    for (other, _), theirs in zip(others, phones, strict=True):
        await ask(shop, other, theirs)
    await shop.execute(LEFT)
    carrying, hung = desk(shop).carrying, (await shop.fetchrow(ROW))["user_id"]
    real = type(carrying.drafts).request

    async def request(self: Any, user: Any, *rest: Any, **how: Any) -> Any:
        if user == hung:
            raise RuntimeError("an odd answer of a node")
        if user == ben.id:
            raise TimeoutError
        return await real(self, user, *rest, **how)

    monkeypatch.setattr(type(carrying.drafts), "request", request)
    await desk(shop).look()
    await desk(shop).look()
    assert await count(shop) == len(others) - 1


async def test_one_that_ended_before_its_message_knew_is_followed_no_more(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await shop.execute(LEFT)
    await held_by_a_worker_that_died(shop)
    made = await shop.fetchval("select id from withdrawals")
    await shop.services.payouts.withdrawals.cancel(ben.id, made)
    await look(shop, phone)
    await look(shop, phone)
    assert "You cancelled this withdrawal" in phone.chat[asked.id].text
    assert (await shop.fetchrow(ROW))["is_followed"] is False


async def test_whoever_is_banned_sees_no_money_any_more(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await phone.press("Confirm", asked)
    await shop.execute("update users set banned_at = now() where id = $1", ben.id)
    made = await shop.fetchval("select id from withdrawals")
    await shop.services.payouts.reviews.reject(made, actor=await administrator(shop), note="a test")
    await look(shop, phone)
    assert "Our reason" not in phone.chat[asked.id].text


async def test_a_press_of_what_was_answered_is_told_so(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await phone.press("Confirm", asked)
    for label in ("Refuse", "Confirm"):
        await phone.press_data(data(asked, label), asked)
        assert phone.answers[-1]["text"].startswith("You've already confirmed this withdrawal.")
        assert phone.answers[-1]["show_alert"]
    assert await purse(shop, ben) == HELD


async def test_it_can_be_asked_while_an_older_one_is_asked_anew(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    await ask(shop, ben, phone)
    await shop.execute(CONFIRMED)
    number = (await shop.fetchrow(ROW))["id"]
    await change_terms(shop, fee_min_micro=micro(4))
    draft = await sealed(shop, ben, "30")
    async with shop.services.database.transaction() as connection:
        await connection.execute(queries.LOCK_USER, ben.id)
        carried = asyncio.create_task(desk(shop).carrying.carry_out(number))
        asked = asyncio.create_task(desk(shop).ask(ben.id, draft))
        await asyncio.sleep(0.2)
        assert not carried.done()
    await asyncio.gather(carried, asked)
    open_ones = await shop.fetchval(
        "select count(*) from withdrawal_confirmations where decided_at is null"
    )
    assert open_ones == 1


async def test_a_late_message_gives_no_more_time_than_there_is(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    await desk(shop).ask(ben.id, await sealed(shop, ben))
    await shop.execute(LATE.replace("11 minutes", "7 minutes"))
    await phone.look()
    assert "You have 3 minutes to answer" in phone.last.text


async def test_whose_place_is_not_known_is_told_how_to_confirm(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await shop.execute("update telegram_chats set place_checked_at = null")
    await phone.press_data(data(asked, "Confirm"), asked)
    assert phone.last.text.startswith("Before you confirm, open the app once.")
    assert phone.chat[asked.id].labels == ["Confirm", "Refuse"]
    assert await count(shop) == 0


async def test_a_question_whose_time_is_over_is_over_without_a_worker(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    await ask(shop, ben, phone)
    await shop.execute(LATE)
    newest = await desk(shop).newest(ben.id)
    assert newest is not None
    assert not newest.is_pending


@pytest.mark.parametrize("state", ["GONE", "FAILED"])
async def test_a_message_that_did_not_come_is_sent_when_it_is_asked_once_more(
    shop: Shop, ben: Customer, phone: Phone, state: str
) -> None:
    draft = await sealed(shop, ben)
    await desk(shop).ask(ben.id, draft)
    await shop.execute(
        "update deliveries set state = $1, settled_at = now() where kind = 'withdrawal.asked'",
        state,
    )
    newest = await desk(shop).newest(ben.id)
    assert newest is not None
    await desk(shop).ask(ben.id, draft)
    assert await desk(shop).reaches(newest)
    await phone.look()
    assert phone.last.labels == ["Confirm", "Refuse"]


def test_a_press_that_may_wait_for_a_node_takes_no_place_of_others() -> None:
    for word, is_slow in (("wy", True), ("y", True), ("wn", False)):
        press = {"id": "1", "data": f"1:{word}:c"}
        update = ClaimedUpdate(1, 1, "callback_query", press, datetime.now(UTC), 0)
        assert waits_for_others(update) is is_slow


async def test_presses_are_counted_with_all_other_changes(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await phone.press_data("1:wy:x", asked, times=shop.settings.limits.writes_per_minute)
    await phone.press_data(data(asked, "Confirm"), asked)
    assert "You've reached the limit" in phone.answers[-1]["text"]
    assert await count(shop) == 0
    await phone.press_data(data(asked, "Refuse"), asked)
    assert "You refused" in phone.chat[asked.id].text
