"""A withdrawal before it is asked for: what was typed, looked at from all sides, and confirmed.

A look holds nothing and promises nothing: the request looks at everything once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiema_app.domain import ids
from jiema_app.domain.clock import Clock
from jiema_app.domain.errors import BadRequest
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.payouts.destinations import DestinationFault
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.typed_amounts import MICRO, read_amount, typed_text
from jiema_app.domain.units import MicroUsdt, UserId
from jiema_app.domain.withdrawals import queries
from jiema_app.domain.withdrawals.allowing import ensure_allowed, ensure_covered, usable_from
from jiema_app.domain.withdrawals.draft_views import (
    AddressLook,
    Carried,
    Draft,
    DraftRefused,
    Fault,
    Resumed,
    TypedWithdrawal,
)
from jiema_app.domain.withdrawals.requests import SOURCES, WithdrawalRefused, WithdrawalRequest
from jiema_app.domain.withdrawals.sealed_drafts import SealedDrafts
from jiema_app.domain.withdrawals.service import Also, Withdrawals
from jiema_app.domain.withdrawals.statuses import WithdrawalFault
from jiema_app.domain.withdrawals.terms import Quote, WithdrawalTerms, read_terms
from jiema_app.domain.withdrawals.views import WithdrawalView

TYPED_MAX: Final = 100
"""Characters of an address that are written into the form again. One has 34."""
AMOUNT_MAX: Final = 32
DRAFT_LIFE_S: Final = 3_600
"""After so long a draft fills the form, and is not to be confirmed as it stands."""


@dataclass(frozen=True, slots=True)
class WithdrawalDrafts:
    """Looks at what is typed, and carries it from page to page for who typed it."""

    database: Database
    clock: Clock
    withdrawals: Withdrawals
    seals: SealedDrafts

    async def look_at_address(self, user: UserId, text: str, *, asks_chain: bool) -> AddressLook:
        """Say whether an address can be paid to, and whether it has to wait.

        Args:
            user: Who would be paid.
            text: As it was typed, of any length.
            asks_chain: Whether the node is asked too; see ``Destinations.describe``.
        """
        found = await self.withdrawals.destinations.describe(text, asks_chain=asks_chain)
        if not found.ok:
            return AddressLook(found)
        async with self.database.connection() as connection:
            wait_s = (await read_terms(connection)).rules.address_wait_s
            usable = await usable_from(connection, user, found.address, wait_s)
            is_paid = await connection.fetchval(queries.IS_PAID, user, found.address)
        return AddressLook(found, usable, is_new=not is_paid)

    async def quote(self, user: UserId, text: str, source: str) -> Quote:
        """What becomes of an amount while it is typed.

        Args:
            user: Whose balance it would leave.
            text: As it was typed, of any length.
            source: Of ``SOURCES``.

        Raises:
            WithdrawalRefused: It is no amount, or one that cannot be asked for.
            Forbidden: The account is blocked.
            NotFound: There is no such user.
        """
        amount = _read(text)
        wish = WithdrawalRequest(address="", amount=amount, source=source, request_key="")
        async with self.database.connection() as connection:
            terms = await read_terms(connection)
            await _ensure_possible(connection, user, wish, terms)
        return terms.rules.quote(amount)

    async def prepare(
        self,
        user: UserId,
        typed: TypedWithdrawal,
        *,
        asks_chain: bool = True,
        request_key: str = "",
    ) -> Draft:
        """What a form would become, to be shown before it is confirmed.

        Args:
            user: Who filled it in.
            typed: How.
            asks_chain: As of ``look_at_address``.
            request_key: Of the same draft before; empty for a new one.

        Raises:
            DraftRefused: Something is wrong with it; it tells all that is.
            Forbidden: The account is blocked.
            NotFound: There is no such user.
        """
        if not self.withdrawals.is_open:
            raise DraftRefused([WithdrawalRefused(WithdrawalFault.PAUSED)])
        found = await self.withdrawals.destinations.describe(typed.address, asks_chain=asks_chain)
        refusals = [] if found.fault is None else [WithdrawalRefused(found.fault)]
        amount, usable = MicroUsdt(0), None
        async with self.database.connection() as connection:
            terms = await read_terms(connection)
            try:
                amount = await _amount(connection, user, typed)
                wish = WithdrawalRequest(
                    address=found.address, amount=amount, source=typed.source, request_key=""
                )
                await _ensure_possible(connection, user, wish, terms)
            except WithdrawalRefused as refusal:
                refusals.append(refusal)
            if refusals:
                raise DraftRefused(refusals)
            usable = await usable_from(connection, user, found.address, terms.rules.address_wait_s)
        return Draft(
            address=found.address,
            source=typed.source,
            quote=terms.rules.quote(amount),
            usable_from=usable,
            request_key=request_key or ids.new_id(),
        )

    async def request(
        self,
        user: UserId,
        carried: Carried,
        signed_in_at: datetime,
        *,
        also: Also | None = None,
    ) -> WithdrawalView:
        """Ask for what was confirmed, for what its owner was told is sent.

        Args:
            user: Whose it is.
            carried: A draft that waits to be confirmed.
            signed_in_at: When they signed in.
            also: As of ``Withdrawals.request``.

        Raises:
            As ``Withdrawals.request``.
        """
        wish = WithdrawalRequest(
            address=carried.typed.address,
            amount=_read(carried.typed.amount),
            source=carried.typed.source,
            request_key=carried.request_key,
            net=carried.net,
            signed_in_at=signed_in_at,
        )
        return await self.withdrawals.request(user, wish, also=also)

    async def resume(self, user: UserId, sealed: str) -> Resumed | None:
        """Take up what an address of a page carries, as things stand now.

        Returns:
            None when it is none of theirs, or was confirmed already.

        Raises:
            Forbidden: The account is blocked.
            NotFound: There is no such user.
        """
        carried = self.open(user, sealed)
        if carried is None:
            return None
        if not carried.request_key:
            return Resumed(carried.typed, None, carried.faults)
        async with self.database.connection() as connection:
            if await connection.fetchrow(queries.BY_KEY, user, carried.request_key) is not None:
                return None
        try:
            draft = await self.prepare(
                user, carried.typed, asks_chain=False, request_key=carried.request_key
            )
        except DraftRefused as refused:
            return Resumed(
                carried.typed, None, [(one.fault, one.amount) for one in refused.refusals]
            )
        is_same = carried.net == draft.quote.net
        changed = () if is_same else ((WithdrawalFault.TERMS_CHANGED, draft.quote.net),)
        return Resumed(carried.typed, draft, changed)

    def carry(self, user: UserId, draft: Draft) -> str:
        """A draft for the address of the page that asks to confirm it."""
        return self.seals.seal(
            user,
            {
                "a": draft.address,
                "m": typed_text(draft.quote.amount),
                "s": draft.source,
                "n": draft.quote.net,
                "k": draft.request_key,
                "t": int(self.clock.now().timestamp()),
            },
        )

    def carry_back(
        self, user: UserId, typed: TypedWithdrawal, refusals: Sequence[WithdrawalRefused]
    ) -> str:
        """A form that was refused, for the address of the page that shows it again."""
        faults = [[str(one.fault), one.amount] for one in refusals]
        return self.seals.seal(
            user,
            {
                "a": typed.address[:TYPED_MAX],
                "m": typed.amount[:AMOUNT_MAX],
                "s": typed.source if typed.source in SOURCES else "",
                "f": faults,
            },
        )

    def open(self, user: UserId, sealed: str) -> Carried | None:
        """What was carried; None when it is nobody's, or somebody else's."""
        content = self.seals.open(user, sealed)
        if content is None:
            return None
        typed = TypedWithdrawal(address=content["a"], amount=content["m"], source=content["s"])
        age = self.clock.now().timestamp() - content.get("t", 0)
        if "k" in content and age <= DRAFT_LIFE_S:
            return Carried(typed=typed, request_key=content["k"], net=MicroUsdt(content["n"]))
        faults = [(_fault(name), amount) for name, amount in content.get("f", ())]
        return Carried(typed=typed, faults=faults)


def _read(text: str) -> MicroUsdt:
    try:
        return read_amount(text.strip(), decimals_max=MICRO)
    except BadRequest as error:
        raise WithdrawalRefused(WithdrawalFault.AMOUNT) from error


async def _amount(connection: Connection, user: UserId, typed: TypedWithdrawal) -> MicroUsdt:
    """What is to leave the balance.

    Raises:
        WithdrawalRefused: It cannot be read, or the source is none.
    """
    if not typed.takes_all:
        return _read(typed.amount)
    if typed.source not in SOURCES:
        raise WithdrawalRefused(WithdrawalFault.SOURCE)
    purse = (await ledger.list_purses(connection, user)).get(SOURCES[typed.source])
    return MicroUsdt(0) if purse is None else purse.balance


async def _ensure_possible(
    connection: Connection, user: UserId, wish: WithdrawalRequest, terms: WithdrawalTerms
) -> None:
    await ensure_allowed(connection, user, wish, terms)
    ensure_covered(await ledger.list_purses(connection, user), wish)


def _fault(name: str) -> Fault:
    is_ours = name in WithdrawalFault.__members__
    return WithdrawalFault(name) if is_ours else DestinationFault(name)
