"""The eight checks of one payout, from reading to results: for reviewers and for the signer."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from jiema_app.domain.clock import Clock
from jiema_app.domain.errors import BadRequest
from jiema_app.domain.payouts.checks.evaluation import evaluate
from jiema_app.domain.payouts.checks.facts import PayoutFacts, PlannedPayout
from jiema_app.domain.payouts.checks.gather import gather_chain_facts
from jiema_app.domain.payouts.checks.results import CheckResult, reasons
from jiema_app.domain.payouts.checks.thresholds import Thresholds
from jiema_app.domain.payouts.planning import HouseBooks
from jiema_app.domain.payouts.port import PayoutChain
from jiema_app.domain.transaction import Database


class ChecksNotPassed(BadRequest):
    """Not all of the checks that must pass did. Nothing changed.

    Attributes:
        results: What each of the eight found.
    """

    def __init__(self, results: Sequence[CheckResult]) -> None:
        super().__init__(f"Not all eight checks passed. {reasons(results)}"[:1000])
        self.results = results


@dataclass(frozen=True, slots=True)
class Judged:
    """What the checks found, and by which facts."""

    facts: PayoutFacts
    results: Sequence[CheckResult]


@dataclass(frozen=True, slots=True)
class EightChecks:
    """Runs the checks. Never raises for what the chain does; what is not known says so."""

    database: Database
    clock: Clock
    chain: PayoutChain
    books: HouseBooks
    thresholds: Thresholds = field(default_factory=Thresholds)

    async def run(self, payout: PlannedPayout, subject: str) -> Judged:
        """Ask the chain and our books, and judge.

        Args:
            payout: What is to be sent.
            subject: The id of what it pays.
        """
        # First the books, in one snapshot: what settles meanwhile is then promised still and gone
        # already, and the other way round it would be there and promised to nobody.
        async with (
            self.database.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            house = await self.books.read(connection, payout, subject)
        chain = await gather_chain_facts(self.chain, payout, self.clock)
        facts = PayoutFacts(payout=payout, chain=chain, house=house)
        return Judged(facts, evaluate(facts, self.thresholds))
