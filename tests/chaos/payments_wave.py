"""One wave of recharges: opened together, paid in every way there is."""

import asyncio
import random
from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from jiema_app.domain.recharges.views import RechargeView
from sandbox.tron.addresses import base58_address, contract_address
from tests.chaos.payments_node import NodeLevers, Order
from tests.chaos.payments_plan import Phase, Shot, Story
from tests.chaos.payments_stage import Counter

PEOPLE: Final = ("alice", "bob", "stranger", "faucet")
FAILURES: Final = (Shot.REVERT, Shot.OUT_OF_ENERGY, Shot.OUT_OF_TIME)
STRANGERS: Final = tuple(base58_address(contract_address(f"stranger {n}")) for n in range(200))
MARGIN_S: Final = 0.5
UNIT: Final = 1_000_000


def usdt(micro: int) -> str:
    """As the node's levers want amounts."""
    return f"{micro // UNIT}.{micro % UNIT:06}"


@dataclass(slots=True)
class Purses:
    """Wallets of ours that can pay: what was sent to them, and gas."""

    node: NodeLevers
    _filled: list[tuple[str, int]] = field(default_factory=list)

    def note(self, address: str, amount: int) -> None:
        """An exact payment was sent there, and is in a block."""
        self._filled.append((address, amount))

    async def take(self, least: int, chance: random.Random) -> str | None:
        """A wallet that holds so much; given gas first."""
        for _ in range(20):
            if not self._filled:
                break
            at = chance.randrange(len(self._filled))
            address, amount = self._filled[at]
            if amount >= least:
                self._filled[at] = self._filled[-1]
                self._filled.pop()
                await self.node.give_gas(address)
                return address
        return None


@dataclass(slots=True)
class Wave:
    """Plays the stories of one wave."""

    counter: Counter
    node: NodeLevers
    purses: Purses
    chance: random.Random
    sent: Tally[str]
    _views: list[RechargeView] = field(default_factory=list)
    _stories: Sequence[Story] = ()

    async def play(self, stories: Sequence[Story], aside: Sequence[Shot]) -> None:
        """Open, pay, wait, pay late, pay what nobody waits for."""
        early = [one for one in stories if one.acts and one.acts[0][0] is Phase.BEFORE]
        self._stories = [*early, *(one for one in stories if one not in early)]
        spent = await self._get_gas(aside)
        await self._pay_early(early)
        self._views = [await self.counter.open(one.cents) for one in early]
        rest = self._stories[len(early) :]
        self._views += await asyncio.gather(*(self.counter.open(one.cents) for one in rest))
        first = await self._orders(Phase.FIRST)
        self.chance.shuffle(first)
        await self.node.send(first)
        await self._undo()
        await self.node.mine()
        self._fill_purses()
        await self.node.send(await self._orders(Phase.SECOND))
        await self._cancel()
        await self.node.mine()
        await self._send_aside(aside, spent)
        await self._pay_late()

    def _of_phase(self, phase: Phase) -> Iterable[tuple[Story, RechargeView, Shot]]:
        for story, view in zip(self._stories, self._views, strict=True):
            for when, shot in story.acts:
                if when is phase:
                    yield story, view, shot

    async def _orders(self, phase: Phase) -> list[Order]:
        """Payments of a phase, but those in blocks that are taken back."""
        return [
            await self._order(story, view, shot)
            for story, view, shot in self._of_phase(phase)
            if shot not in {Shot.UNDONE, Shot.MOVED}
        ]

    async def _order(  # noqa: C901 - one line for each kind
        self, story: Story, view: RechargeView, shot: Shot
    ) -> Order:
        self.sent[shot] += 1
        amount = int(view.amount_micro)
        order: Order = {"to": view.address, "from": PEOPLE[story.draw % len(PEOPLE)]}
        match shot:
            case Shot.OVER:
                amount += 1
            case Shot.UNDER:
                amount -= 1
            case Shot.DUST:
                amount = story.draw % 9_999 + 1
            case Shot.ZERO:
                amount = 0
            case Shot.FAKE:
                order["token"] = "fake"
            case Shot.TAKEN:
                order |= {"from": "faucet", "method": "transferFrom"}
            case Shot.TWICE:
                order["also"] = [{"to": view.address, "amount": usdt(amount)}]
            case Shot.BOTH:
                other = self._views[story.draw % len(self._views)]
                order["also"] = [{"to": other.address, "amount": usdt(other.amount_micro)}]
            case Shot.STALE:
                amount = await self.counter.owed_before(view) or amount + 10_000
            case Shot.OWN:
                order["from"] = await self.purses.take(amount, self.chance) or order["from"]
                if order["from"].startswith("T"):
                    await self.node.mine()
            case _ if shot in FAILURES:
                order["fail"] = shot.value
        return order | {"amount": usdt(amount)}

    async def _get_gas(self, aside: Sequence[Shot]) -> list[str]:
        """Wallets that will pay to strangers."""
        wanted = sum(one in {Shot.LEAVE, Shot.POISON} for one in aside)
        taken = [await self.purses.take(1, self.chance) for _ in range(wanted)]
        await self.node.mine()
        return [one for one in taken if one is not None]

    async def _pay_early(self, early: Sequence[Story]) -> None:
        """Pay to the wallets that will be given out next."""
        addresses = await self.counter.next(len(early))
        orders = [
            {"to": address, "from": "bob", "amount": usdt(story.cents * 10_000)}
            for address, story in zip(addresses, early, strict=False)
        ]
        self.sent[Shot.EXACT] += len(orders)
        await self.node.send(orders)
        await self.node.mine()

    async def _undo(self) -> None:
        for shot, drop in ((Shot.UNDONE, True), (Shot.MOVED, False)):
            found = [
                (story, view)
                for story, view, one in self._of_phase(Phase.FIRST)
                if one is shot
            ]  # fmt: skip
            half = len(found) // 2 + 1
            for part in (found[:half], found[half:]):
                orders = [await self._order(story, view, shot) for story, view in part]
                if orders:
                    await self.node.undo(orders, drop=drop)

    async def _cancel(self) -> None:
        cancelled = [view for _, view, _ in self._of_phase(Phase.CANCELLED)]
        await asyncio.gather(*(self.counter.cancel(view) for view in cancelled))
        await asyncio.sleep(0.01)
        late, racing = await self._orders(Phase.CANCELLED), await self._orders(Phase.RACE)
        await self.node.send(late)

        async def pay() -> None:
            await self.node.send(racing)
            await self.node.mine()

        views = [view for _, view, _ in self._of_phase(Phase.RACE)]
        await asyncio.gather(pay(), *(self.counter.cancel(view) for view in views))

    async def _send_aside(self, aside: Sequence[Shot], spent: list[str]) -> None:
        loose = await self.counter.loose(sum(one is Shot.LOOSE for one in aside))
        orders: list[Order] = []
        for shot in aside:
            order: Order = {
                "to": self.chance.choice(STRANGERS),
                "from": self.chance.choice(PEOPLE),
                "amount": usdt(self.chance.randrange(1, 100 * UNIT)),
            }
            if shot is Shot.LOOSE and loose:
                order["to"] = loose.pop()
            elif shot in {Shot.LEAVE, Shot.POISON} and spent:
                order["from"] = spent.pop()
                order["amount"] = usdt(self.chance.randrange(1, UNIT))
                if shot is Shot.POISON:
                    order |= {"amount": "0", "method": "transferFrom"}
            self.sent[shot] += 1
            orders.append(order)
        await self.node.send(orders)

    async def _pay_late(self) -> None:
        last = max((view.closes_at for view in self._views), default=datetime.now(UTC))
        left = (last - datetime.now(UTC)).total_seconds() + MARGIN_S
        await asyncio.sleep(max(0.0, left))
        await self.node.send(await self._orders(Phase.AFTER))

    def _fill_purses(self) -> None:
        for _, view, shot in self._of_phase(Phase.FIRST):
            if shot is Shot.EXACT:
                self.purses.note(view.address, view.amount_micro)
