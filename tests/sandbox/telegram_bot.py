"""A bot that does what a test says, and the levers of the people who write to it."""

from dataclasses import dataclass
from typing import Any

import httpx

from sandbox.app import SandboxApp
from sandbox.telegram.world import TOKEN

ADA = 5001
BAO = 5002


@dataclass
class Bot:
    """Speaks the Bot API over httpx; `http` may lead into the process or to a socket."""

    http: httpx.AsyncClient
    token: str = TOKEN

    async def ask(self, method: str, **params: Any) -> httpx.Response:
        return await self.http.post(f"/bot{self.token}/{method}", json=params)

    async def call(self, method: str, **params: Any) -> Any:
        body = (await self.ask(method, **params)).json()
        assert body["ok"] is True, body
        return body["result"]

    async def refusal(self, method: str, **params: Any) -> str:
        """The words of a refusal; its code is checked against the status."""
        answer = await self.ask(method, **params)
        body = answer.json()
        assert body["ok"] is False, body
        assert body["error_code"] == answer.status_code
        return str(body["description"])

    async def control(self, path: str, **body: Any) -> Any:
        answer = await self.http.post(f"/control/telegram/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def write(self, who: int, text: str, **more: Any) -> Any:
        return await self.control("message", **{"from": who, "text": text, **more})

    async def press(self, who: int, message_id: int, data: str, **more: Any) -> Any:
        order = {"from": who, "chat": who, "messageId": message_id, "data": data, **more}
        return await self.control("press", **order)

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        """Everything that waits, confirmed."""
        found: list[dict[str, Any]] = await self.call("getUpdates", **params)
        if found:
            await self.call("getUpdates", offset=found[-1]["update_id"] + 1, timeout=0)
        return found

    async def chat(self, number: int) -> Any:
        answer = await self.http.get("/control/telegram/chats", params={"chat": number})
        return answer.json()["chats"][0]


def bot_in(app: SandboxApp) -> Bot:
    transport = httpx.ASGITransport(app=app)
    return Bot(httpx.AsyncClient(transport=transport, base_url="http://sandbox"))
