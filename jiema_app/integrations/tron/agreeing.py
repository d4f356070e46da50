"""Asking every node the same: what decides about money is believed when all tell it alike.

As for blocks (see ``Nodes.read_each``): a node that fails is waited for, and only one that has
answered nothing at all for minutes is away, and another one's word is taken.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from jiema_app.domain.chain.port import ChainIncomplete, ChainUnavailable
from jiema_app.domain.payouts.port import Told
from jiema_app.integrations.tron.metrics import DISAGREEMENTS
from jiema_app.integrations.tron.node import Node
from jiema_app.integrations.tron.nodes import AWAY_S, Nodes

FactT = TypeVar("FactT", bound=Told)


def is_away(node: Node) -> bool:
    """Whether a node has answered nothing at all for so long that it is not waited for."""
    silent_s = node.backoff.silent_s
    return silent_s is not None and silent_s >= AWAY_S


async def ask_all(nodes: Nodes, ask: Callable[[Node], Awaitable[FactT]]) -> Sequence[FactT]:
    """What each node tells that is not away; at least one.

    Raises:
        ChainUnavailable: One failed that is not away, or all are.
        WrongChain: One follows another chain.
    """

    async def ask_one(node: Node) -> FactT:
        return replace(await ask(node), told_by=(node.name,))

    if len(nodes.nodes) == 1:
        return [await nodes.read(ask_one)]
    found = await nodes.read_each(ask_one)
    if not found:
        raise ChainUnavailable("no node answers")
    return found


async def ask_agreed(nodes: Nodes, what: str, ask: Callable[[Node], Awaitable[FactT]]) -> FactT:
    """What all nodes tell alike that are not away.

    Args:
        nodes: Whom to ask.
        what: It is, for the refusal.
        ask: What to ask of one.

    Raises:
        ChainIncomplete: They disagree.
        ChainUnavailable: One failed that is not away, or all are.
        WrongChain: One follows another chain.
    """
    found = await ask_all(nodes, ask)
    if any(one != found[0] for one in found):
        for name in tellers(found):
            DISAGREEMENTS.labels(name).inc()
        raise ChainIncomplete(f"the nodes disagree about {what}")
    return replace(found[0], told_by=tellers(found))


def tellers(found: Sequence[Told]) -> tuple[str, ...]:
    """Who told some facts."""
    return tuple(chain.from_iterable(one.told_by for one in found))
