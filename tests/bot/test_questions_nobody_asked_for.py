"""What somebody is asked in their chat by whoever has got hold of a launch of their Mini App."""

from datetime import timedelta

import pytest

from jiema_app.domain.identity.devices import MINI_APP
from jiema_app.domain.telegram.withdrawal_confirmations import (
    PAUSE_S,
    AskingPaused,
    WithdrawalConfirmations,
)
from jiema_app.domain.withdrawals.draft_views import TypedWithdrawal
from tests.support.phone import Chats, Phone, Shown
from tests.support.shop import Customer, Shop
from tests.support.withdrawing import ANOTHER, STRANGER, count, earner

BEN_ID = 702
NEWEST = "select * from withdrawal_confirmations order by asked_at desc limit 1"
REPLACES = "This replaces the question before it."
OTHER_ADDRESS = "The address is a different one."
NEVER_PAID = "We've never paid you at this address before."
LABELS = ["Confirm", "Refuse"]


@pytest.fixture
async def ben(shop: Shop) -> Customer:
    return await earner(shop)


@pytest.fixture
async def phone(ben: Customer, chats: Chats) -> Phone:
    return await chats.known(ben, BEN_ID)


def desk(shop: Shop) -> WithdrawalConfirmations:
    return shop.services.payouts.confirmations


async def ask(shop: Shop, who: Customer, usdt: str = "20", address: str = STRANGER) -> None:
    """Ask as whoever has the Mini App does."""
    drafts = shop.services.payouts.drafts
    typed = TypedWithdrawal(address=address, amount=usdt, source="commission")
    draft = drafts.carry(who.id, await drafts.prepare(who.id, typed))
    assert await desk(shop).ask(who.id, draft) is not None


async def message(phone: Phone) -> Shown:
    await phone.look()
    return phone.last


async def let_pass(shop: Shop, minutes: int) -> None:
    """Have all that was asked and answered be older."""
    await shop.execute(
        "update withdrawal_confirmations set asked_at = asked_at - $1::interval, "
        "expires_at = expires_at - $1::interval, decided_at = decided_at - $1::interval",
        timedelta(minutes=minutes),
    )


async def test_a_question_that_replaces_another_says_so(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    await ask(shop, ben)
    assert REPLACES not in (await message(phone)).text
    await ask(shop, ben, "30")
    said = (await message(phone)).text
    assert REPLACES in said
    assert OTHER_ADDRESS not in said


async def test_one_for_another_address_says_that_too(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    await ask(shop, ben)
    # Taken back first, and asked twice, it is the same trick.
    await desk(shop).take_back(ben.id)
    for usdt in ("20", "21"):
        await ask(shop, ben, usdt, ANOTHER)
        said = (await message(phone)).text
        assert REPLACES in said
        assert OTHER_ADDRESS in said


async def test_what_was_replaced_is_forgotten_when_its_time_is_over(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    await ask(shop, ben)
    await desk(shop).take_back(ben.id)
    await let_pass(shop, 11)
    await ask(shop, ben, address=ANOTHER)
    assert REPLACES not in (await message(phone)).text
    await desk(shop).look()
    kept = await shop.fetchval(
        "select count(*) from withdrawal_confirmations where decided_at is not null "
        "and (sealed is not null or is_followed)"
    )
    assert kept == 0


async def test_an_address_that_was_never_paid_is_marked(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    await ask(shop, ben)
    assert NEVER_PAID in (await message(phone)).text
    await phone.press("Confirm")
    settle = "update withdrawals set status = $1, approved_at = $2, ended_at = $2"
    await shop.damage(settle, "SETTLED", shop.services.clock.now())
    await ask(shop, ben)
    assert NEVER_PAID not in (await message(phone)).text
    await ask(shop, ben, address=ANOTHER)
    assert NEVER_PAID in (await message(phone)).text
    await shop.damage(settle, "REQUESTED", None)  # the books know of no payment


async def test_a_press_that_nobody_can_have_thought_about_holds_nothing(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    await ask(shop, ben)
    asked = await message(phone)
    phone.reads_for = timedelta(seconds=2)
    await phone.press("Confirm", asked)
    assert phone.answers[-1]["text"] == "This message has just come. Read it, then press again."
    assert phone.answers[-1]["show_alert"]
    assert (await shop.fetchrow(NEWEST))["decision"] is None
    assert phone.chat[asked.id].labels == LABELS
    phone.reads_for = timedelta(seconds=5)
    await phone.press("Confirm", asked)
    assert await count(shop) == 1


async def test_refusing_needs_no_second_thought(shop: Shop, ben: Customer, phone: Phone) -> None:
    await ask(shop, ben)
    asked = await message(phone)
    phone.reads_for = timedelta(0)
    await phone.press("Refuse", asked)
    assert (await shop.fetchrow(NEWEST))["decision"] == "REFUSED"


async def test_after_each_refusal_nothing_is_asked_for_twice_as_long(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    for minutes in (10, 20, 40):
        await ask(shop, ben)
        await message(phone)
        await phone.press("Refuse")
        with pytest.raises(AskingPaused) as paused:
            await ask(shop, ben)
        assert minutes * 60 - PAUSE_S / 10 < paused.value.retry_after_s <= minutes * 60
        await let_pass(shop, minutes - 1)
        with pytest.raises(AskingPaused):
            await ask(shop, ben)
        await let_pass(shop, 2)
    await ask(shop, ben)
    # Of the day before nothing counts.
    await let_pass(shop, 24 * 60)
    await desk(shop).look()
    await ask(shop, ben)
    await message(phone)
    await phone.press("Refuse")
    with pytest.raises(AskingPaused) as paused:
        await ask(shop, ben)
    assert paused.value.retry_after_s <= PAUSE_S


async def test_who_refuses_is_led_to_signing_out_everywhere(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    await ask(shop, ben)
    refused = await phone.press("Refuse", await message(phone))
    assert "Sign out everywhere on the website." in refused.text
    assert refused.button("Sign out everywhere")["url"].endswith("/en/account/sessions")


async def test_signing_out_everywhere_ends_the_question(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    await ask(shop, ben)
    asked = await message(phone)
    await shop.services.sessions.close_all(ben.id)
    # Before the message is gone its button holds nothing.
    await phone.press_data(asked.button("Confirm")["callback_data"], asked)
    await desk(shop).look()
    await phone.look()
    assert asked.id not in phone.chat
    assert await count(shop) == 0
    row = await shop.fetchrow(NEWEST)
    assert (row["decision"], row["sealed"], row["is_followed"]) == ("SIGNED_OUT", None, False)


async def test_so_does_signing_the_mini_app_out_but_no_other_browser(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    sessions = shop.services.sessions
    for agent in (MINI_APP, "Firefox"):
        async with shop.services.database.transaction() as connection:
            await sessions.open(connection, ben.id, agent)
    await shop.execute(
        "update web_sessions set device = $1 where jti = (select min(jti) from web_sessions)",
        MINI_APP,
    )
    await ask(shop, ben)
    other, app = sorted(await sessions.list_open(ben.id), key=lambda one: one.device == MINI_APP)
    await sessions.close(ben.id, other.jti)
    assert (await shop.fetchrow(NEWEST))["decision"] is None
    await sessions.close(ben.id, app.jti)
    assert (await shop.fetchrow(NEWEST))["decision"] == "SIGNED_OUT"


async def test_what_was_confirmed_before_signing_out_stays_so(
    shop: Shop, ben: Customer, phone: Phone
) -> None:
    await ask(shop, ben)
    await message(phone)
    await phone.press("Confirm")
    await shop.services.sessions.close_all(ben.id)
    await desk(shop).look()
    assert (await shop.fetchrow(NEWEST))["decision"] == "CONFIRMED"
    assert await count(shop) == 1
