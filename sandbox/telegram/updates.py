"""What happened and the bot has not confirmed yet: one queue, polled or pushed."""

import asyncio
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from sandbox.clock import SandboxClock
from sandbox.telegram.errors import conflict
from sandbox.telegram.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT_S: Final = 24 * 3600
KEPT_SHORTER_S: Final = {
    "callback_query": 150,
    "inline_query": 30,
    "chosen_inline_result": 600,
}
"""What waits less than a day."""
POLL_MAX_S: Final = 50
BATCH_MAX: Final = 100
FIRST_ID: Final = 710_000_000
KINDS: Final = frozenset(
    {
        "message", "edited_message", "channel_post", "edited_channel_post",
        "business_connection", "business_message", "edited_business_message",
        "deleted_business_messages", "message_reaction", "message_reaction_count",
        "inline_query", "chosen_inline_result", "callback_query", "shipping_query",
        "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "my_chat_member",
        "chat_member", "chat_join_request", "chat_boost", "removed_chat_boost",
    }
)  # fmt: skip
"""Every kind that a bot can choose, here or at Telegram."""
BY_WISH_ALONE: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that come only to who asks for them."""
_OTHER_POLL: Final = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
_HOOKED: Final = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
    "webhook first"
)


class Updates:
    """The queue of updates.

    Attributes:
        pushed: Called with the name of a line that grew; the webhook's sender sets it.
    """

    def __init__(self, store: Store, clock: SandboxClock) -> None:
        self._store, self._clock = store, clock
        self._arrived = asyncio.Event()
        self._poll = 0
        self._is_closed = False
        self.pushed: Callable[[str], None] = lambda _line: None
        self.lines: dict[str, deque[int]] = {}
        # The numbers of those that wait equally long, the oldest first; some are confirmed.
        self._by_life: dict[int, deque[int]] = {}
        self.begin()

    def begin(self) -> None:
        """Read from the store who waits."""
        self.lines, self._by_life = {}, {}
        for key, row in self._store.table("updates").items():
            self.lines.setdefault(row["line"], deque()).append(int(key))
            kind = next((name for name in row["update"] if name != "update_id"), "")
            self._by_life.setdefault(_life(kind), deque()).append(int(key))

    @property
    def webhook(self) -> dict[str, Any] | None:
        """How the webhook is set, or None."""
        found: dict[str, Any] | None = self._store.get("settings", "webhook")
        return found

    def keep_webhook(self, webhook: dict[str, Any] | None) -> None:
        """Set, change or remove the webhook."""
        if webhook is None:
            self._store.drop("settings", "webhook")
        else:
            self._store.put("settings", "webhook", webhook)
        self._wake()

    def allow(self, kinds: Any) -> None:
        """Choose the kinds that are kept from now on; when none is known, the usual ones are."""
        if isinstance(kinds, list):
            named = [kind.lower() for kind in kinds if isinstance(kind, str)]
            chosen = [kind for kind in dict.fromkeys(named) if kind in KINDS]
            if chosen != self.allowed:
                self._store.put("settings", "allowed_updates", chosen)

    @property
    def allowed(self) -> list[str]:
        """The kinds that were chosen; empty for the usual choice."""
        return list(self._store.get("settings", "allowed_updates") or ())

    def emit(self, kind: str, payload: dict[str, Any], line: str) -> int | None:
        """Queue an update, unless the bot did not want such.

        Args:
            kind: The name of its field, such as `message`.
            payload: What happened.
            line: Updates of one line are pushed in order; different lines are not.

        Returns:
            Its id, or None.
        """
        allowed = self.allowed
        if (kind not in allowed) if allowed else (kind in BY_WISH_ALONE):
            return None
        self.forget_old()
        number = int(self._store.get("counters", "update") or FIRST_ID) + 1
        self._store.put("counters", "update", number)
        update = {"update_id": number, kind: payload}
        self._store.put(
            "updates", number, {"update": update, "line": line, "at": self._clock.now()}
        )
        self.lines.setdefault(line, deque()).append(number)
        self._by_life.setdefault(_life(kind), deque()).append(number)
        self._wake()
        self.pushed(line)
        return number

    def pending(self) -> int:
        """How many are not confirmed."""
        self.forget_old()
        return len(self._store.table("updates"))

    def find(self, number: int) -> dict[str, Any] | None:
        """An update that is not confirmed."""
        row = self._store.get("updates", number)
        return row["update"] if row else None

    def confirm(self, number: int) -> None:
        """Forget an update: the bot has it."""
        row = self._store.drop("updates", number)
        if row is None:
            return
        line = self.lines.get(row["line"])
        if line is not None:
            if line and line[0] == number:
                line.popleft()
            elif number in line:
                line.remove(number)
            if not line:
                self.lines.pop(row["line"], None)

    def drop_all(self) -> None:
        """Forget every update."""
        for key in list(self._store.table("updates")):
            self.confirm(int(key))

    def forget_old(self) -> None:
        """Forget what nobody fetched in time."""
        now = self._clock.now()
        for life, numbers in self._by_life.items():
            while numbers:
                row = self._store.get("updates", numbers[0])
                if row is not None and row["at"] >= now - life:
                    break
                self.confirm(numbers.popleft())

    async def poll(self, offset: int, limit: int, timeout_s: int) -> list[dict[str, Any]]:
        """Return what waits, or wait for it.

        Raises:
            Refused: A webhook is set, or somebody else polls.
        """
        if self.webhook is not None:
            raise conflict(_HOOKED)
        self._poll += 1
        mine = self._poll
        self._wake()
        self.forget_old()
        self._confirm_before(offset)
        ends_at = asyncio.get_running_loop().time() + min(max(timeout_s, 0), POLL_MAX_S)
        while True:
            if self._poll != mine:
                raise conflict(_OTHER_POLL)
            if self.webhook is not None:
                raise conflict("terminated by setWebhook request")
            waiting = self._store.table("updates").values()
            most = min(max(limit, 1), BATCH_MAX)
            batch = [row["update"] for row in islice(waiting, most)]
            left = ends_at - asyncio.get_running_loop().time()
            if batch or left <= 0 or self._is_closed:
                return batch
            arrived = self._arrived
            try:
                await asyncio.wait_for(arrived.wait(), left)
            except TimeoutError:
                continue

    def open(self) -> None:
        """Let people wait."""
        self._is_closed = False

    def close(self) -> None:
        """Send home whoever waits."""
        self._is_closed = True
        self._wake()

    def _confirm_before(self, offset: int) -> None:
        keys = [int(key) for key in self._store.table("updates")]
        old = keys[:offset] if offset < 0 else [key for key in keys if key < offset]
        for key in old:
            self.confirm(key)

    def _wake(self) -> None:
        self._arrived.set()
        self._arrived = asyncio.Event()


def _life(kind: str) -> int:
    """How many seconds an update waits."""
    return KEPT_SHORTER_S.get(kind, KEPT_S)
