"""Which pages a process reaches, when it is one of several."""

from types import SimpleNamespace
from typing import Any

from redis.asyncio import Redis
from reflex.utils.token_manager import RedisTokenManager, SocketRecord

from jiema_app.states.pusher import ReflexPusher


def of_two_processes() -> tuple[ReflexPusher, RedisTokenManager]:
    manager = RedisTokenManager(Redis())  # asked nothing: nobody listens there
    app: Any = SimpleNamespace(event_namespace=SimpleNamespace(_token_manager=manager))
    return ReflexPusher(app), manager


async def test_a_tab_that_went_to_another_process_is_not_sent_its_former_page() -> None:
    pusher, manager = of_two_processes()
    manager.token_to_socket["tab"] = SocketRecord(instance_id=manager.instance_id, sid="1")
    assert await pusher.is_connected("tab")
    manager.token_to_socket["tab"] = SocketRecord(instance_id="another", sid="2")
    assert not await pusher.is_connected("tab")
    assert not await pusher.is_connected("nobody")


async def test_what_is_said_too_late_does_not_go_to_the_page_that_is_open_now() -> None:
    pusher, manager = of_two_processes()
    manager.token_to_socket["tab"] = SocketRecord(instance_id="another", sid="2")
    told: list[Any] = []

    class Client:
        async def publish(self, *message: Any) -> None:
            told.append(message)

    client: Any = Client()
    pusher.use_redis(client)
    update: Any = {"delta": {}}
    await manager.emit_lost_and_found("tab", update)
    assert not told
