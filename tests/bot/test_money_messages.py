"""Topping up in the chat, and what people are told of their money."""

import pytest

from jiema_app.domain.units import MicroUsdt
from tests.support.arrivals import Arrivals
from tests.support.phone import Chats, Phone
from tests.support.shop import Customer, Shop
from tests.support.withdrawing import administrator, earner, wish


@pytest.fixture
async def arrivals(shop: Shop) -> Arrivals:
    made = Arrivals(shop)
    await made.open_for_business()
    return made


@pytest.fixture
async def ann(shop: Shop) -> Customer:
    return await shop.customer(cents=0)


@pytest.fixture
async def phone(ann: Customer, chats: Chats) -> Phone:
    return await chats.known(ann)


async def test_a_top_up_is_opened_by_a_button_and_shows_what_to_pay(
    shop: Shop, arrivals: Arrivals, phone: Phone
) -> None:
    del arrivals
    await phone.say("/topup")
    await phone.press("20.00 USDT")
    row = await shop.fetchrow(
        "select r.id, w.address from recharges r join wallets w on w.id = r.wallet_id"
    )
    assert "<code>20.00</code>" in phone.last.html
    assert f"<code>{row['address']}</code>" in phone.last.html
    assert phone.last.button("Copy address")["copy_text"] == {"text": row["address"]}
    assert "Time left: 30 minutes" in phone.last.text


@pytest.mark.parametrize(
    ("typed", "shown"), [("12.5", "12.50"), ("٢٥", "25.00"), ("7 usdt", "7.00")]
)
async def test_an_amount_can_be_typed(
    arrivals: Arrivals, phone: Phone, typed: str, shown: str
) -> None:
    del arrivals
    await phone.say(f"/topup {typed}")
    assert f"<code>{shown}</code>" in phone.last.html


@pytest.mark.parametrize("typed", ["0", "-5", "1e9", "999999999", "abc", "1.234", "9" * 4000])
async def test_an_amount_that_is_none_is_told_the_limits(
    shop: Shop, arrivals: Arrivals, phone: Phone, typed: str
) -> None:
    del arrivals
    await phone.say(f"/topup {typed}")
    assert "from 1.00 USDT to" in phone.last.text
    assert await shop.fetchval("select count(*) from recharges") == 0


async def test_there_is_one_at_a_time_however_often_it_is_pressed(
    shop: Shop, arrivals: Arrivals, phone: Phone
) -> None:
    del arrivals
    asked = await phone.say("/topup")
    await phone.press_data(asked.button("5.00 USDT")["callback_data"], asked, times=3)
    await phone.say("/topup 50")
    assert await shop.fetchval("select count(*) from recharges") == 1
    *_, shown, said = phone.chat.values()
    assert "<code>5.00</code>" in shown.html
    assert said.text == "You already have an open top-up. Pay or cancel it first."


async def test_a_payment_is_told_in_the_message_and_by_one_of_its_own(
    shop: Shop, chats: Chats, arrivals: Arrivals, ann: Customer, phone: Phone
) -> None:
    await phone.say("/topup 20")
    live = phone.last
    recharge = await shop.services.recharges.find_open(ann.id)
    assert recharge is not None
    await arrivals.pay(recharge.address, 20_000_000)
    await chats.following.look_at_recharges([recharge.id])
    await chats.catch_up(phone)
    assert "20.00 USDT credited to your balance" in phone.chat[live.id].text
    assert "20.00 USDT credited to your balance" in phone.last.text
    assert phone.last.id != live.id
    seen = len(phone.chat)
    await chats.catch_up(phone)
    assert len(phone.chat) == seen


async def test_an_odd_payment_is_told_with_its_reason(
    shop: Shop, chats: Chats, arrivals: Arrivals, ann: Customer, phone: Phone
) -> None:
    await phone.say("/topup 20")
    recharge = await shop.services.recharges.find_open(ann.id)
    assert recharge is not None
    await arrivals.pay(recharge.address, 15_000_000)
    await chats.catch_up(phone)
    assert "We're reviewing your payment" in phone.last.text
    assert "15.00 USDT arrived, but 20.00 USDT was requested" in phone.last.text


async def test_a_review_that_takes_months_is_told_once(
    shop: Shop, chats: Chats, arrivals: Arrivals, ann: Customer, phone: Phone
) -> None:
    await phone.say("/topup 20")
    recharge = await shop.services.recharges.find_open(ann.id)
    assert recharge is not None
    await arrivals.pay(recharge.address, 15_000_000)
    await chats.catch_up(phone)
    await shop.pass_time(31 * 86_400)
    await shop.execute("update recharges set created_at = created_at - interval '31 days'")
    await shop.services.deliveries.sweep()
    seen = len(phone.chat)
    await chats.catch_up(phone)
    assert len(phone.chat) == seen


async def test_a_top_up_can_be_cancelled(shop: Shop, arrivals: Arrivals, phone: Phone) -> None:
    del arrivals
    await phone.say("/topup 20")
    live = phone.last
    await phone.press("I've paid")
    assert "as soon as it arrives" in phone.answers[-1]["text"]
    await phone.press("Cancel top-up", phone.chat[live.id])
    assert "You cancelled this top-up" in phone.chat[live.id].text
    assert await shop.fetchval("select status from recharges") == "CANCELLED"


async def test_nobody_sees_or_ends_a_top_up_of_somebody_else(
    shop: Shop, chats: Chats, arrivals: Arrivals, phone: Phone
) -> None:
    del arrivals
    await phone.say("/topup 20")
    recharge = await shop.fetchval("select id from recharges")
    eve = await chats.start(666)
    for word in ("tr", "tl", "tc"):
        await eve.press_data(f"1:{word}:{recharge}", eve.last)
        assert "doesn't exist" in eve.answers[-1]["text"]
    assert await shop.fetchval("select status from recharges") == "OPEN"


async def test_who_wants_no_word_about_money_gets_none(
    shop: Shop, chats: Chats, arrivals: Arrivals, ann: Customer, phone: Phone
) -> None:
    await phone.say("/settings")
    await phone.press("🔔 Top-ups")
    recharge = await shop.services.recharges.open(ann.id, MicroUsdt(20_000_000))
    await arrivals.pay(recharge.address, 20_000_000)
    seen = len(phone.chat)
    await chats.catch_up(phone)
    assert len(phone.chat) == seen


async def test_who_is_banned_is_told_nothing_of_money(
    shop: Shop, chats: Chats, arrivals: Arrivals, ann: Customer, phone: Phone
) -> None:
    recharge = await shop.services.recharges.open(ann.id, MicroUsdt(20_000_000))
    await arrivals.pay(recharge.address, 20_000_000)
    await shop.services.identity.ban(ann.id, actor="test", reason="Chargebacks")
    seen = len(phone.chat)
    await chats.catch_up(phone)
    assert len(phone.chat) == seen


async def test_quiet_hours_silence_money_and_never_a_code(
    shop: Shop, chats: Chats, arrivals: Arrivals, phone: Phone
) -> None:
    ann = await chats.user_of(phone)
    await shop.execute("update telegram_chats set quiet_from = 0, quiet_until = 1439")
    recharge = await shop.services.recharges.open(ann, MicroUsdt(20_000_000))
    await arrivals.pay(recharge.address, 20_000_000)
    await chats.catch_up(phone)
    assert phone.last.is_silent
    await chats.admit(phone)
    await phone.say("tg my")
    await phone.press("Buy for")
    order = await shop.services.orders.list_own(ann, status=None, limit=1, cursor=None)
    await shop.deliver(order.orders[0])
    await chats.catch_up(phone)
    assert "12345" in phone.last.text
    assert not phone.last.is_silent


async def test_balance_and_invitations_are_shown(phone: Phone, shop: Shop, ann: Customer) -> None:
    assert "Your balance: $0.00" in (await phone.say("/balance")).text
    code = (await shop.services.invites.read(ann.id, days=1)).code
    shown = await phone.say("/invite")
    assert f"?start={code}" in shown.text
    assert shown.button("Share the link")["url"].startswith("https://t.me/share/url?url=")


async def test_who_has_earned_something_can_withdraw_it_from_the_chat(
    shop: Shop, chats: Chats, phone: Phone
) -> None:
    assert "Withdraw" not in (await phone.say("/balance")).labels
    ben = await chats.known(await earner(shop), 702)
    shown = await ben.say("/balance")
    assert "Commission: $50.00" in shown.text
    assert shown.button("Withdraw")["web_app"]["url"].endswith("/tg/withdraw?lang=en")


async def test_a_withdrawal_is_told_at_each_step_with_the_reason_of_a_rejection(
    shop: Shop, chats: Chats
) -> None:
    ben = await earner(shop)
    phone = await chats.known(ben, 702)
    asked = await shop.services.payouts.withdrawals.request(ben.id, wish())
    for _ in range(2):
        await chats.catch_up(phone)
    assert "We're reviewing your withdrawal of 20.00 USDT" in phone.last.text
    seen = len(phone.chat)
    reviews = shop.services.payouts.reviews
    await reviews.reject(asked.id, actor=await administrator(shop), note="a <b>test</b>")
    for _ in range(2):
        await chats.catch_up(phone)
    assert len(phone.chat) == seen + 1
    assert "Our reason: a <b>test</b>" in phone.last.text
    assert "is back in your commission" in phone.last.text


async def test_a_step_that_was_overtaken_is_not_told(shop: Shop, chats: Chats) -> None:
    ben = await earner(shop)
    phone = await chats.known(ben, 702)
    asked = await shop.services.payouts.withdrawals.request(ben.id, wish())
    await chats.money.look()
    await shop.services.payouts.withdrawals.cancel(ben.id, asked.id)
    seen = len(phone.chat)
    await chats.catch_up(phone)
    assert len(phone.chat) == seen


async def test_what_a_link_earned_is_told_once_a_day(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    await shop.execute("update telegram_chats set started_at = now() - interval '3 days'")
    await shop.execute(
        "insert into referral_days (referrer_id, day, earned_micro) "
        "values ($1, (now() at time zone 'UTC')::date - 1, 1500000)",
        ann.id,
    )
    seen = len(phone.chat)
    for _ in range(3):
        await chats.money.look_at_commission()
        await phone.look()
    assert len(phone.chat) == seen + 1
    assert "Your link earned $1.50 on" in phone.last.text
    await shop.execute("delete from referral_days")


async def test_an_approved_withdrawal_is_told_and_so_is_its_payout(
    shop: Shop, chats: Chats
) -> None:
    ben = await earner(shop)
    phone = await chats.known(ben, 702)
    await shop.services.payouts.withdrawals.request(ben.id, wish())
    await shop.execute("update withdrawals set status = 'APPROVED', approved_at = now()")
    await chats.catch_up(phone)
    assert "Approved: we'll send" in phone.last.text
    seen = len(phone.chat)
    for _ in range(3):
        await chats.catch_up(phone)
    assert len(phone.chat) == seen
    await shop.execute("update withdrawals set status = 'REQUESTED', approved_at = null")
