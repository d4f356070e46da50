"""Telegram itself, as far as the bot meets it: everything that calls and controls share."""

import asyncio
import time
from pathlib import Path
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.identity.persons import People
from sandbox.telegram.accounts import Accounts, without_language
from sandbox.telegram.chats import Chats, Document
from sandbox.telegram.faults import Faults
from sandbox.telegram.files import Files
from sandbox.telegram.queries import Queries
from sandbox.telegram.rates import Rates
from sandbox.telegram.store import Store
from sandbox.telegram.updates import Updates
from sandbox.telegram.webhook import Timings, WebhookSender
from sandbox.telegram.world import BOT_ID


class Messenger:
    """Owns the store and what stands on it."""

    def __init__(
        self, store: Store, people: People, clock: SandboxClock, seed: int, directory: Path | None
    ) -> None:
        """Put the pieces together.

        Args:
            store: The documents.
            people: Those who can sign in; each has a phone with Telegram.
            clock: Message dates, ages and the 24 hours of an update go by it.
            seed: For faults that strike by chance.
            directory: Where contents of files lie; None keeps them in memory.
        """
        self.store, self.clock = store, clock
        self.accounts = Accounts(people, store)
        self.chats = Chats(store, self.accounts, clock)
        self.updates = Updates(store, clock)
        self.queries = Queries(store, clock)
        self.files = Files(store, directory)
        self.faults = Faults(seed)
        self.rates = Rates()
        self.sender = WebhookSender(self.updates, Timings())
        self.sender.is_down = self.faults.is_down
        self._ending = asyncio.Event()
        self.background: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        """Let people wait."""
        self._ending.clear()
        self.updates.open()

    def let_go(self) -> None:
        """Answer everybody who waits, now: the server stops only when nobody does."""
        self._ending.set()
        self.updates.close()

    async def pause(self, seconds: float) -> bool:
        """Wait so long; False when everybody is let go."""
        try:
            await asyncio.wait_for(self._ending.wait(), seconds)
        except TimeoutError:
            return True
        return False

    def restart_sender(self) -> None:
        """Have the webhook's sender begin anew, soon."""
        task = asyncio.get_running_loop().create_task(self.sender.restart())
        self.background.add(task)
        task.add_done_callback(self.background.discard)

    def reset(self) -> None:
        """Forget everything."""
        counters = dict(self.store.table("counters"))
        self.store.clear()
        # Whoever remembers an id of before shall never meet it again.
        for name, value in counters.items():
            self.store.put("counters", name, value)
        self.files.clear()
        self.chats.begin()
        self.updates.begin()
        self.faults.clear()
        self.rates.reset()
        self.rates.is_enforced = False
        self.sender.timings = Timings()

    def member_changed(self, chat: Document, who: int, by: int, old: Document) -> None:
        """Tell the bot that somebody's standing in a chat changed, the bot's own included."""
        kind = "my_chat_member" if who == BOT_ID else "chat_member"
        new = self.chats.member_json(chat, who)
        payload = {
            "chat": self.chats.to_json(chat),
            "from": self.accounts.require(by),
            "date": int(time.time()),
            "old_chat_member": old,
            "new_chat_member": new,
        }
        self.updates.emit(kind, payload, f"member:{chat['id']}")

    def tell_note(self, chat: Document, message: Document, *, by_bot: bool = True) -> None:
        """Keep a message of the service, and tell the bot: of its own such messages it hears."""
        self.chats.keep_message(message, by_bot=by_bot)
        kind = "channel_post" if chat["type"] == "channel" else "message"
        self.updates.emit(kind, message, f"chat:{chat['id']}")

    def open_private(self, number: int) -> Document:
        """The chat of somebody who writes to the bot: started and not blocked from now on."""
        chat = self.chats.private(number)
        if chat.get("blocked"):
            self.block(number, is_blocked=False)
        if not chat.get("started"):
            chat["started"] = True
            self.chats.keep(chat)
        return chat

    def block(self, number: int, *, is_blocked: bool) -> None:
        """Somebody blocks the bot, or takes it back."""
        chat = self.chats.private(number)
        if bool(chat.get("blocked")) == is_blocked:
            return
        bot = without_language(self.accounts.require(BOT_ID))
        states = {True: {"status": "kicked", "user": bot, "until_date": 0},
                  False: {"status": "member", "user": bot}}  # fmt: skip
        chat["blocked"] = is_blocked
        self.chats.keep(chat)
        payload: dict[str, Any] = {
            "chat": self.chats.to_json(chat),
            "from": self.accounts.require(number),
            "date": int(time.time()),
            "old_chat_member": states[not is_blocked],
            "new_chat_member": states[is_blocked],
        }
        self.updates.emit("my_chat_member", payload, f"member:{number}")
