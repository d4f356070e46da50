"""What a comparison of the chain with the books found."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clue:
    """A transaction that could explain a difference."""

    txid: str
    status: str
    why: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A wallet that holds something else than was read.

    Attributes:
        on_chain: What it holds, in micro-USDT.
        expected: What came in less what left, by the payments that we read.
    """

    address: str
    on_chain: int
    expected: int
    why: str
    clues: Sequence[Clue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What a comparison found. Amounts in micro-USDT.

    Attributes:
        wallets: How many there are.
        checked: How many of them were asked about.
        on_chain: What those hold on the chain.
        expected: What those hold by the payments that we read.
        pool: What all wallets hold by the books.
        judged: The same by the payments that were judged.
        in_flight: Wallets that differ while the reading has not caught up: no verdict.
        not_judged: Payments that were read, and wait to be judged.
        left: Payments that left the pool and were no refund; the books know of them.
        book_clues: Payments whose postings are wrong, when the books differ.
    """

    wallets: int
    checked: int
    on_chain: int
    expected: int
    pool: int
    judged: int
    differences: Sequence[Difference]
    in_flight: Sequence[str]
    not_judged: Sequence[Clue]
    left: Sequence[Clue]
    book_clues: Sequence[Clue]

    @property
    def ok(self) -> bool:
        """Whether there is no difference that nobody has explained."""
        return not self.differences and self.pool == self.judged

    @property
    def difference(self) -> int:
        """How much is unexplained: the sum of all differences, whatever their sign."""
        wallets = sum(abs(one.on_chain - one.expected) for one in self.differences)
        return wallets + abs(self.pool - self.judged)
