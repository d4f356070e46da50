"""Withdrawing in the Mini App with a press in the chat, and choosing what the bot sends."""

import re
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from jiema_app.bot.withdrawing import READ_FOR
from jiema_app.domain import ids
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import HouseAccount, TransferKind, UserAccount
from tests.e2e.judging import OUTSIDE, TOUCHED
from tests.e2e.stack import Stack
from tests.e2e.telegram_window import Window, open_window
from tests.e2e.test_withdrawing import change
from tests.support.polling import PATIENCE_S
from tests.support.withdrawing import STRANGER, micro

READ_FOR_S = READ_FOR.total_seconds() + 2

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def phone(browser: Browser, stack: Stack) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=stack.origin, locale="en-US", **PHONE)
    yield context
    context.close()


class Chat:
    """Somebody's chat with the bot, at the sandbox's Telegram."""

    def __init__(self, stack: Stack) -> None:
        self.address = f"http://127.0.0.1:{stack.sandbox_port}/control/telegram"
        self.person: int = self._order("person")["user"]["id"]

    def say(self, text: str) -> None:
        """Write to the bot."""
        self._order("message", **{"from": self.person, "text": text})

    def until(self, words: str) -> dict[str, Any]:
        """The newest message that says this, as soon as there is one."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            found = httpx.get(
                f"{self.address}/chats", params={"chat": self.person}, trust_env=False
            )
            (chat,) = found.json()["chats"]
            for message in reversed(chat["messages"]):
                if words in message.get("text", ""):
                    shown: dict[str, Any] = message["message"]
                    return shown
            time.sleep(0.1)
        raise AssertionError(f"nothing says {words!r}")

    def press(self, message: dict[str, Any], label: str) -> None:
        """Press a button beneath a message, once there was time to read it."""
        shown_at = message.get("edit_date", message["date"])
        time.sleep(max(0.0, shown_at + READ_FOR_S - time.time()))
        buttons = [one for row in message["reply_markup"]["inline_keyboard"] for one in row]
        (data,) = (one["callback_data"] for one in buttons if one["text"] == label)
        self._order(
            "press",
            **{"from": self.person, "messageId": message["message_id"], "data": data},
        )

    def _order(self, path: str, **order: Any) -> Any:
        answer = httpx.post(
            f"{self.address}/{path}", json=order, timeout=PATIENCE_S, trust_env=False
        )
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def chat(stack: Stack) -> Chat:
    return Chat(stack)


def earn(stack: Stack, chat: Chat) -> None:
    """Have them earn 50 USDT."""

    async def act(connection: Any) -> None:
        user = await connection.fetchval(
            "select user_id from identities where subject = $1", str(chat.person)
        )
        purses = await ledger.open_earning_accounts(connection, user)
        await ledger.post(
            connection,
            TransferKind.SANDBOX_COMMISSION,
            ids.new_id(),
            source=HouseAccount.ADJUSTMENTS,
            target=purses[UserAccount.COMMISSION].account,
            amount=micro(50),
        )
        await connection.execute("select pg_notify('commission_changed', $1)", user)

    change(stack, act)


def forgive(stack: Stack) -> None:
    """Have what was refused be so long ago that they are asked again."""

    async def act(connection: Any) -> None:
        await connection.execute(
            "update withdrawal_confirmations set decided_at = decided_at - interval '11 minutes'"
        )

    change(stack, act)


def ask(window: Window) -> None:
    """Fill the form in and have it asked, by Telegram's own button."""
    window.app.get_by_label("Your address").fill(STRANGER)
    window.app.get_by_label(re.compile("^Amount")).fill("20")
    window.press_main("Continue")
    expect(window.app.get_by_role("heading", name="Check and confirm")).to_be_visible()
    window.press_main("Confirm in the chat")


def test_a_withdrawal_is_confirmed_in_the_chat_while_the_app_watches(
    phone: BrowserContext, stack: Stack, chat: Chat
) -> None:
    window = open_window(phone, stack, chat.person, path="/tg/withdraw")
    window.until_in()
    earn(stack, chat)
    expect(window.app.locator("[data-available]")).to_have_text("$50.00")
    # Without a chat there is nobody to ask.
    ask(window)
    expect(window.app.get_by_text("Open it and tap Start")).to_be_visible()
    chat.say("/start")
    chat.until("Welcome")
    window.press_main("Confirm in the chat")
    expect(window.app.locator("[data-asked]")).to_be_visible()
    assert window.app.evaluate(OUTSIDE) + window.app.evaluate(TOUCHED, 44) == []
    question = chat.until("Confirm this withdrawal?")
    assert STRANGER in question["text"]
    chat.press(question, "Refuse")
    expect(window.app.get_by_text("You refused this withdrawal")).to_be_visible()
    chat.until("You refused this withdrawal")
    window.press_main("Continue")
    window.press_main("Confirm in the chat")
    expect(window.app.get_by_text("You can ask for another one in 10 minutes")).to_be_visible()
    forgive(stack)
    window.press_main("Confirm in the chat")
    expect(window.app.locator("[data-asked]")).to_be_visible()
    chat.press(chat.until("Confirm this withdrawal?"), "Confirm")
    shown = window.app.locator("[data-status]")
    expect(shown).to_have_attribute("data-status", "In review")
    assert window.app.evaluate(OUTSIDE) + window.app.evaluate(TOUCHED, 44) == []
    chat.until("We're reviewing your withdrawal of 20.00 USDT")


def test_notices_are_chosen_as_in_the_chat(phone: BrowserContext, stack: Stack, chat: Chat) -> None:
    window = open_window(phone, stack, chat.person, path="/tg/more")
    window.until_in()
    expect(window.app.get_by_text("Open it and tap Start")).to_be_visible()
    chat.say("/start")
    chat.until("Welcome")
    window.app.get_by_role("link", name="Orders").click()
    window.app.get_by_role("link", name="More").click()
    money = window.app.get_by_role("switch", name="Top-ups and withdrawals")
    expect(money).to_have_attribute("aria-checked", "true")
    money.click()
    expect(money).to_have_attribute("aria-checked", "false")
    window.app.get_by_label("Quiet hours").select_option("1")
    expect(window.app.get_by_text(re.compile(r"Quiet hours: 22:00 to 08:00, UTC"))).to_be_visible()
    assert window.app.evaluate(OUTSIDE) + window.app.evaluate(TOUCHED, 44) == []
    chat.say("/settings")
    chat.until("Quiet hours: 22:00 to 08:00")


def test_the_country_of_a_link_is_chosen_and_in_sight(
    phone: BrowserContext, stack: Stack, chat: Chat
) -> None:
    window = open_window(phone, stack, chat.person, path="/tg/service/telegram?country=my")
    window.until_in()
    expect(window.page.locator("#main")).to_contain_text("Get number")
    chosen = window.app.locator("[data-choice]:has(input:checked)")
    expect(chosen).to_contain_text("Malaysia")
    expect(chosen).to_be_in_viewport()
    window.app.locator("[data-choice] label").nth(12).click()
    expect(window.app.locator("[data-choice]:has(input:checked)")).to_be_in_viewport(ratio=1)
