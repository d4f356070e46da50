"""Telling browsers to come back over HTTPS only."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


def with_strict_transport(app: ASGIApp) -> ASGIApp:
    """Put the header on every answer of an application: pages, files, API, errors."""

    async def strict(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), HEADER]
            await send(message)

        await app(scope, receive, send_strictly if scope["type"] == "http" else send)

    return strict
