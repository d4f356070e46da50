"""A withdrawal that was prepared in the Mini App, and is confirmed by a button in the chat."""

import asyncio

import pytest

from jiema_app.domain.errors import BadRequest, Forbidden, RateLimited
from jiema_app.domain.telegram.withdrawal_confirmations import PER_HOUR, WithdrawalConfirmations
from jiema_app.domain.telegram.withdrawal_questions import Question, QuestionPress
from jiema_app.domain.withdrawals.draft_views import TypedWithdrawal
from jiema_app.domain.withdrawals.requests import WithdrawalRefused
from tests.support.phone import Chats, Phone, Shown
from tests.support.shop import Customer, Shop
from tests.support.withdrawing import (
    STRANGER,
    administrator,
    change_terms,
    count,
    earner,
    micro,
    purse,
)

BEN_ID = 702
UNTOUCHED = (micro(50), 0)
HELD = (micro(30), micro(20))
ROW = "select * from withdrawal_confirmations order by asked_at desc limit 1"
LATE = (
    "update withdrawal_confirmations set asked_at = asked_at - interval '11 minutes', "
    "expires_at = expires_at - interval '11 minutes'"
)


@pytest.fixture
async def ben(shop: Shop) -> Customer:
    return await earner(shop)


@pytest.fixture
async def phone(ben: Customer, chats: Chats) -> Phone:
    return await chats.known(ben, BEN_ID)


def desk(shop: Shop) -> WithdrawalConfirmations:
    return shop.services.payouts.confirmations


async def sealed(shop: Shop, who: Customer, usdt: str = "20") -> str:
    """What the Mini App has of a draft."""
    drafts = shop.services.payouts.drafts
    typed = TypedWithdrawal(address=STRANGER, amount=usdt, source="commission")
    return drafts.carry(who.id, await drafts.prepare(who.id, typed))


async def ask(shop: Shop, who: Customer, phone: Phone, usdt: str = "20") -> Shown:
    """Have the Mini App ask; the message that comes."""
    asked = await desk(shop).ask(who.id, await sealed(shop, who, usdt))
    assert asked is not None
    await phone.look()
    return phone.last


async def look(shop: Shop, *phones: Phone) -> None:
    """What a worker does each second."""
    await desk(shop).look()
    for phone in phones:
        await phone.look()


def data(message: Shown, label: str) -> str:
    carried: str = message.button(label)["callback_data"]
    return carried


async def test_the_chat_asks_with_all_that_would_happen(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    assert asked.text.startswith("Confirm this withdrawal?")
    assert f"<code>{STRANGER}</code>" in asked.html
    for said in ("18.00 USDT", "Amount · 20.00 USDT", "Fee · 2.00 USDT", "10 minutes"):
        assert said in asked.text
    assert asked.labels == ["Confirm", "Refuse"]
    assert not asked.is_silent
    assert await purse(shop, ben) == UNTOUCHED
    payloads = await shop.fetchval("select count(*) from deliveries where payload is not null")
    assert payloads == 0, "no amount and no address lies in the queue"


async def test_confirmed_it_is_held_once_and_the_message_follows_it(
    shop: Shop, chats: Chats, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await phone.press_data(data(asked, "Confirm"), asked, times=3)
    assert await purse(shop, ben) == HELD
    assert await count(shop) == 1
    assert "We're reviewing your withdrawal of 20.00 USDT" in phone.chat[asked.id].text
    seen = len(phone.chat)
    await chats.catch_up(phone)
    assert len(phone.chat) == seen, "the message says it: there is no second one"
    withdrawal = await shop.fetchval("select id from withdrawals")
    await shop.services.payouts.reviews.reject(
        withdrawal, actor=await administrator(shop), note="a test"
    )
    await look(shop, phone)
    assert "Our reason: a test" in phone.chat[asked.id].text
    await phone.press_data(data(asked, "Confirm"), asked)
    assert (await purse(shop, ben), await count(shop)) == (UNTOUCHED, 1)


async def test_two_presses_in_one_moment_hold_once(shop: Shop, ben: Customer, phone: Phone) -> None:
    await ask(shop, ben, phone)
    one = QuestionPress((await shop.fetchrow(ROW))["id"], asking=1)
    await asyncio.gather(*(desk(shop).confirm(ben.id, BEN_ID, one) for _ in range(4)))
    assert (await purse(shop, ben), await count(shop)) == (HELD, 1)


async def test_of_yes_and_no_in_one_moment_one_counts(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    await ask(shop, ben, phone)
    one = QuestionPress((await shop.fetchrow(ROW))["id"], asking=1)
    await asyncio.gather(
        desk(shop).confirm(ben.id, BEN_ID, one), desk(shop).refuse(ben.id, BEN_ID, one)
    )
    row = await shop.fetchrow(ROW)
    is_confirmed = row["decision"] == "CONFIRMED"
    assert await count(shop) == int(is_confirmed)
    assert await purse(shop, ben) == (HELD if is_confirmed else UNTOUCHED)


async def test_refused_nothing_is_held_and_it_stays_refused(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await phone.press("Refuse", asked)
    assert "You refused this withdrawal" in phone.chat[asked.id].text
    assert phone.chat[asked.id].labels == ["Sign out everywhere"]
    await phone.press_data(data(asked, "Confirm"), asked)
    assert (await purse(shop, ben), await count(shop)) == (UNTOUCHED, 0)
    assert (await shop.fetchrow(ROW))["sealed"] is None


async def test_nobody_else_answers(shop: Shop, chats: Chats, ben: Customer, phone: Phone) -> None:
    asked = await ask(shop, ben, phone)
    eve = await chats.start(666)
    for label in ("Confirm", "Refuse"):
        await eve.press_data(data(asked, label), eve.last)
        assert "doesn't exist" in eve.answers[-1]["text"]
    for made_up in ("", "x", "c" * 24, "0" * 40):
        await phone.press_data(f"1:wy:{made_up}", asked)
    assert (await shop.fetchrow(ROW))["decision"] is None
    assert (await purse(shop, ben), await count(shop)) == (UNTOUCHED, 0)


async def test_who_answers_too_late_holds_nothing(shop: Shop, ben: Customer, phone: Phone) -> None:
    asked = await ask(shop, ben, phone)
    await shop.execute(LATE)
    await phone.press("Confirm", asked)
    assert "You didn't confirm this withdrawal in time" in phone.chat[asked.id].text
    assert (await purse(shop, ben), await count(shop)) == (UNTOUCHED, 0)


async def test_who_does_not_answer_is_told(shop: Shop, ben: Customer, phone: Phone) -> None:
    asked = await ask(shop, ben, phone)
    await look(shop, phone)
    assert phone.chat[asked.id].labels == ["Confirm", "Refuse"]
    await shop.execute(LATE)
    await look(shop, phone)
    assert "You didn't confirm this withdrawal in time" in phone.chat[asked.id].text
    assert phone.chat[asked.id].buttons == []


async def test_what_was_never_seen_is_not_told_to_be_over(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    assert await desk(shop).ask(ben.id, await sealed(shop, ben)) is not None
    await shop.execute(LATE)
    seen = len(phone.chat)
    await look(shop, phone)
    assert len(phone.chat) == seen


async def test_by_another_fee_nothing_is_held_and_the_new_one_is_told(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await change_terms(shop, fee_min_micro=micro(3))
    await phone.press("Confirm", asked)
    assert (await purse(shop, ben), await count(shop)) == (UNTOUCHED, 0)
    anew = phone.chat[asked.id]
    assert "The fee has just changed" in anew.text
    assert "17.00 USDT" in anew.text
    await phone.press("Confirm", anew)
    assert (await purse(shop, ben), await count(shop)) == (HELD, 1)
    assert await shop.fetchval("select net_micro from withdrawals") == micro(17)


async def test_what_cannot_be_taken_any_more_says_why(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone, "50")
    await shop.services.commissions.move(ben.id, micro(10), "a-key")
    await phone.press("Confirm", asked)
    assert "You can withdraw up to $40.00." in phone.chat[asked.id].text
    assert (await shop.fetchrow(ROW))["decision"] == "NOT_TAKEN"
    assert await count(shop) == 0


async def test_whoever_is_banned_meanwhile_holds_nothing(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked, draft = await ask(shop, ben, phone), await sealed(shop, ben)
    await shop.execute("update users set banned_at = now() where id = $1", ben.id)
    await phone.press_data(data(asked, "Confirm"), asked)
    assert "can't serve this account" in phone.answers[-1]["text"]
    assert await count(shop) == 0
    with pytest.raises(Forbidden):
        await desk(shop).ask(ben.id, draft)
    await shop.execute("update users set banned_at = null where id = $1", ben.id)


async def test_a_worker_that_dies_in_between_loses_and_doubles_nothing(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await phone.lose_press(data(asked, "Confirm"), asked)
    await phone.press_data(data(asked, "Confirm"), asked)
    assert (await purse(shop, ben), await count(shop)) == (HELD, 1)
    assert "We're reviewing" in phone.chat[asked.id].text


async def test_what_was_confirmed_and_left_is_carried_out_by_another(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    # Confirmed, and its worker died before it asked for anything.
    await shop.execute(
        "update withdrawal_confirmations set decision = 'CONFIRMED', decided_at = now()"
    )
    await look(shop, phone)
    assert await count(shop) == 0, "somebody may be about it"
    await shop.execute(
        "update withdrawal_confirmations set decided_at = now() - interval '2 minutes'"
    )
    await look(shop, phone)
    assert (await purse(shop, ben), await count(shop)) == (HELD, 1)
    assert "We're reviewing" in phone.chat[asked.id].text


async def test_only_an_open_chat_is_asked(shop: Shop, ben: Customer, phone: Phone) -> None:
    draft = await sealed(shop, ben)
    for state in ("BLOCKED", "NONE"):
        await shop.execute("update telegram_chats set state = $1", state)
        assert await desk(shop).ask(ben.id, draft) is None
    await shop.execute("delete from telegram_chats")
    assert await desk(shop).ask(ben.id, draft) is None
    assert await shop.fetchval("select count(*) from withdrawal_confirmations") == 0
    await phone.say("/start")
    assert await desk(shop).ask(ben.id, draft) is not None


async def test_one_question_is_open_at_a_time(shop: Shop, ben: Customer, phone: Phone) -> None:
    first = await ask(shop, ben, phone, "20")
    second = await ask(shop, ben, phone, "30")
    assert first.id not in phone.chat, "the chat asks one thing"
    await phone.press_data(data(first, "Confirm"), second)
    assert await count(shop) == 0
    draft = await sealed(shop, ben, "40")
    asked = await asyncio.gather(*(desk(shop).ask(ben.id, draft) for _ in range(3)))
    assert len({one.id for one in asked if isinstance(one, Question)}) == 1, "pressed thrice"
    await phone.look()
    await desk(shop).take_back(ben.id)
    await phone.look()
    assert all(shown.labels != ["Confirm", "Refuse"] for shown in phone.chat.values())


async def test_nobody_s_chat_is_filled_with_questions(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    for each in range(PER_HOUR):
        await ask(shop, ben, phone, str(20 + each))
    with pytest.raises(RateLimited):
        await desk(shop).ask(ben.id, await sealed(shop, ben, "49"))
    assert "Confirm this withdrawal?" in phone.last.text, "the last one is asked still"
    await shop.execute(
        "update withdrawal_confirmations set asked_at = asked_at - interval '1 hour', "
        "expires_at = expires_at - interval '50 minutes'"
    )
    assert await desk(shop).ask(ben.id, await sealed(shop, ben, "49")) is not None


async def test_a_draft_of_somebody_else_or_of_before_asks_nothing(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    eve = await earner(shop)
    for draft in ("", "x" * 5_000, await sealed(shop, eve)):
        with pytest.raises(BadRequest):
            await desk(shop).ask(ben.id, draft)
    used = await sealed(shop, ben)
    assert await desk(shop).ask(ben.id, used) is not None
    await phone.look()
    await phone.press("Confirm")
    await shop.services.payouts.withdrawals.cancel(
        ben.id, await shop.fetchval("select id from withdrawals")
    )
    with pytest.raises(BadRequest):
        await desk(shop).ask(ben.id, used)
    await change_terms(shop, fee_min_micro=micro(4))
    stale = await sealed(shop, ben)
    await change_terms(shop, fee_min_micro=micro(2))
    with pytest.raises(WithdrawalRefused):
        await desk(shop).ask(ben.id, stale)


async def test_what_was_answered_long_ago_is_forgotten(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    asked = await ask(shop, ben, phone)
    await phone.press("Confirm", asked)
    old = "update withdrawal_confirmations set asked_at = asked_at - interval '31 days'"
    await shop.execute(old)
    await desk(shop).sweep()
    assert await shop.fetchval("select count(*) from withdrawal_confirmations") == 1
    await shop.services.payouts.withdrawals.cancel(
        ben.id, await shop.fetchval("select id from withdrawals")
    )
    await desk(shop).sweep()
    assert await shop.fetchval("select count(*) from withdrawal_confirmations") == 0
