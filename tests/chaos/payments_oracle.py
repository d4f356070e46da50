"""What every transfer should have come to, worked out anew from the chain as it ended.

Shares nothing with the product: blocks are read straight from the node, rules are written
down a second time.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import httpx

from sandbox.tron.addresses import base58_address
from sandbox.tron.contracts import TRANSFER_TOPIC, USDT

TOKEN: Final = base58_address(USDT.address)
EARLY_MAX_MS: Final = 120_000
AT_ONCE: Final = 100


class Log(NamedTuple):
    """A transfer in a final block."""

    txid: str
    log_index: int
    block: int
    block_id: str
    time_ms: int
    time_before_ms: int
    """Of the block before it."""
    token: str
    sender: str
    receiver: str
    amount: int


class Lease(NamedTuple):
    """Who held a wallet."""

    id: str
    amount: int
    created_ms: float
    created_block: int
    closes_ms: float


class Outcome(NamedTuple):
    """What became of a transfer."""

    status: str
    oddity: str | None = None
    lease: str | None = None


NOISE: Final = Outcome("NOISE")
OUTGOING: Final = Outcome("OUTGOING")


async def read_chain(http: httpx.AsyncClient) -> list[Log]:
    """Every Transfer log of every final block."""
    top = (await _ask(http, "getnowblock"))["block_header"]["raw_data"]["number"]
    logs: list[Log] = []
    before_ms = 0
    for start in range(1, top + 1, AT_ONCE):
        listed = await _ask(http, "getblockbylimitnext", startNum=start,
                            endNum=min(start + AT_ONCE, top + 1))  # fmt: skip
        for block in listed["block"]:
            raw = block["block_header"]["raw_data"]
            if block.get("transactions"):
                receipts = await _ask(http, "gettransactioninfobyblocknum", num=raw["number"])
                assert len(receipts) == len(block["transactions"])
                for receipt in receipts:
                    logs += _logs(receipt, raw, block["blockID"], before_ms)
            before_ms = raw["timestamp"]
    return logs


async def _ask(http: httpx.AsyncClient, call: str, **values: int) -> Any:
    answer = await http.post(f"/walletsolidity/{call}", json=values)
    return answer.raise_for_status().json()


def _logs(receipt: dict[str, Any], raw: dict[str, Any], block_id: str, before_ms: int) -> list[Log]:
    if receipt["receipt"].get("result") != "SUCCESS":
        return []
    return [
        Log(
            txid=receipt["id"],
            log_index=index,
            block=raw["number"],
            block_id=block_id,
            time_ms=raw["timestamp"],
            time_before_ms=before_ms,
            token=base58_address("41" + log["address"]),
            sender=base58_address("41" + log["topics"][1][24:]),
            receiver=base58_address("41" + log["topics"][2][24:]),
            amount=int(log["data"], 16),
        )
        for index, log in enumerate(receipt.get("log", ()))
        if log["topics"][0] == TRANSFER_TOPIC
    ]


@dataclass
class Oracle:
    """Says what is right.

    Attributes:
        leases: Of each address, oldest first.
        rest_ms: How long a wallet rests at least after its window.
        freed: When each address was seen to be nobody's, in milliseconds.
        either: Transfers that came just while a wallet changed hands, so that the moment of
            the judgement decides.
    """

    wallets: frozenset[str]
    leases: dict[str, list[Lease]]
    rest_ms: float
    dust: int
    freed: Mapping[str, Sequence[float]]
    either: int = 0
    _served: set[str] = field(default_factory=set)
    _siblings: Counter[tuple[str, str]] = field(default_factory=Counter)

    def judge_all(
        self, logs: Sequence[Log], found: dict[tuple[str, int], Outcome]
    ) -> dict[tuple[str, int], frozenset[Outcome]]:
        """What each transfer that concerns us may have become; nearly always one thing.

        Args:
            logs: In the order of the chain.
            found: What the product made of them: who held a wallet that was just changing
                hands is taken from it, if it is one of those that may have.
        """
        for log in logs:
            if log.token == TOKEN and log.amount:
                self._siblings[log.txid, log.receiver] += 1
        return {
            (log.txid, log.log_index): self._judge(log, found.get((log.txid, log.log_index)))
            for log in logs
            if log.receiver in self.wallets or log.sender in self.wallets
        }

    def _judge(self, log: Log, found: Outcome | None) -> frozenset[Outcome]:
        is_real = log.token == TOKEN
        if log.receiver not in self.wallets:
            return frozenset({OUTGOING if is_real and log.amount else NOISE})
        if not log.amount:
            return frozenset({NOISE})
        holders = self._holders(log)
        self.either += len(holders) > 1
        allowed = {self._outcome(log, lease): lease for lease in holders}
        lease = allowed.get(found) if found and found.lease else None
        counts = is_real and log.sender not in self.wallets
        if lease is not None and counts and log.amount >= min(self.dust, lease.amount):
            self._served.add(lease.id)
        return frozenset(allowed)

    def _holders(self, log: Log) -> list[Lease | None]:
        """Who may have held the wallet when the transfer was judged."""
        leases = self.leases.get(log.receiver, [])
        begun = [one for one in leases
                 if one.created_block < log.block and one.created_ms <= log.time_ms]  # fmt: skip
        last = begun[-1] if begun else None
        following = leases[len(begun)] if len(begun) < len(leases) else None
        if following is not None and following.created_block < log.block:
            return [following]
        if last is not None and log.time_before_ms < last.closes_ms + self.rest_ms:
            return [last]
        possible: list[Lease | None] = [None]
        if last is not None and not any(
            last.closes_ms < seen <= log.time_ms for seen in self.freed.get(log.receiver, ())
        ):
            possible.append(last)
        if following is not None:
            possible.append(following)
        return possible

    def _outcome(self, log: Log, lease: Lease | None) -> Outcome:
        odd = None
        if log.token != TOKEN:
            odd = "WRONG_TOKEN"
        elif log.sender in self.wallets:
            odd = "OWN_TRANSFER"
        is_early = lease is not None and (
            log.block <= lease.created_block or log.time_ms < lease.created_ms
        )
        if lease is None or (is_early and log.time_ms < lease.created_ms - EARLY_MAX_MS):
            return Outcome("IN_REVIEW", odd or "UNASSIGNED_WALLET")
        odd = odd or ("EARLY" if is_early else self._wrong(log, lease))
        return Outcome("IN_REVIEW" if odd else "CREDITED", odd, lease.id)

    def _wrong(self, log: Log, lease: Lease) -> str | None:
        if log.time_ms > lease.closes_ms:
            return "LATE"
        if self._siblings[log.txid, log.receiver] > 1:
            return "MULTI_TRANSFER"
        if lease.id in self._served:
            return "DUPLICATE"
        if log.amount == lease.amount:
            return None
        return "UNDER" if log.amount < lease.amount else "OVER"


def group_leases(rows: Sequence[Any]) -> dict[str, list[Lease]]:
    """Rows of recharges, oldest first, by address."""
    leases: defaultdict[str, list[Lease]] = defaultdict(list)
    for row in rows:
        leases[row["address"]].append(
            Lease(
                row["id"],
                row["amount_micro"],
                row["created_at"].timestamp() * 1000,
                row["created_block"],
                row["closes_at"].timestamp() * 1000,
            )
        )
    return leases
