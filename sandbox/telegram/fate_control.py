"""Levers for what befalls chats, and for how Telegram itself behaves."""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from sandbox.control import ControlError
from sandbox.identity.persons import People
from sandbox.telegram.acts import Acts
from sandbox.telegram.api import BotApi
from sandbox.telegram.fate import Fate
from sandbox.telegram.faults import EVERY_METHOD, Fault
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.methods import BY_SMALL_NAME
from sandbox.telegram.showing import topic_json
from sandbox.telegram.world import ADMINISTRATOR, BOT_ID

FaultKind = Literal["http500", "http502_after", "timeout_after_doing", "drop", "drop_after",
                    "http429", "blocked", "slow", "down"]  # fmt: skip
_SECONDS = {"timeout_after_doing": 60.0, "slow": 5.0}


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class PersonOrder(_Order):
    """Something of one person."""

    user: int = Field(gt=0, le=2**52)


class BlockOrder(PersonOrder):
    """Whether somebody blocks the bot."""

    blocked: bool = True


class LanguageOrder(PersonOrder):
    """What somebody's Telegram is set to."""

    language_code: str = Field(alias="languageCode", min_length=1, max_length=16)


class DeactivateOrder(PersonOrder):
    """Whether somebody's account is gone."""

    deactivated: bool = True


class MemberOrder(PersonOrder):
    """How somebody stands in a chat."""

    chat: int
    status: Literal["creator", "administrator", "member", "restricted", "left", "kicked"]


class RightsOrder(_Order):
    """How the bot stands in a chat."""

    chat: int
    status: Literal["administrator", "member", "restricted", "left", "kicked"] = "administrator"
    rights: dict[str, bool] = Field(default_factory=dict)


class TopicOrder(_Order):
    """A new topic, or one that is closed or opened."""

    sender: int = Field(default=ADMINISTRATOR, alias="from")
    chat: int
    name: str | None = Field(default=None, min_length=1, max_length=128)
    thread: int | None = None
    closed: bool | None = None


class TopicRemoval(_Order):
    """A topic that vanishes, and how Telegram says so."""

    chat: int
    thread: int
    words: Literal["message thread not found", "TOPIC_DELETED"] = "message thread not found"


class GroupOrder(_Order):
    """A new group with the bot in it."""

    title: str = Field(default="A group", min_length=1, max_length=128)
    sender: int = Field(default=ADMINISTRATOR, alias="from")
    supergroup: bool = False
    forum: bool = False


class MigrateOrder(_Order):
    """A group that becomes a supergroup."""

    chat: int
    forum: bool | None = None


class DataOrder(_Order):
    """What a Mini App sends through a keyboard's button."""

    sender: int = Field(alias="from", gt=0)
    data: str = Field(max_length=4096)
    button_text: str = Field(default="Open", alias="buttonText", max_length=64)


class FaultOrder(_Order):
    """A fault."""

    method: str = Field(default=EVERY_METHOD, max_length=64)
    kind: FaultKind
    chat: str | int = ""
    rate: float | None = Field(default=None, ge=0, le=1)
    count: int | None = Field(default=None, ge=0, le=10**6)
    seconds: float | None = Field(default=None, ge=0, le=86400)
    retry_after: int = Field(default=5, alias="retryAfter", ge=1, le=86400)


class RatesOrder(_Order):
    """Whether Telegram's pace is enforced; what was measured is forgotten with `reset`."""

    enforced: bool | None = None
    reset: bool = False


class WebhookOrder(_Order):
    """How patient the webhook's sender is, in seconds, and how often it says things twice."""

    answer_within: float | None = Field(default=None, alias="answerWithin", gt=0, le=600)
    first_pause: float | None = Field(default=None, alias="firstPause", ge=0, le=600)
    longest_pause: float | None = Field(default=None, alias="longestPause", ge=0, le=3600)
    duplicates: float | None = Field(default=None, ge=0, le=1)


class QueriesOrder(_Order):
    """After how many seconds a question is too old to be answered."""

    callback: float | None = Field(default=None, gt=0, le=86400)
    inline: float | None = Field(default=None, gt=0, le=86400)


def create_fate_router(messenger: Messenger, api: BotApi, people: People) -> APIRouter:
    """Return the rest of the routes under /control/telegram."""
    router = APIRouter(prefix="/control/telegram", tags=["control"])
    acts = Acts(messenger)
    fate = Fate(messenger, acts)
    _add_people(router, messenger, fate, people)
    _add_rooms(router, messenger, acts, fate)
    _add_behaviour(router, messenger, api)
    return router


def _add_people(router: APIRouter, messenger: Messenger, fate: Fate, people: People) -> None:
    @router.post("/person")
    async def add_person() -> dict[str, Any]:
        """Somebody new, who can sign in on the web too."""
        person = people.add("telegram")
        return {"ok": True, "user": messenger.accounts.require(person.number)}

    @router.post("/language")
    async def set_language(order: LanguageOrder) -> dict[str, Any]:
        """What somebody's Telegram is set to."""
        return {"ok": True, "user": messenger.accounts.require(order.user, order.language_code)}

    @router.post("/block")
    async def block(order: BlockOrder) -> dict[str, Any]:
        """Somebody blocks the bot, or with `"blocked":false` takes that back."""
        messenger.block(order.user, is_blocked=order.blocked)
        return {"ok": True}

    @router.post("/delete-chat")
    async def delete_chat(order: PersonOrder) -> dict[str, Any]:
        """Somebody deletes the chat, for the bot too: nothing there can be edited any more."""
        return {"ok": True, "deleted": fate.delete_chat(order.user)}

    @router.post("/deactivate")
    async def deactivate(order: DeactivateOrder) -> dict[str, Any]:
        """Somebody deletes their account."""
        fate.deactivate(order.user, is_gone=order.deactivated)
        return {"ok": True}

    @router.post("/web-app-data")
    async def send_data(order: DataOrder) -> dict[str, Any]:
        """A Mini App opened by a keyboard's button sends its data."""
        return {"ok": True, **fate.web_app_data(order.sender, order.data, order.button_text)}


def _add_rooms(router: APIRouter, messenger: Messenger, acts: Acts, fate: Fate) -> None:
    @router.post("/member")
    async def stand(order: MemberOrder) -> dict[str, Any]:
        """Somebody joins, leaves, is put out or promoted."""
        if order.user == BOT_ID:
            raise ControlError(400, "USE_RIGHTS", "the bot's standing is set by /rights")
        acts.stand(order.user, order.chat, order.status)
        return {"ok": True, "member": messenger.chats.member(acts.chat(order.chat), order.user)}

    @router.post("/rights")
    async def set_rights(order: RightsOrder) -> dict[str, Any]:
        """The bot is promoted, demoted, put out; `rights` names those that change."""
        return {"ok": True, "bot": fate.bot_stands(order.chat, order.status, order.rights)}

    @router.post("/topic")
    async def topic(order: TopicOrder) -> dict[str, Any]:
        """Somebody opens a topic (`name`), or `thread` is closed or opened again."""
        if order.thread is not None and order.closed is not None:
            fate.close_topic(order.chat, order.thread, is_closed=order.closed)
            return {"ok": True, "thread": order.thread}
        if order.name is None:
            raise ControlError(400, "NO_NAME", "give a name, or thread and closed")
        made = acts.make_topic(order.sender, order.chat, order.name)
        return {"ok": True, **topic_json(made)}

    @router.post("/topic/remove")
    async def remove_topic(order: TopicRemoval) -> dict[str, Any]:
        """A topic vanishes; whoever writes there is refused in `words`."""
        fate.remove_topic(order.chat, order.thread, order.words)
        return {"ok": True}

    @router.post("/group")
    async def make_group(order: GroupOrder) -> dict[str, Any]:
        """Somebody makes a group with the bot as an administrator."""
        chat = fate.make_group(
            order.title, order.sender, is_super=order.supergroup, is_forum=order.forum
        )
        return {"ok": True, "chat": chat["id"]}

    @router.post("/migrate")
    async def migrate(order: MigrateOrder) -> dict[str, Any]:
        """A group becomes a supergroup with another number."""
        return {"ok": True, "newChat": fate.migrate(order.chat, is_forum=order.forum)}


def _add_behaviour(router: APIRouter, messenger: Messenger, api: BotApi) -> None:
    @router.post("/faults")
    async def order_fault(order: FaultOrder) -> dict[str, Any]:
        """Have calls fail: the next `count`, or by `rate`; 0 removes. `down` lasts `seconds`."""
        if order.kind == "down":
            messenger.faults.take_down(order.seconds if order.seconds is not None else 60.0)
        else:
            messenger.faults.order(_fault(order))
        return {"ok": True, "faults": messenger.faults.to_json()}

    @router.post("/rates")
    async def set_rates(order: RatesOrder) -> dict[str, Any]:
        """Enforce Telegram's pace, or only measure."""
        if order.reset:
            messenger.rates.reset()
        if order.enforced is not None:
            messenger.rates.is_enforced = order.enforced
        return {"ok": True, "rates": messenger.rates.to_json()}

    @router.post("/webhook")
    async def set_webhook_manner(order: WebhookOrder) -> dict[str, Any]:
        """How the webhook is served. Whoever waits for its turn is sent again at once."""
        for name, value in order.model_dump(exclude_none=True).items():
            setattr(messenger.sender.timings, name, value)
        await messenger.sender.restart()
        return {"ok": True, "webhookTimings": messenger.sender.timings.to_json()}

    @router.post("/queries")
    async def set_query_life(order: QueriesOrder) -> dict[str, Any]:
        """How long presses and inline queries wait for an answer."""
        messenger.queries.life_s |= order.model_dump(exclude_none=True)
        return {"ok": True, "seconds": messenger.queries.life_s}

    @router.get("/calls")
    async def show_calls(
        method: str = "", chat: str = "", after: float = 0.0, limit: int = 200
    ) -> dict[str, Any]:
        """The latest calls of the bot, the oldest first: method, chat, message id, status, when."""
        chosen = [
            call
            for call in api.calls
            if call["at"] > after
            and (not method or call["method"].lower() == method.lower())
            and (not chat or call["chat"] == chat)
        ]
        return {"ok": True, "calls": chosen[-min(max(limit, 1), 5000) :]}


def _fault(order: FaultOrder) -> Fault:
    method = order.method.lower()
    if method != EVERY_METHOD and method not in BY_SMALL_NAME:
        raise ControlError(400, "BAD_FAULT", "there is no such method")
    if order.rate is not None and order.count is not None:
        raise ControlError(400, "BAD_FAULT", "give rate or count, not both")
    count = 1 if order.rate is None and order.count is None else order.count
    seconds = order.seconds if order.seconds is not None else _SECONDS.get(order.kind, 0.0)
    return Fault(
        method=method,
        kind=order.kind,
        chat=str(order.chat),
        rate=order.rate,
        count=count,
        seconds=seconds,
        retry_after=order.retry_after,
    )
