"""The statement as a file."""

from collections.abc import AsyncIterator
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from api_routes.context import WebContext, context_of
from api_routes.visitors import visitor_of
from jiema_app.domain.errors import RateLimited
from jiema_app.domain.ledger.accounts import UserAccount
from jiema_app.domain.ledger.statement_csv import csv_header, csv_lines
from jiema_app.domain.ledger.statement_filter import StatementFilter, parse_filter
from jiema_app.domain.units import UserId

STATEMENT_CSV: Final = "/api/shop/statement.csv"


router = APIRouter()


@router.get(STATEMENT_CSV, include_in_schema=False)
async def download_statement(request: Request) -> StreamingResponse:
    """The statement of who is signed in, newest line first, piece by piece.

    All of it, or what the address asks for, as on the page. A statement may have a million lines:
    how often one is read is limited, and how much of it is held at a time. See
    ``Statement.iter_all``.

    Raises:
        BadRequest: The address asks for what could not be meant.
        RateLimited: They downloaded it several times within a minute.
    """
    visitor = await visitor_of(request)
    context = context_of(request)
    wanted = parse_filter(request.query_params, context.services.live_catalog.current)
    verdict = await context.limits.count_file(visitor.user_id)
    if not verdict.allowed:
        raise RateLimited(
            "Too many downloads. Wait a minute, then try again.",
            retry_after_s=verdict.reset_s,
        )
    day = context.services.clock.now().date()
    name = "statement" if wanted.account is UserAccount.SPENDING else "commission"
    return StreamingResponse(
        _chunks(context, visitor.user_id, wanted),
        media_type="text/csv; charset=utf-8; header=present",
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{day}.csv"',
            "Cache-Control": "private, no-store",
        },
    )


async def _chunks(
    context: WebContext, user: UserId, wanted: StatementFilter
) -> AsyncIterator[bytes]:
    catalog = context.services.live_catalog.current
    yield csv_header()
    async for lines in context.services.statement.iter_all(user, wanted=wanted):
        yield csv_lines(lines, catalog)
