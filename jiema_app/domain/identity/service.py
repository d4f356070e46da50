"""People: making them, finding them, banning them."""

import secrets
from dataclasses import dataclass
from typing import Final

from jiema_app.domain import ids
from jiema_app.domain.errors import BadRequest, NotFound
from jiema_app.domain.identity import queries
from jiema_app.domain.labels import clean_label
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import MicroUsdt, UserId
from jiema_app.i18n.locale_list import LOCALES

DISPLAY_NAME_MAX: Final = 60

PSEUDONYM_WORDS: Final = (
    ("amber", "brisk", "calm", "clever", "coral", "gentle", "golden", "jade", "lucky", "mellow"),
    ("badger", "crane", "dolphin", "falcon", "gecko", "kestrel", "lynx", "otter", "panda", "robin"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """A user as they see themselves.

    Attributes:
        balance_micro: What they may order with.
        commission_micro: Earned by inviting; below zero after a claw-back of what was spent.
        pending_commission_micro: Of orders that are open, and of invitations that are looked at.
    """

    id: UserId
    display_name: str
    lang: str
    referral_code: str
    balance_micro: MicroUsdt
    commission_micro: MicroUsdt
    pending_commission_micro: MicroUsdt
    is_banned: bool


def new_pseudonym() -> str:
    """A friendly name that says nothing about its bearer, for example ``Jade Otter 482``."""
    first, second = (secrets.choice(words).title() for words in PSEUDONYM_WORDS)
    return f"{first} {second} {secrets.randbelow(900) + 100}"


@dataclass(frozen=True, slots=True)
class IdentityService:
    """Everything about who somebody is."""

    database: Database

    async def create(
        self, connection: Connection, *, lang: str = "en", referrer: UserId | None = None
    ) -> UserId:
        """Make a user with a pseudonym, a referral code and an empty account.

        Runs in the caller's transaction. Who invited them is written now or never: the database
        refuses every change. ``Attribution.bind`` writes down the rest of an invitation.
        """
        user = UserId(ids.new_id())
        await connection.execute(
            queries.CREATE, user, new_pseudonym(), lang, ids.new_referral_code(), referrer
        )
        await ledger.open_accounts(connection, user)
        return user

    async def get_account(self, user: UserId) -> Account:
        """A user with their balance.

        Raises:
            NotFound: There is no such user.
        """
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.ACCOUNT, user)
        if row is None:
            raise NotFound("User not found.")
        return Account(**dict(row))

    async def rename(self, user: UserId, display_name: str) -> str:
        """Give a user another name, by their own wish.

        Returns:
            The name as it is kept: one line, single spaces.

        Raises:
            BadRequest: It is empty, too long, or has invisible characters. Nothing changed.
            NotFound: There is no such user.
        """
        name = clean_label(display_name, what="Display name", length_max=DISPLAY_NAME_MAX)
        await self._change(queries.RENAME, user, name)
        return name

    async def set_lang(self, user: UserId, lang: str) -> None:
        """Note the language a user reads, one of the shop's locales.

        Every process that remembers another one forgets it.

        Raises:
            BadRequest: The shop is not written in it. Nothing changed.
            NotFound: There is no such user.
        """
        if lang not in LOCALES:
            raise BadRequest(f"Language: must be one of {', '.join(LOCALES)}.")
        await self._change(queries.SET_LANG, user, lang)

    async def ban(self, user: UserId, *, actor: str, reason: str) -> None:
        """Stop a user from acting, at once and in every process. Their orders run to their end.

        Their browsers are signed out, and stay so when the ban is lifted.

        Raises:
            BadRequest: No reason was given.
            NotFound: There is no such user.
        """
        if not reason.strip():
            raise BadRequest("Give a reason: it is kept in the audit log.")
        await self._set_ban(queries.BAN, user, actor, reason)

    async def unban(self, user: UserId, *, actor: str, reason: str) -> None:
        """Let a banned user act again.

        Raises:
            NotFound: There is no such user.
        """
        await self._set_ban(queries.UNBAN, user, actor, reason)

    async def credit(self, user: UserId, amount: MicroUsdt, *, actor: str, reason: str) -> str:
        """Put money of the house on a user's balance; the audit log says who and why.

        Returns:
            The reference of the transfer.

        Raises:
            BadRequest: The amount is not positive or no reason was given. Nothing moved.
            NotFound: There is no such user. Nothing moved.
        """
        if amount <= 0 or not reason.strip():
            raise BadRequest("Give a positive amount and a reason: both are kept.")
        reference = ids.new_id()
        async with self.database.transaction() as connection:
            await ledger.credit(
                connection, user, amount, kind=TransferKind.ADMIN_CREDIT, reference=reference
            )
            await connection.execute(
                queries.AUDIT,
                actor,
                "user.credit",
                user,
                {"amountMicro": amount, "reference": reference, "reason": reason},
            )
        return reference

    async def grant(self, user: UserId, role: str, *, actor: str) -> None:
        """Give a user a role.

        Raises:
            NotFound: There is no such user.
        """
        async with self.database.transaction() as connection:
            if await connection.fetchval(queries.GRANT, user, role, actor) is None:
                raise NotFound("User not found.")

    async def _change(self, query: str, user: UserId, value: str) -> None:
        async with self.database.connection() as connection:
            if await connection.fetchval(query, user, value) is None:
                raise NotFound("User not found.")

    async def _set_ban(self, query: str, user: UserId, actor: str, reason: str) -> None:
        async with self.database.transaction() as connection:
            if await connection.fetchval(query, user, actor, reason) is None:
                raise NotFound("User not found.")
