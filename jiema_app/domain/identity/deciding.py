"""Who may decide about other people's money."""

from typing import Final

from jiema_app.domain import ids
from jiema_app.domain.errors import Forbidden
from jiema_app.domain.transaction import Connection

IS_ADMIN: Final = """
select exists (select from users where id = $1 and role = 'admin' and banned_at is null)
"""


async def may_decide(connection: Connection, actor: str) -> bool:
    """Whether somebody is an administrator now, or a command of ours."""
    return not ids.is_id(actor) or bool(await connection.fetchval(IS_ADMIN, actor))


async def ensure_may_decide(connection: Connection, actor: str, about: str = "payments") -> None:
    """Commands of ours and administrators decide.

    Args:
        connection: Of the transaction that the decision is made in.
        actor: Who decides.
        about: What, for the message.

    Raises:
        Forbidden: Somebody else.
    """
    if not await may_decide(connection, actor):
        raise Forbidden(f"Only an administrator decides about {about}.")
