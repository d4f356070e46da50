"""The two nodes of the chain: each with its own faults, its own lag and its own lies."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, get_args

from sandbox.journal import Event, Journal
from sandbox.tron.broadcasts import Broadcasts
from sandbox.tron.chain import Chain
from sandbox.tron.faults import Faults
from sandbox.tron.node import NodeApi
from sandbox.tron.switches import NodeSwitches, Switches
from sandbox.tron.view import View

NodeName = Literal["first", "second"]
NAMES: Final[tuple[NodeName, ...]] = get_args(NodeName)
PREFIXES: Final[Mapping[NodeName, str]] = {"first": "", "second": "/second"}
"""Before the paths of a node."""


class Node:
    """One way to the chain: what it knows of it, what goes wrong there, and its HTTP face."""

    def __init__(
        self, chain: Chain, name: NodeName, seed: int, keep: Callable[[], None], *, served: bool
    ) -> None:
        """Stand in front of a chain; `keep` is called whenever `to_state` would say more."""
        self.name = name
        self._chain = chain
        self._keep = keep
        self._own = NodeSwitches()
        self.view = View(chain, lambda: self.switches)
        self.faults = Faults(seed, keep)
        self._broadcasts = Broadcasts(self.view, self.faults, keep)
        self.api = NodeApi(self.view, self.faults, self._broadcasts, PREFIXES[name], served=served)

    @property
    def switches(self) -> NodeSwitches:
        """How it behaves; the first node's switches are among those of the chain."""
        return self._chain.switches if self.name == "first" else self._own

    def behave(self, switches: NodeSwitches) -> None:
        """Behave differently from now on."""
        if isinstance(switches, Switches):
            self._chain.switch(switches)
        else:
            self._own = switches
        self._stand()
        self._keep()

    def lie(self, key: str, value: int) -> None:
        """Believe a number in place of the true one."""
        self.view.lies[key] = value
        self._keep()

    def tell_the_truth(self) -> None:
        """Forget every lie."""
        self.view.lies.clear()
        self._keep()

    def behave_as_at_first(self) -> None:
        """Forget faults, lies and switches; those of the chain are not its own."""
        self._own = NodeSwitches()
        self._stand()
        self.view.lies.clear()
        self.faults.clear()

    def to_state(self) -> dict[str, Any]:
        """Return what a restart must not forget."""
        return {
            "switches": self._own.to_json(),
            "stuckAt": self.view.stuck_at,
            "lies": self.view.lies,
            "heard": self._broadcasts.heard,
            "faults": self.faults.to_json(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Be as when `to_state` returned this."""
        self._own = NodeSwitches.model_validate(state["switches"])
        self.view.stuck_at = state["stuckAt"]
        self.view.lies = dict(state["lies"])
        self._broadcasts.heard = dict(state["heard"])
        self.faults.restore(state["faults"])
        self._stand()

    def to_json(self) -> dict[str, Any]:
        """Return what `/control/state` shows of it."""
        return {
            "head": self.view.head.number,
            "headTimestamp": self.view.head.timestamp,
            "solid": self.view.solid_number,
            "behaviour": self.switches.model_dump(
                by_alias=True, include=set(NodeSwitches.model_fields)
            ),
            "faults": self.faults.to_json(),
            "faultsHit": self.faults.hits,
            "lies": self.view.lies,
            "requests": dict(self.api.requests),
        }

    def _stand(self) -> None:
        """Stand still from the newest block on, or follow the chain again."""
        if not self.switches.stuck_head:
            self.view.stuck_at = None
        elif self.view.stuck_at is None:
            self.view.stuck_at = self._chain.head.number


class Nodes:
    """Both of them, and the journal of what was ordered there."""

    def __init__(self, chain: Chain, seed: int, journal: Journal | None, *, served: bool) -> None:
        """Replay the journal, if any."""
        self._journal = journal
        self._of = {
            name: Node(chain, name, seed + at, self._keeper(name), served=served)
            for at, name in enumerate(NAMES)
        }
        if journal is not None:
            self._replay(journal)
            journal.rewrite(self._snapshot())

    def __iter__(self) -> Iterator[Node]:
        """Iterate over the nodes, the first one first."""
        return iter(self._of.values())

    def __getitem__(self, name: NodeName) -> Node:
        """Return a node by its name."""
        return self._of[name]

    def close(self) -> None:
        """Release the journal."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def _keeper(self, name: NodeName) -> Callable[[], None]:
        def keep() -> None:
            if self._journal is not None:
                self._journal.append(["node", name, self._of[name].to_state()])

        return keep

    def _replay(self, journal: Journal) -> None:
        states: dict[str, dict[str, Any]] = {}
        for event in journal.replay():
            match event:
                case ["node", str(name), dict(state)]:
                    states[name] = state
                case _:
                    pass
        for node in self:
            node.restore(states.get(node.name) or node.to_state())

    def _snapshot(self) -> Iterator[Event]:
        for node in self:
            yield ["node", node.name, node.to_state()]
