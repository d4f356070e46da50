"""The port of payouts over TRON's HTTP API. It reads, and sends bytes that it is given."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from jiema_app.domain.chain.port import BlockHeader, ChainError, ChainIncomplete
from jiema_app.domain.payouts.port import (
    AccountFacts,
    BroadcastResult,
    ChainPrices,
    ContractFacts,
    DryRun,
    ListingFacts,
    NodeHead,
    RefBlock,
    TokenBalance,
    TokenFacts,
)
from jiema_app.domain.payouts.sightings import Sighting, Sightings
from jiema_app.domain.units import MicroUsdt
from jiema_app.integrations.pacing import Urgency
from jiema_app.integrations.tron import constant_calls as calls
from jiema_app.integrations.tron.accounts import (
    ACCOUNT_MAX_BYTES,
    CONTRACT_MAX_BYTES,
    read_account,
    read_contract_facts,
    read_prices,
)
from jiema_app.integrations.tron.addresses import hex_of_address, word_of_address
from jiema_app.integrations.tron.agreeing import ask_agreed, ask_all, is_away, tellers
from jiema_app.integrations.tron.answers import read_block
from jiema_app.integrations.tron.broadcasting import read_signed, send
from jiema_app.integrations.tron.fields import NUMBER_MAX, number_of, shown
from jiema_app.integrations.tron.node import WORD_MAX_BYTES, Node
from jiema_app.integrations.tron.nodes import Nodes
from jiema_app.integrations.tron.receipts import refuse_bad_txid, sight

FIGURES: Final = (
    "balance_sun",
    "energy_limit",
    "energy_used",
    "free_net_limit",
    "free_net_used",
    "net_limit",
    "net_used",
)
USED: Final = frozenset({"energy_used", "free_net_used", "net_used"})
"""Of these the higher figure is the worse one."""


@dataclass(frozen=True, slots=True)
class TronPayoutChain:
    """Reads TRON for payouts, and sends signed transactions.

    Attributes:
        nodes: Of one chain.
        token: Base58check address of our token's contract.
    """

    nodes: Nodes
    token: str
    _alone: Sequence[Nodes] = field(init=False, repr=False)
    """Each node by itself: what is told of one must not be another one's word."""

    def __post_init__(self) -> None:
        """Check the token's address.

        Raises:
            ValueError: It is none.
        """
        hex_of_address(self.token)
        each = [Nodes([node], self.nodes.genesis_id, self.nodes.now) for node in self.nodes.nodes]
        object.__setattr__(self, "_alone", tuple(each))

    @property
    def genesis_id(self) -> str:
        """The id of block 0 that the settings name."""
        return self.nodes.genesis_id

    async def ensure_right_chain(self) -> None:
        """Ask every node for its block 0.

        Raises:
            WrongChain: A node follows another chain.
            ChainUnavailable: No node answers.
        """
        await self.nodes.ensure_right_chain()

    async def heads(self) -> Sequence[NodeHead]:
        """Where every configured node is: three requests to each. Raises nothing."""
        return await asyncio.gather(*map(self._head_of, self.nodes.nodes))

    async def destination(self, address: str) -> ContractFacts:
        """Whether an address is a contract: two requests to each node.

        Raises:
            ChainIncomplete: The nodes disagree.
        """
        own = hex_of_address(address)

        async def ask(node: Node) -> ContractFacts:
            contract = await node.ask(
                "wallet/getcontract", most_bytes=CONTRACT_MAX_BYTES, value=own
            )
            return read_contract_facts(await _account(node, own), contract, own)

        return await ask_agreed(self.nodes, "what is at the address", ask)

    async def listing(self, address: str) -> ListingFacts:
        """Whether the token's issuer has blocked an address: a request to each node.

        Raises:
            ChainIncomplete: The nodes disagree.
        """
        hex_of_address(address)

        async def ask(node: Node) -> ListingFacts:
            return ListingFacts(is_blacklisted=await self._is_blacklisted(node, address))

        return await ask_agreed(self.nodes, "the token's list", ask)

    async def token_state(self, addresses: Sequence[str]) -> TokenFacts:
        """What the token's contract says: four requests to each node and one for each address.

        Raises:
            ChainIncomplete: The nodes disagree.
        """
        token = self.token
        for address in addresses:
            hex_of_address(address)

        async def ask(node: Node) -> TokenFacts:
            flags = [
                await calls.ask_flag(node, token, name, token, is_argument=False)
                for name in (calls.PAUSED, calls.DEPRECATED)
            ]
            return TokenFacts(
                blacklisted={one: await self._is_blacklisted(node, one) for one in addresses},
                is_paused=flags[0],
                is_deprecated=flags[1],
                fee_rate_bp=await calls.ask_fee_rate(node, token, token),
                decimals=await calls.ask_decimals(node, token, token),
            )

        return await ask_agreed(self.nodes, "the token", ask)

    async def _is_blacklisted(self, node: Node, address: str) -> bool:
        return await calls.ask_flag(
            node, self.token, calls.IS_BLACKLISTED, address, is_argument=True
        )

    async def solid_token_balance(self, address: str) -> TokenBalance:
        """What an address holds of the token, by final blocks: a request to each node.

        Raises:
            ChainIncomplete: The nodes disagree.
        """
        hex_of_address(address)

        async def ask(node: Node) -> TokenBalance:
            told = await calls.ask_number(
                node, calls.SOLID, self.token, calls.BALANCE, address, is_argument=True
            )
            return TokenBalance(amount=MicroUsdt(number_of(told, "balance")))

        return await ask_agreed(self.nodes, "what the address holds", ask)

    async def account(self, address: str) -> AccountFacts:
        """TRX, energy and bandwidth of an address: two requests to each node."""
        own = hex_of_address(address)

        async def ask(node: Node) -> AccountFacts:
            limits = await node.ask(
                "wallet/getaccountresource", most_bytes=WORD_MAX_BYTES, address=own
            )
            return read_account(await _account(node, own), limits, own)

        found = await ask_all(self.nodes, ask)
        worse = {
            name: (max if name in USED else min)(getattr(one, name) for one in found)
            for name in FIGURES
        }
        is_activated = all(one.is_activated for one in found)
        return AccountFacts(is_activated=is_activated, told_by=tellers(found), **worse)

    async def prices(self) -> ChainPrices:
        """What the chain charges: a request to each node.

        Raises:
            ChainIncomplete: The nodes disagree.
        """

        async def ask(node: Node) -> ChainPrices:
            return read_prices(
                await node.ask("wallet/getchainparameters", most_bytes=WORD_MAX_BYTES)
            )

        return await ask_agreed(self.nodes, "the prices", ask)

    async def simulate_transfer(self, owner: str, to: str, amount: MicroUsdt) -> DryRun:
        """Try a transfer of the token without sending it: a request to each node.

        Raises:
            ChainIncomplete: The nodes disagree whether it would work.
        """
        hex_of_address(owner)
        if not 0 < amount <= NUMBER_MAX:
            raise ValueError("no amount that anybody has")
        parameter = word_of_address(to) + calls.word_of_number(amount)

        async def ask(node: Node) -> DryRun:
            answer = await calls.call(
                node, calls.HEAD, owner, self.token, calls.TRANSFER, parameter
            )
            return calls.read_dry_run(answer)

        found = await ask_all(self.nodes, ask)
        if len({one.is_ok for one in found}) > 1:
            raise ChainIncomplete("the nodes disagree whether the transfer would work")
        highest = max(found, key=lambda one: one.energy_used)
        is_timeout = any(one.is_timeout for one in found)
        return replace(highest, is_timeout=is_timeout, told_by=tellers(found))

    async def transaction(self, txid: str) -> Sightings:
        """What every configured node knows of a transaction: up to six requests to each.

        Args:
            txid: 64 hexadecimal digits in lower case.
        """
        refuse_bad_txid(txid)

        async def look(alone: Nodes) -> Sighting:
            node = alone.nodes[0]
            try:
                return await alone.read(lambda one: sight(alone, one, txid, self.token))
            except ChainError as trouble:
                return Sighting(node=node.name, trouble=shown(str(trouble)), is_away=is_away(node))

        return Sightings(txid=txid, nodes=await asyncio.gather(*map(look, self._alone)))

    async def reference_block(self) -> RefBlock:
        """What a new transaction refers to: up to three requests to each node.

        Raises:
            ChainIncomplete: The nodes disagree about it.
        """

        async def ask(node: Node) -> RefBlock:
            solid = await self._read_head(node, "walletsolidity/getnowblock")
            head = await self._read_head(node, "wallet/getnowblock")
            if head.number < solid.number:
                raise ChainIncomplete("the youngest block is older than the final one")
            return RefBlock(block=solid, head_time=head.time)

        found = await ask_all(self.nodes, ask)
        block = min((one.block for one in found), key=lambda one: one.number)
        if len(found) > 1 and not await self.nodes.confirm(block):
            raise ChainIncomplete(f"two nodes do not tell the same block {block.number} now")
        head_time = min(one.head_time for one in found)
        return RefBlock(block=block, head_time=head_time, told_by=tellers(found))

    async def broadcast(
        self, signed_json: str, node: str | None = None
    ) -> Sequence[BroadcastResult]:
        """Send a signed transaction, byte for byte as it is given.

        Args:
            signed_json: The transaction with its signature, as the node's HTTP API takes it.
            node: Name of the only node to send it to; None for all of them, one after the other.

        Raises:
            ValueError: It is no JSON object of a transaction's size, or there is no such node.
        """
        content, txid = read_signed(signed_json)
        chosen = [one for one in self._alone if node in {None, one.nodes[0].name}]
        if not chosen:
            raise ValueError("there is no node of this name")
        return [await send(one, one.nodes[0], content, txid) for one in chosen]

    async def aclose(self) -> None:
        """Close every connection."""
        await self.nodes.aclose()

    async def _head_of(self, node: Node) -> NodeHead:
        try:
            first = read_block(await node.ask("wallet/getblockbynum", num=0), 0)
            # In this order: the youngest block is never behind the final one.
            solid = await self._read_head(node, "walletsolidity/getnowblock", _as_it_is)
            head = await self._read_head(node, "wallet/getnowblock", _as_it_is)
        except ChainError as trouble:
            return NodeHead(name=node.name, trouble=shown(str(trouble)), is_away=is_away(node))
        if first is None:
            return NodeHead(name=node.name, trouble=f"{node.name} node: there is no block 0")
        return NodeHead(
            name=node.name,
            genesis_id=first.header.id,
            head=head,
            solid=solid,
            seen_at=datetime.fromtimestamp(self.nodes.now(), UTC),
        )

    async def _read_head(
        self, node: Node, path: str, look: Callable[[BlockHeader], None] | None = None
    ) -> BlockHeader:
        """The youngest block of one of a node's services.

        Raises:
            ChainUnavailable: There is no answer.
            ChainIncomplete: There is no block, or it is refused.
        """
        block = read_block(await node.ask(path))
        if block is None:
            raise ChainIncomplete(f"{node.name} node: there is no block")
        (look or self.nodes.refuse_ahead)(block.header)
        return block.header


def _as_it_is(_header: BlockHeader) -> None:
    """A clock that is wrong is shown, and judged by whoever asked."""


async def _account(node: Node, own: str) -> object:
    return await node.ask("wallet/getaccount", Urgency.URGENT, ACCOUNT_MAX_BYTES, address=own)
