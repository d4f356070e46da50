"""How fast one page may send events."""

from starlette.types import Message

from jiema_app.serving.message_limits import MESSAGES_MAX, TOO_MANY, WINDOW_S, bounded


class Connection:
    """A page that never stops sending."""

    def __init__(self) -> None:
        self.now = 0.0
        self.told: list[Message] = []
        self.receive = bounded(self._next, self._hear, lambda: self.now)

    async def _next(self) -> Message:
        return {"type": "websocket.receive", "text": "2"}

    async def _hear(self, message: Message) -> None:
        self.told.append(message)

    async def take(self, count: int) -> set[str]:
        return {(await self.receive())["type"] for _ in range(count)}


async def test_a_page_that_sends_too_much_is_cut_off() -> None:
    page = Connection()
    assert await page.take(MESSAGES_MAX) == {"websocket.receive"}
    assert page.told == []
    assert await page.take(1) == {"websocket.disconnect"}
    assert page.told == [{"type": "websocket.close", "code": TOO_MANY}]


async def test_a_page_may_stay_for_as_long_as_it_likes() -> None:
    page = Connection()
    for _ in range(3):
        assert await page.take(MESSAGES_MAX) == {"websocket.receive"}
        page.now += WINDOW_S
    assert page.told == []
