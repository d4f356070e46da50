"""Withdrawing in the Mini App, as its state tells it: it prepares, asks, and shows what is answered."""

from typing import Any

import pytest

from jiema_app.domain.units import UserId
from jiema_app.site.account.withdraw.reading import ASKED, CONFIRM, FORM, OPEN
from jiema_app.site.account.withdraw.state import WithdrawState
from jiema_app.site.event_guard import EVENTS, IN_MINI_APP
from jiema_app.site.miniapp.withdraw_state import MiniWithdraw
from tests.support.phone import Chats, Phone
from tests.support.shop import Customer, Shop
from tests.support.visits import Pages, sign_in
from tests.support.withdrawing import (
    ANOTHER,
    STRANGER,
    change_terms,
    count,
    earner,
    micro,
    purse,
)

PAGE = "/en/account/withdraw"
FILLED = {"address": STRANGER, "amount": "20"}
BEN_ID = 702


@pytest.fixture
async def ben(shop: Shop) -> Customer:
    return await earner(shop)


@pytest.fixture
async def phone(shop: Shop, ben: Customer) -> Phone:
    return await Chats(shop).known(ben, BEN_ID)


async def open_view(shop: Shop, pages: Pages, user: UserId) -> Any:
    """The view's state. A cookie is as good as a bearer here: whose it is says its own test."""
    return await (await sign_in(shop, pages, user)).open(MiniWithdraw, PAGE)


async def asked(view: Any, phone: Phone) -> None:
    await view.go_on(FILLED)
    assert (view.step, view.draft.net) == (CONFIRM, "18.00 USDT")
    await view.ask()
    assert (view.step, view.question.net, view.question.address) == (ASKED, "18.00 USDT", STRANGER)
    await phone.look()


def test_nothing_of_the_view_requests_a_withdrawal() -> None:
    assert MiniWithdraw in IN_MINI_APP
    assert WithdrawState not in IN_MINI_APP
    assert set(EVENTS[WithdrawState]) - set(EVENTS[MiniWithdraw]) == {"confirm"}


async def test_it_is_confirmed_in_the_chat_and_the_view_shows_it(
    shop: Shop, pages: Pages, ben: Customer, phone: Phone
) -> None:
    view = await open_view(shop, pages, ben.id)
    assert (view.step, view.purse.available) == (FORM, "$50.00")
    await asked(view, phone)
    await view.ask()
    assert await shop.fetchval("select count(*) from withdrawal_confirmations") == 1
    assert await purse(shop, ben) == (micro(50), 0)
    await phone.press("Confirm")
    await view.refresh()
    assert (view.step, view.question.address, view.notice) == (OPEN, "", "")
    assert (view.latest.status_word, view.purse.available) == ("In review", "$30.00")
    await view.cancel()
    assert view.good_news.startswith("All $20.00")
    assert (view.step, view.typed_amount) == (FORM, "")


async def test_what_is_refused_in_the_chat_is_told(
    shop: Shop, pages: Pages, ben: Customer, phone: Phone
) -> None:
    view = await open_view(shop, pages, ben.id)
    await asked(view, phone)
    await phone.press("Refuse")
    await view.refresh()
    assert view.step == FORM
    assert view.notice == "You refused this withdrawal. Nothing was taken."
    await view.go_on(FILLED)
    await view.ask()
    assert view.step == CONFIRM
    assert "You can ask for another one in 10 minutes" in view.notice
    await shop.execute(
        "update withdrawal_confirmations set decided_at = decided_at - interval '11 minutes'"
    )
    await view.ask()
    assert (view.step, view.notice) == (ASKED, "")
    await phone.look()
    await phone.press("Refuse")
    # Who comes later is not told of what was long ago.
    assert (await open_view(shop, pages, ben.id)).notice == ""


async def test_what_nobody_answered_is_told(
    shop: Shop, pages: Pages, ben: Customer, phone: Phone
) -> None:
    view = await open_view(shop, pages, ben.id)
    await asked(view, phone)
    await shop.execute(
        "update withdrawal_confirmations set asked_at = asked_at - interval '11 minutes', "
        "expires_at = expires_at - interval '11 minutes'"
    )
    await shop.services.payouts.confirmations.look()
    await view.refresh()
    assert (view.step, view.notice) == (
        FORM,
        "You didn't confirm in time. Check everything and continue again.",
    )


async def test_whoever_never_started_the_bot_is_told_to(
    shop: Shop, pages: Pages, ben: Customer, phone: Phone
) -> None:
    await shop.execute("update telegram_chats set state = 'NONE'")
    view = await open_view(shop, pages, ben.id)
    await view.go_on(FILLED)
    await view.ask()
    assert (view.step, view.needs_bot, view.notice) == (CONFIRM, True, "")
    await phone.say("/start")
    await view.ask()
    assert (view.step, view.needs_bot) == (ASKED, False)


async def test_where_no_message_can_come_the_view_says_so_and_has_it_sent_later(
    shop: Shop, pages: Pages, ben: Customer, phone: Phone
) -> None:
    view = await open_view(shop, pages, ben.id)
    await view.go_on(FILLED)
    await view.ask()
    # The message has met somebody who blocked the bot.
    await shop.execute(
        "update deliveries set state = 'GONE', settled_at = now() where kind = 'withdrawal.asked'"
    )
    await shop.execute("update telegram_chats set state = 'BLOCKED', blocked_at = now()")
    for one in (view, await open_view(shop, pages, ben.id)):
        await one.load()
        assert (one.step, one.needs_bot) == (ASKED, True)
    await phone.say("/start")
    assert phone.last.labels != ["Confirm", "Refuse"]
    await view.ask()
    assert (view.step, view.needs_bot) == (ASKED, False)
    await phone.look()
    assert phone.last.labels == ["Confirm", "Refuse"]
    assert await shop.fetchval("select count(*) from withdrawal_confirmations") == 1


async def test_a_message_that_telegram_did_not_take_is_not_waited_for(
    shop: Shop, pages: Pages, ben: Customer, phone: Phone
) -> None:
    view = await open_view(shop, pages, ben.id)
    await view.go_on(FILLED)
    await view.ask()
    await shop.execute(
        "update deliveries set state = 'FAILED', settled_at = now() where kind = 'withdrawal.asked'"
    )
    await view.refresh()
    assert (view.step, view.needs_bot) == (ASKED, True)
    await view.stop_asking()
    await asked(view, phone)
    assert not view.needs_bot


async def test_what_is_asked_is_there_when_the_app_is_opened_again(
    shop: Shop, pages: Pages, ben: Customer, phone: Phone
) -> None:
    await asked(await open_view(shop, pages, ben.id), phone)
    view = await open_view(shop, pages, ben.id)
    assert (view.step, view.question.net) == (ASKED, "18.00 USDT")
    await view.stop_asking()
    assert (view.step, view.notice) == (FORM, "")
    await phone.look()
    assert all(shown.labels != ["Confirm", "Refuse"] for shown in phone.chat.values())
    stranger = await open_view(shop, pages, (await earner(shop)).id)
    assert stranger.step == FORM


async def test_what_another_window_asks_is_not_drawn_as_one_s_own(
    shop: Shop, pages: Pages, ben: Customer, phone: Phone
) -> None:
    mine, other = [await open_view(shop, pages, ben.id) for _ in range(2)]
    await asked(mine, phone)
    await other.load()
    await other.stop_asking()
    await other.go_on({"address": ANOTHER, "amount": "20"})
    await other.ask()
    for _ in range(2):
        await mine.refresh()
        assert (mine.step, mine.question.address) == (FORM, "")
        assert mine.notice.startswith("Another window has asked for something else")
    await phone.look()
    await phone.press("Refuse")
    await mine.refresh()
    assert mine.notice.startswith("This was taken back in another window.")
    await shop.execute(
        "update withdrawal_confirmations set decided_at = decided_at - interval '11 minutes'"
    )
    await asked(mine, phone)


async def test_what_another_window_takes_back_is_told(
    shop: Shop, pages: Pages, ben: Customer, phone: Phone
) -> None:
    mine = await open_view(shop, pages, ben.id)
    await asked(mine, phone)
    await (await open_view(shop, pages, ben.id)).stop_asking()
    await mine.refresh()
    assert mine.step == FORM
    assert mine.notice.startswith("This was taken back in another window.")
    await mine.load()
    await asked(mine, phone)
    assert mine.notice == ""


async def test_another_fee_is_shown_before_it_is_asked_and_after(
    shop: Shop, pages: Pages, ben: Customer, phone: Phone
) -> None:
    view = await open_view(shop, pages, ben.id)
    await view.go_on(FILLED)
    await change_terms(shop, fee_min_micro=micro(3))
    await view.ask()
    assert (view.step, view.draft.net) == (CONFIRM, "17.00 USDT")
    assert view.notice.startswith("The fee has just changed")
    await view.ask()
    await phone.look()
    await change_terms(shop, fee_min_micro=micro(4))
    await phone.press("Confirm")
    await view.refresh()
    assert (view.step, view.question.net) == (ASKED, "16.00 USDT")
    assert view.notice.startswith("The fee has just changed")
    assert await count(shop) == 0


async def test_what_cannot_be_taken_any_more_stands_below_its_field(
    shop: Shop, pages: Pages, ben: Customer, phone: Phone
) -> None:
    view = await open_view(shop, pages, ben.id)
    await asked(view, phone)
    await shop.services.commissions.move(ben.id, micro(40), "a-key")
    await phone.press("Confirm")
    await view.refresh()
    assert (view.step, view.amount.problem) == (FORM, "You can withdraw up to $10.00.")
    assert await count(shop) == 0
