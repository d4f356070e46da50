"""Deciding about payments that were not credited by themselves.

A person sees what waits and decides: credit, refund or dismiss. A large credit takes two:
the first proposes it, another one confirms it by asking for the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from jiema_app.domain.errors import AlreadyChanged, BadRequest, Forbidden, NotFound, NotOpen
from jiema_app.domain.identity.deciding import ensure_may_decide, may_decide
from jiema_app.domain.labels import clean_label
from jiema_app.domain.ledger import queries as ledger_queries
from jiema_app.domain.ledger.accounts import HouseAccount, UserAccount
from jiema_app.domain.payment_reviews import queries
from jiema_app.domain.payment_reviews.plans import Action, Decision, Fate, moves, plan
from jiema_app.domain.payment_reviews.views import ReviewCase, ReviewPayment, review_payment
from jiema_app.domain.recharges import notes
from jiema_app.domain.recharges import queries as recharge_queries
from jiema_app.domain.recharges.views import recharge_view
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import AccountId, MicroUsdt, UserId

log = structlog.get_logger()

NOTE_MAX: Final = 500

TOPICS: Final = {Action.REFUND: "payment.refund_due", Action.DISMISS: "payment.dismissed"}


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a decision.

    Attributes:
        is_final: False when it was proposed, and a second person must confirm it.
    """

    case: ReviewCase
    is_final: bool


@dataclass(frozen=True, slots=True)
class _Verdict:
    """A decision about what waits, ready to be carried out.

    Attributes:
        user: Whose balance a credit goes to.
    """

    subject: str
    decision: Decision
    fates: Sequence[Fate]
    user: UserId | None
    account: AccountId | None
    note: str
    actor: str


@dataclass(frozen=True, slots=True)
class Reviews:
    """Everything that waits for a person, and what they decide.

    Attributes:
        alone_max: A person alone may credit one recharge up to this.
    """

    database: Database
    alone_max: MicroUsdt

    async def list_waiting(self) -> Sequence[ReviewCase]:
        """Recharges and payments of nobody's that wait for a person, longest waiting first."""
        async with self.database.connection() as connection:
            return await _read(connection, None)

    async def find(self, subject_id: str) -> ReviewCase:
        """A recharge with all that arrived for it, or one payment.

        Raises:
            NotFound: There is nothing with this id.
        """
        async with self.database.connection() as connection:
            return await _find(connection, subject_id)

    async def settle(
        self,
        subject_id: str,
        decision: Decision,
        *,
        note: str,
        actor: str,
        user: UserId | None = None,
    ) -> Settled:
        """Decide about every waiting payment of a recharge, or about one payment.

        Args:
            subject_id: Of the recharge or the payment.
            decision: What shall become of them.
            note: Why, for whoever reads it later.
            actor: Who decides: the id of an administrator, or a command of ours.
            user: Whose a payment is that came while nobody held the wallet.

        Returns:
            Final, or only proposed: a credit of more than ``alone_max`` takes a second person.

        Raises:
            BadRequest: The amount, the note or the user does not fit.
            NotFound: There is nothing with this id, or no such user.
            Forbidden: Who decides is no administrator, proposed it themselves, or would gain.
            NotOpen: Nothing of it waits any more.
            AlreadyChanged: Somebody else was quicker, or something more arrived.
            Nothing changed in any of these cases.
        """
        note = clean_label(note, what="Note", length_max=NOTE_MAX)
        if user is not None and decision.action is not Action.CREDIT:
            raise BadRequest("A user is named for a credit only.")
        async with self.database.transaction() as connection:
            await ensure_may_decide(connection, actor)
            case = await _lock(connection, subject_id)
            # Once more: who waited for the lock may have been banned or demoted meanwhile.
            await ensure_may_decide(connection, actor)
            fates = plan(decision, case.waiting)
            owner = _owner(case, decision, user)
            if owner == actor:
                raise Forbidden("Nobody decides about a credit to themselves.")
            account = None if owner is None else await _account(connection, owner)
            verdict = _Verdict(subject_id, decision, fates, owner, account, note, actor)
            is_final = await self._is_final(connection, case, verdict)
            if is_final:
                await _carry_out(connection, case, verdict)
            else:
                await _propose(connection, verdict)
            after = await _find(connection, subject_id)
        log.info("payments settled", subject=subject_id, action=decision.action, final=is_final)
        return Settled(after, is_final)

    async def _is_final(self, connection: Connection, case: ReviewCase, verdict: _Verdict) -> bool:
        """Whether one person suffices, or this is the second one.

        Raises:
            Forbidden: It is the same person again.
        """
        if verdict.decision.action is not Action.CREDIT:
            return True
        before = 0
        if case.recharge is not None:
            # Or a large credit could be made of small ones.
            before = await connection.fetchval(queries.CREDITED_BY_REVIEW, case.recharge.id)
        if before + verdict.decision.amount <= self.alone_max:
            return True
        proposals = [fate.payment.proposal for fate in verdict.fates]
        is_same = all(
            proposal is not None
            and (proposal.amount, proposal.user_id) == (fate.credited, verdict.user)
            for proposal, fate in zip(proposals, verdict.fates, strict=True)
        )
        proposers = {one.actor for one in proposals if one is not None}
        if is_same and verdict.actor in proposers:
            raise Forbidden("You proposed this credit. Another person must confirm it.")
        # Who may not decide any more has not decided half of it either.
        return is_same and all([await may_decide(connection, one) for one in proposers])


async def _lock(connection: Connection, subject_id: str) -> ReviewCase:
    """What waits, locked. Looked at before and after, for others may decide meanwhile.

    Raises:
        NotOpen: Nothing waits.
        AlreadyChanged: What waits is not what waited a moment ago.
    """
    before = await _find(connection, subject_id)
    if not before.waiting:
        raise NotOpen("Nothing of this waits for a decision.")
    await connection.execute(queries.LOCK_PAYMENTS, [payment.id for payment in before.waiting])
    if before.recharge is not None:
        await connection.execute(queries.LOCK_RECHARGE, before.recharge.id)
    case = await _find(connection, subject_id)
    if _state(case) != _state(before):
        raise AlreadyChanged("payment" if before.recharge is None else "recharge")
    return case


def _state(case: ReviewCase) -> tuple[object, ...]:
    """What a decision rests on."""
    return case.waiting, case.recharge and case.recharge.version


def _owner(case: ReviewCase, decision: Decision, user: UserId | None) -> UserId | None:
    """Whose balance a credit goes to.

    Raises:
        BadRequest: Nobody says so, or somebody says otherwise.
    """
    if decision.action is not Action.CREDIT:
        return None
    if case.recharge is None:
        if user is None:
            raise BadRequest("Nobody held the wallet: say whose this payment is.")
        return user
    if user not in {None, case.recharge.user_id}:
        raise BadRequest(f"This recharge is {case.recharge.user_id}'s, and nobody else's.")
    return case.recharge.user_id


async def _account(connection: Connection, user: UserId) -> AccountId:
    account = await connection.fetchval(ledger_queries.ACCOUNT_OF, user, UserAccount.SPENDING)
    if account is None:
        raise NotFound("User not found.")
    return AccountId(account)


async def _carry_out(connection: Connection, case: ReviewCase, verdict: _Verdict) -> None:
    fates = verdict.fates
    await connection.execute(
        queries.SETTLE,
        [fate.payment.id for fate in fates],
        [fate.status for fate in fates],
        [fate.credited for fate in fates],
        verdict.user,
    )
    if case.recharge is not None:
        credited = sum(fate.credited for fate in fates)
        await connection.fetchval(queries.SETTLE_RECHARGE, case.recharge.id, credited)
    posting = list(moves(fates, verdict.account))
    posted = await connection.fetchval(
        queries.MOVE,
        [move.kind for move in posting],
        [move.reference for move in posting],
        [int(move.target) for move in posting],
        [move.amount for move in posting],
        int(HouseAccount.PAYMENTS_HELD),
    )
    assert posted, "a payment that waited had been settled before"
    await _record(connection, verdict, is_final=True)
    await _tell(connection, _facts(case, verdict))


async def _propose(connection: Connection, verdict: _Verdict) -> None:
    await _record(connection, verdict, is_final=False)
    facts: dict[str, object] = {"amountMicro": verdict.decision.amount}
    await _tell(connection, [("payment.proposed", verdict.subject, facts)])


async def _record(connection: Connection, verdict: _Verdict, *, is_final: bool) -> None:
    """For the history of each payment, and for the audit log."""
    await connection.execute(
        queries.DECIDE,
        [fate.payment.id for fate in verdict.fates],
        # What a proposal takes nothing of is part of it too: it must be the same to be confirmed.
        [fate.action if is_final else Action.CREDIT for fate in verdict.fates],
        [fate.credited for fate in verdict.fates],
        verdict.user,
        verdict.note,
        verdict.actor,
        is_final,
    )
    action = verdict.decision.action if is_final else "propose"
    await connection.execute(
        queries.AUDIT,
        verdict.actor,
        f"payment.{action}",
        verdict.subject,
        {
            "amountMicro": verdict.decision.amount,
            "userId": verdict.user,
            "paymentIds": [fate.payment.id for fate in verdict.fates],
            "note": verdict.note,
        },
    )


Fact = tuple[str, str, dict[str, object]]


def _facts(case: ReviewCase, verdict: _Verdict) -> Sequence[Fact]:
    """Topic, subject and payload of everything that became true. Without the note."""
    facts: list[Fact] = [
        (TOPICS[fate.action], fate.payment.id, {"oddity": fate.payment.oddity})
        for fate in verdict.fates
        if fate.action in TOPICS
    ]
    if verdict.decision.action is Action.CREDIT:
        subject = verdict.subject if case.recharge is None else case.recharge.id
        amount = verdict.decision.amount
        facts.append(("recharge.credited", subject, {"amountMicro": amount, "byReview": True}))
    return facts


async def _tell(connection: Connection, facts: Sequence[Fact]) -> None:
    topics, subjects, payloads = map(list, zip(*facts, strict=True))
    await connection.execute(queries.TELL, topics, subjects, payloads)


async def _find(connection: Connection, subject_id: str) -> ReviewCase:
    found = await _read(connection, subject_id)
    if found:
        return found[0]
    row = await connection.fetchrow(recharge_queries.GET, subject_id)
    if row is None:
        raise NotFound("Recharge or payment not found.")
    return ReviewCase(recharge_view(row), ())


async def _read(connection: Connection, subject_id: str | None) -> Sequence[ReviewCase]:
    """Cases in the order of their first payment that waits or, without one, that arrived."""
    payments = [review_payment(row) for row in await connection.fetch(queries.PAYMENTS, subject_id)]
    named = list({payment.recharge_id for payment in payments if payment.recharge_id})
    rows = await connection.fetch(recharge_queries.GET_SEVERAL, named)
    said = await notes.of_recharges(connection, named)
    recharges = {
        row["id"]: replace(recharge_view(row), notes=said.get(row["id"], ())) for row in rows
    }
    groups: dict[str, list[ReviewPayment]] = {}
    for payment in (*(one for one in payments if one.is_waiting), *payments):
        groups.setdefault(payment.recharge_id or payment.id, [])
    for payment in payments:
        groups[payment.recharge_id or payment.id].append(payment)
    return [ReviewCase(recharges.get(name), group) for name, group in groups.items()]
