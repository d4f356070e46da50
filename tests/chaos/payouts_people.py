"""Who asks and who decides in the payouts' storm: one act at a time, each in a life of its own."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from jiema_app.domain import ids
from jiema_app.domain.identity.service import IdentityService
from jiema_app.domain.payouts.statuses import FOR_A_PERSON
from jiema_app.domain.units import UserId
from tests.chaos.payouts_nursery import Life
from tests.chaos.payouts_plan import Wish, amount_of, wish_of
from tests.chaos.payouts_stage import Stage, fresh_address, patiently

ACTS_AT_ONCE: Final = 3
LOOK_S: Final = 0.1
AGAIN_S: Final = 1.0
RETRIED: Final = 0.7
"""Of those that a person must decide about; the others are given back."""

SEEN: Final = """
select w.id, w.request_key, w.status, w.amount_micro, w.net_micro, p.status as payout,
    (select count(*) from withdrawal_decisions d
     where d.withdrawal_id = w.id and d.action = 'approve') as approvals
from withdrawals w
left join payouts p on p.kind = 'WITHDRAWAL' and p.subject_id = w.id and p.status <> 'CANCELLED'
"""

UNEXPLAINED: Final = "select txid from payments p where p.is_unexplained"
STOLEN_STILL: Final = """
select from unnest($1::text[]) gone (txid)
where not exists (select from transfer_explanations x join payments p on p.id = x.payment_id
                  where p.txid = gone.txid)
"""
WATCHED: Final = "select from house_wallets having bool_and(opening_micro is not null)"
HALTED: Final = "select halted_because from signer_state where halted_because is not null"

RARE: Final = (Wish.CANCEL, Wish.REJECT, Wish.BLOCK)
"""The first ones: a short storm shall not wait for chance."""

ENDED: Final = frozenset({"SETTLED", "REJECTED", "CANCELLED"})


@dataclass
class Story:
    """One withdrawal, from its wish to its end.

    Attributes:
        to: An address that nothing else is paid to.
        seen: Its row, as it was last looked at.
        busy: An act about it is under way.
        not_before: Nobody looks at it again sooner, by the loop's clock.
    """

    key: str
    user: UserId
    to: str
    amount: int
    wish: Wish
    seen: Any = None
    busy: bool = False
    not_before: float = 0.0
    is_blocked: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing becomes of it any more."""
        return self.seen is not None and self.seen["status"] in ENDED


@dataclass
class People:
    """Ask and decide until they are told to ask no more.

    Attributes:
        begin: Begins a life of a desk, armed as the storm wants it.
        asks: Whether there are to be further withdrawals.
    """

    stage: Stage
    chance: random.Random
    begin: Callable[[Sequence[Mapping[str, Any]]], Life]
    open_at_once: int
    stories: list[Story] = field(default_factory=list)
    asks: bool = True
    acts: Counter[str] = field(default_factory=Counter)
    stolen: dict[str, int] = field(default_factory=dict)
    """What was taken out of the hot wallet by hand, by transaction."""
    _desks: set[asyncio.Task[None]] = field(default_factory=set)
    _explains: bool = False

    @property
    def open(self) -> Sequence[Story]:
        """Those that are not over."""
        return [one for one in self.stories if not one.is_over]

    async def work(self) -> None:
        """Look at everything again and again, and have done what is to be done next."""
        while True:
            await self.look()
            while self.asks and len(self.open) < self.open_at_once:
                self.stories.append(await self._wish())
            await self._mend()
            for one in self.open:
                if len(self._desks) >= ACTS_AT_ONCE:
                    break
                is_due = not one.busy and one.not_before < asyncio.get_running_loop().time()
                if is_due and (act := await self._next(one)) is not None:
                    one.busy = True
                    self._send(act, one)
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """See how far all of them are."""
        rows = {row["request_key"]: row for row in await self.stage.rows(SEEN)}
        for one in self.stories:
            one.seen = rows.get(one.key)

    async def steal(self) -> None:
        """Take something out of the hot wallet by hand, when nothing of it waits for a word."""
        if self._explains or not await self.stage.rows(WATCHED):
            return
        if await self.stage.rows(STOLEN_STILL, list(self.stolen)):
            return
        order = {"from": "hot", "to": "stranger", "amount": "0.000007"}
        found = await self.stage.node.order("transfer", order)
        self.stolen[found["txid"]] = 7

    def _send(self, act: Mapping[str, Any], story: Story | None = None) -> None:
        self.acts[act["what"]] += 1
        task = asyncio.create_task(self._await(self.begin([act]), story))
        self._desks.add(task)
        task.add_done_callback(self._desks.discard)

    async def _await(self, life: Life, story: Story | None) -> None:
        await life.over.wait()
        if story is None:
            self._explains = False
        else:
            story.busy = False
            if life.point is None:
                # Done, or refused: a check that fails does not pass a moment later.
                story.not_before = asyncio.get_running_loop().time() + AGAIN_S

    async def _wish(self) -> Story:
        return Story(
            ids.new_id(),
            await self.stage.earner(),
            fresh_address(),
            amount_of(self.chance),
            RARE[number] if (number := len(self.stories)) < len(RARE) else wish_of(self.chance),
        )

    async def _next(self, one: Story) -> Mapping[str, Any] | None:
        """What a person would do about it now."""
        if one.seen is None:
            return {"what": "request", "user": one.user, "key": one.key, "to": one.to,
                    "amount": one.amount}  # fmt: skip
        about = {"id": one.seen["id"], "user": one.user, "actor": self._admin(one)}
        if one.seen["status"] == "REQUESTED":
            what = {Wish.CANCEL: "cancel", Wish.REJECT: "reject"}.get(one.wish, "approve")
            return about | {"what": what}
        if one.wish is Wish.BLOCK and not one.is_blocked:
            await self._block(one)
        if one.seen["payout"] in FOR_A_PERSON:
            is_retried = not one.is_blocked and self.chance.random() < RETRIED
            return about | {"what": "retry" if is_retried else "reject"}
        return None

    def _admin(self, one: Story) -> str:
        """Another one for the second approval."""
        approvals: int = one.seen["approvals"]
        return self.stage.admins[approvals % len(self.stage.admins)]

    async def _block(self, one: Story) -> None:
        identity = IdentityService(self.stage.database)
        await patiently(lambda: identity.ban(one.user, actor="chaos", reason="test"))
        one.is_blocked = True

    async def _mend(self) -> None:
        """Explain what left by hand, and let the signer go on."""
        if self._explains:
            return
        actor = self.stage.admins[0]
        left = [row["txid"] for row in await self.stage.rows(UNEXPLAINED)]
        ours = [one for one in left if one in self.stolen]
        if ours:
            self._explains = True
            self._send({"what": "explain", "txid": ours[0], "actor": actor})
        elif not left and await self.stage.rows(HALTED):
            self._explains = True
            self._send({"what": "resume", "actor": actor})
