"""What administrators tell the bot in a customer's topic: the same rights, the same log."""

from collections.abc import AsyncIterator

import pytest

from jiema_app.domain.errors import AlreadyChanged, Forbidden, NotFound, NotOpen
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.orders.house_refunds import HouseRefundWay
from jiema_app.domain.orders.requests import Buyer
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.units import Cents, micro
from sandbox.telegram.world import ADMINISTRATOR
from tests.support.helpdesk import ANN, BEN, Helpdesk, open_helpdesk
from tests.support.shop import Customer, Shop


@pytest.fixture
async def helpdesk(shop: Shop) -> AsyncIterator[Helpdesk]:
    async with open_helpdesk(shop) as opened:
        await opened.appoint()
        await opened.enter(ANN)
        await opened.write(ANN, "Hello")
        yield opened


async def order_of(helpdesk: Helpdesk, person: int) -> tuple[Customer, OrderView]:
    """Somebody with an order that waits for its code."""
    shop = helpdesk.shop
    user = await helpdesk.user_of(person)
    key = await shop.services.api_keys.create(user, "test")
    principal = await shop.services.api_keys.authenticate(key.token)
    assert principal is not None
    customer = Customer(Buyer(user, principal.account_id), key.token)
    async with shop.services.database.transaction() as connection:
        await ledger.credit(
            connection,
            user,
            micro(Cents(1_000)),
            kind=TransferKind.SANDBOX_CREDIT,
            reference=f"for {person}",
        )
    return customer, await shop.place(customer)


async def command(helpdesk: Helpdesk, words: str, person: int = ANN) -> str:
    """What the bot answers in the topic."""
    await helpdesk.answer(words, await helpdesk.thread_of(person))
    return str((await helpdesk.in_topic(person))[-1]["text"])


async def test_an_order_without_a_code_is_refunded_once_after_it_was_asked_back(
    helpdesk: Helpdesk,
) -> None:
    admin = await helpdesk.user_of(ADMINISTRATOR)
    customer, order = await order_of(helpdesk, ANN)
    before = await helpdesk.shop.balance(customer)
    assert "Go on?" in await command(helpdesk, f"/refund {order.id}")
    assert await helpdesk.shop.balance(customer) == before
    asked = (await helpdesk.in_topic(ANN))[-1]
    await helpdesk.press(ADMINISTRATOR, asked, "back")
    assert await helpdesk.shop.balance(customer) == before + order.price_micro
    view = await helpdesk.shop.read(customer, order)
    assert view.status is OrderStatus.CANCELLED
    assert await helpdesk.audited("order.refund") == [(admin, order.id)]
    # The button is gone; what was pressed twice is done once.
    assert (await helpdesk.in_topic(ANN))[-1]["buttons"] == []
    data = f"1:support:refund:{order.id}:CANCEL"
    await helpdesk.control(
        "press",
        **{"from": ADMINISTRATOR, "chat": helpdesk.group, "messageId": asked["messageId"],
           "data": data},
    )  # fmt: skip
    await helpdesk.work()
    assert await helpdesk.shop.balance(customer) == before + order.price_micro
    # And who pressed it, perhaps because nothing was said, is told that it is done.
    (told,) = [
        one for one in await helpdesk.in_topic(ANN) if one["messageId"] == asked["messageId"]
    ]
    assert "given back for" in told["text"]
    assert "given back already" in await command(helpdesk, f"/refund {order.id}")


async def test_an_order_with_a_code_is_paid_back_by_the_house_once(helpdesk: Helpdesk) -> None:
    customer, order = await order_of(helpdesk, ANN)
    await helpdesk.shop.deliver(order)
    before = await helpdesk.shop.balance(customer)
    assert "the house gives" in await command(helpdesk, f"/refund {order.id}")
    await helpdesk.press(ADMINISTRATOR, (await helpdesk.in_topic(ANN))[-1], "back")
    assert await helpdesk.shop.balance(customer) == before + order.price_micro
    assert "given back already" in await command(helpdesk, f"/refund {order.id}")


async def test_no_is_no(helpdesk: Helpdesk) -> None:
    customer, order = await order_of(helpdesk, ANN)
    before = await helpdesk.shop.balance(customer)
    await command(helpdesk, f"/refund {order.id}")
    await helpdesk.press(ADMINISTRATOR, (await helpdesk.in_topic(ANN))[-1], "No")
    assert (await helpdesk.in_topic(ANN))[-1]["text"] == "Nothing was done."
    assert await helpdesk.shop.balance(customer) == before


async def test_only_an_administrator_presses_and_only_about_this_customer(
    helpdesk: Helpdesk,
) -> None:
    await helpdesk.enter(BEN)
    await helpdesk.write(BEN, "Hello")
    customer, order = await order_of(helpdesk, BEN)
    before = await helpdesk.shop.balance(customer)
    for odd in (order.id, "nothing", "x" * 3_000, ""):
        assert "Go on?" not in await command(helpdesk, f"/refund {odd}", ANN)
    await command(helpdesk, f"/refund {order.id}", BEN)
    asked = (await helpdesk.in_topic(BEN))[-1]
    await helpdesk.control("member", chat=helpdesk.group, user=BEN, status="member")
    await helpdesk.press(BEN, asked, "back")
    assert await helpdesk.shop.balance(customer) == before
    await helpdesk.shop.services.identity.ban(
        await helpdesk.user_of(ADMINISTRATOR), actor="test", reason="left"
    )
    await helpdesk.press(ADMINISTRATOR, asked, "back")
    assert await helpdesk.shop.balance(customer) == before
    assert await helpdesk.audited("order.refund") == []


async def test_the_service_asks_for_the_right_itself(shop: Shop) -> None:
    customer, somebody = await shop.customer(), await shop.customer()
    order = await shop.place(customer)
    refunds = shop.services.support.house_refunds
    with pytest.raises(Forbidden):
        await refunds.refund(customer.id, order.id, actor=somebody.id)
    with pytest.raises(NotFound):
        await refunds.refund(somebody.id, order.id, actor="command-line")
    # A code came between the question and the answer: nobody agreed to that.
    await shop.deliver(order)
    with pytest.raises(AlreadyChanged):
        await refunds.refund(customer.id, order.id, actor="command-line", way=HouseRefundWay.CANCEL)
    done = await refunds.refund(customer.id, order.id, actor="command-line")
    assert done.way is HouseRefundWay.CREDIT
    with pytest.raises(NotOpen):
        await refunds.refund(customer.id, order.id, actor="command-line")


async def test_a_ban_and_its_end_are_the_service_s_and_written_down(helpdesk: Helpdesk) -> None:
    admin, user = await helpdesk.user_of(ADMINISTRATOR), await helpdesk.user_of(ANN)
    assert "Nothing was done" in await command(helpdesk, "/ban")
    assert "banned" in await command(helpdesk, "/ban resells <codes>")
    account = await helpdesk.shop.services.identity.get_account(user)
    assert account.is_banned
    assert "already" in await command(helpdesk, "/ban again")
    assert await helpdesk.audited("user.ban") == [(admin, user)]
    # Whoever is banned can still write to support, and is answered.
    await helpdesk.write(ANN, "Why?")
    assert (await helpdesk.copied(ANN))[-1] == "Why?"
    assert "may act again" in await command(helpdesk, "/unban")
    assert await helpdesk.audited("user.unban") == [(admin, user)]


async def test_a_note_stands_in_the_header_and_goes_to_nobody(helpdesk: Helpdesk) -> None:
    admin, user = await helpdesk.user_of(ADMINISTRATOR), await helpdesk.user_of(ANN)
    before = await helpdesk.seen_by(ANN)
    assert await command(helpdesk, "/note asks for <refunds> a lot") == "Noted."
    await helpdesk.let_a_minute_pass()
    await helpdesk.keeping.run()
    await helpdesk.work()
    assert "asks for <refunds> a lot" in (await helpdesk.header(ANN))["text"]
    assert await helpdesk.audited("support.note") == [(admin, user)]
    assert await helpdesk.seen_by(ANN) == before


async def test_a_ready_answer_comes_in_the_customer_s_language_and_counts_as_one(
    helpdesk: Helpdesk,
) -> None:
    assert "/canned never-ask" in await command(helpdesk, "/canned")
    assert "no such answer" in await command(helpdesk, "/canned nothing")
    assert "never ask for passwords" in await command(helpdesk, "/canned never-ask")
    assert "never ask for passwords" in (await helpdesk.seen_by(ANN))[-1]
    assert (await helpdesk.keeping.figures()).unanswered == 0


async def test_a_command_that_is_edited_is_no_second_one(helpdesk: Helpdesk) -> None:
    thread = await helpdesk.thread_of(ANN)
    number = await helpdesk.answer("/note one", thread)
    await helpdesk.answer("/note two", thread, edit=number)
    assert len(await helpdesk.audited("support.note")) == 1


async def test_help_names_every_command(helpdesk: Helpdesk) -> None:
    said = await command(helpdesk, "/help@jiema_my_bot")
    for name in ("refund", "note", "ban", "unban", "canned", "close", "help"):
        assert f"/{name}" in said


async def test_a_command_that_was_forwarded_is_none(helpdesk: Helpdesk) -> None:
    forwarded = {"forward_origin": {"type": "hidden_user", "sender_user_name": "Eve", "date": 1}}
    before = await helpdesk.seen_by(ANN)
    await helpdesk.answer("/ban because Eve says so", await helpdesk.thread_of(ANN), told=forwarded)
    assert await helpdesk.audited("user.ban") == []
    assert "Unknown command" in (await helpdesk.in_topic(ANN))[-1]["text"]
    assert await helpdesk.seen_by(ANN) == before
