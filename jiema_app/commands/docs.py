"""``docs``: write the generated parts of ``docs/`` anew."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from sqlalchemy import Column, Dialect
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlmodel import SQLModel

from jiema_app.commands.console import fail
from jiema_app.domain import models
from jiema_app.domain.abuse_reports.statuses import Reporter, ReportStatus
from jiema_app.domain.compliance.classes import ComplianceClass
from jiema_app.domain.identity.provider import Provider
from jiema_app.domain.ledger.accounts import HouseAccount, TransferKind, UserAccount
from jiema_app.domain.notifications.states import DeliveryState
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.payouts.kinds import PayoutKind
from jiema_app.domain.payouts.statuses import AttemptOutcome, PayoutStatus
from jiema_app.domain.referrals.statuses import (
    CommissionStatus,
    HoldReason,
    ReferralSource,
    ReferralStatus,
    RuleAction,
)
from jiema_app.domain.support.statuses import PassingState, Resolution
from jiema_app.domain.telegram.states import ChatState
from jiema_app.domain.telegram.withdrawal_questions import Decision, Replaces
from jiema_app.domain.withdrawals.statuses import WithdrawalStatus

DATA_DICTIONARY: Final = Path(__file__).resolve().parents[2] / "docs" / "data-dictionary.md"

WORDS: Final[tuple[type[Enum], ...]] = (
    Provider,
    OrderStatus,
    EndReason,
    models.Role,
    ComplianceClass,
    UserAccount,
    HouseAccount,
    TransferKind,
    ReportStatus,
    Reporter,
    ReferralSource,
    ReferralStatus,
    RuleAction,
    HoldReason,
    CommissionStatus,
    WithdrawalStatus,
    Decision,
    Replaces,
    PayoutKind,
    PayoutStatus,
    AttemptOutcome,
    DeliveryState,
    ChatState,
    Resolution,
    PassingState,
)
"""The closed vocabularies that columns hold."""

COMMON: Final = {
    "account_id": "The ledger account.",
    "action": "What was done, for example `user.ban`.",
    "activation_id": "The supplier's name for the rental.",
    "aliases": "Other words that people search it by.",
    "attempts": "How often it was tried.",
    "balance_micro": "What is in the account now.",
    "ban_reason": "Why they may not act.",
    "body": "The whole text.",
    "category": "The shelf it stands on.",
    "code": "Its short code, the stable name in the API.",
    "compliance": "The service policy's verdict: a word of `ComplianceClass`.",
    "cost_micro": "What one number costs us.",
    "country_id": "The country, by the numeric id of the handler_api family.",
    "created_at": "When the row was written.",
    "created_by": "Who wrote it; none for what ships with the product.",
    "details": "What else is to be known, for example the reason.",
    "dial_code": "With its plus sign.",
    "done_at": "When nothing was left to do.",
    "due_at": "Not before this.",
    "effective_from": "From this moment on it holds.",
    "ended_at": "When it became final.",
    "expires_at": "When the number's window closes.",
    "first_seen_at": "When a complete list first showed it.",
    "flag": "The flag as an emoji.",
    "id": "Its key.",
    "idempotency_key": "What the buyer's client named the request; forgotten after 24 hours.",
    "is_enabled": "An administrator's switch.",
    "iso2": "ISO 3166-1 alpha-2 code.",
    "job": "Its name in the timetable.",
    "last_duration_ms": "How long the last good run took.",
    "last_error": "The name of the last failure; none after a good run.",
    "last_failed_at": "When a run last failed.",
    "last_started_at": "When a run last began.",
    "last_succeeded_at": "When a run last went well.",
    "name": "The name people read.",
    "note": "A word for whoever reads the history.",
    "order_id": "The order, when there is one.",
    "outcome": "How the last attempt ended.",
    "popularity": "1 is the most popular.",
    "published_at": "When it was handed on.",
    "purged_at": "When texts and full phone were forgotten.",
    "reason": "A machine word for a warning or a refusal.",
    "received_at": "When it came.",
    "resolved_at": "When it was settled whose it is.",
    "revoked_at": "Since when it is not accepted.",
    "role": "A word of `Role`.",
    "service_code": "The service, by its short code.",
    "slug": "Its name in addresses.",
    "sms_count": "SMS recorded so far.",
    "status": "Where it is in its life: a word of `OrderStatus`.",
    "subject_id": "The id of what it is about.",
    "supplier": "The supplier, as `SUPPLIER_NAME` has it.",
    "updated_at": "When the row last changed.",
    "user_id": "Whose it is.",
}
"""What a column means wherever it has this name and no words of its own."""

HEAD: Final = """\
# Data dictionary

Every table and column. `make docs` writes this page from the models in
`jiema_app/domain/models/`: change it there. Amounts are micro-USDT (1 USDT = 1,000,000),
times carry their zone and are UTC. What a column may hold beyond its type is said by the
CHECK constraints of the same files.
"""


def docs(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 when a page is not current.")
    ] = False,
) -> None:
    """Write the generated parts of docs/ anew."""
    page = render_data_dictionary()
    if check:
        if not DATA_DICTIONARY.exists() or DATA_DICTIONARY.read_text(encoding="utf-8") != page:
            fail(f"docs/{DATA_DICTIONARY.name} is not current: run `make docs`")
        return
    DATA_DICTIONARY.write_text(page, encoding="utf-8")
    typer.echo(f"wrote docs/{DATA_DICTIONARY.name}")


def render_data_dictionary() -> str:
    """The page of tables, columns and vocabularies, as Markdown."""
    tables = [line for model in list_models() for line in _table(model)]
    words = [line for enum in WORDS for line in _words(enum)]
    return "\n".join([HEAD, "## Tables", "", *tables, "## Words that columns hold", "", *words])


def list_models() -> list[type[SQLModel]]:
    """Every table of the product, by the name of its table."""
    found = [
        value
        for value in vars(models).values()
        if inspect.isclass(value) and issubclass(value, SQLModel)
    ]
    return sorted(found, key=lambda model: str(model.__tablename__))


def _table(model: type[SQLModel]) -> Iterator[str]:
    meanings = _docstrings(model)
    yield f"### {model.__tablename__}"
    yield ""
    yield _markdown(inspect.getdoc(model) or "")
    yield ""
    yield "| Column | Type | Meaning |"
    yield "|---|---|---|"
    for column in SQLModel.metadata.tables[str(model.__tablename__)].columns:
        meaning = meanings.get(column.name) or COMMON.get(column.name, "")
        yield f"| `{column.name}` | {_type(column)} | {_cell(meaning)} |"
    yield ""


def _words(enum: type[Enum]) -> Iterator[str]:
    meanings = _docstrings(enum)
    yield f"### {enum.__name__}"
    yield ""
    yield _markdown(inspect.getdoc(enum) or "")
    yield ""
    yield "| Word | Meaning |"
    yield "|---|---|"
    for member in enum:
        word = member.value if isinstance(member.value, str) else f"{member.name} ({member.value})"
        yield f"| `{word}` | {_cell(meanings.get(member.name, ''))} |"
    yield ""


def _docstrings(cls: type[Any]) -> dict[str, str]:
    """The string that stands beneath each field of a class, by the field's name."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    definition = tree.body[0]
    assert isinstance(definition, ast.ClassDef)
    found = {}
    for field, below in zip(definition.body, definition.body[1:], strict=False):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(words))),
            ):
                found[name] = inspect.cleandoc(words)
    return found


def _type(column: Column[Any]) -> str:
    """The type as PostgreSQL names it, with what a reader must know of it."""
    # SQLAlchemy leaves this constructor without types.
    postgresql: Dialect = PGDialect()  # type: ignore[no-untyped-call]
    parts = [column.type.compile(dialect=postgresql).lower().partition(" collate")[0]]
    parts += [f"→ `{key.target_fullname}`" for key in sorted(column.foreign_keys, key=str)]
    if column.primary_key:
        parts.append("key")
    elif column.nullable:
        parts.append("may be null")
    return ", ".join(parts)


def _markdown(text: str) -> str:
    return text.replace("``", "`")


def _cell(text: str) -> str:
    return _markdown(" ".join(text.split())).replace("|", "\\|")
