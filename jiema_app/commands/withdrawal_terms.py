"""``withdrawal terms``: what withdrawals cost, and what they are held to."""

from typing import Annotated, Any, Final

import typer

from jiema_app.bootstrap import Services
from jiema_app.commands.acting import By, TokenFile, acting
from jiema_app.commands.console import ACTOR, AsJson, fail, show, with_services
from jiema_app.commands.people import parse_usdt
from jiema_app.commands.recharges import moment_text
from jiema_app.domain.units import MicroUsdt, usdt_text
from jiema_app.domain.withdrawals.terms import Rules, WithdrawalTerms

terms = typer.Typer(help="What withdrawals cost, and their bounds.", no_args_is_help=True)

MICRO_PER_BASIS_POINT: Final = 10_000
"""A per cent is written as an amount is: its hundredth part is this many millionths."""

Note = Annotated[str, typer.Option(help="Why, for whoever reads it later.")]
Percent = Annotated[str | None, typer.Option(metavar="PERCENT", help="Share of the amount.")]
Usdt = Annotated[str | None, typer.Option(metavar="USDT")]


@terms.command("show")
def show_terms(
    history: Annotated[bool, typer.Option("--history", help="Those of before too.")] = False,
    as_json: AsJson = False,
) -> None:
    """What holds now."""

    async def read(services: Services) -> dict[str, Any]:
        book = services.payouts.terms
        if history:
            return {"terms": [_terms(one) for one in await book.history()]}
        return _terms(await book.current())

    show(with_services(read), as_json=as_json)


@terms.command("set")
def set_terms(
    note: Note,
    fee_percent: Percent = None,
    fee_min_usdt: Usdt = None,
    amount_min_usdt: Usdt = None,
    alone_max_usdt: Annotated[
        str | None, typer.Option(help="Up to this one person approves; above it two do.")
    ] = None,
    takes_above: Annotated[
        bool | None, typer.Option(help="Whether more than that may be asked for.")
    ] = None,
    takes_spending: Annotated[
        bool | None, typer.Option(help="Whether the balance for orders is paid out too.")
    ] = None,
    address_wait_hours: Annotated[int | None, typer.Option(min=0, max=720)] = None,
    per_day_count: Annotated[int | None, typer.Option(min=1, max=1000)] = None,
    per_day_usdt: Usdt = None,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Have other terms hold from now on. What is not named stays; withdrawals keep theirs."""

    async def decide(services: Services) -> dict[str, Any]:
        actor = await acting(services, by, token_file)
        now = (await services.payouts.terms.current()).rules
        wait = now.address_wait_s if address_wait_hours is None else address_wait_hours * 3600
        rules = Rules(
            fee_bp=now.fee_bp if fee_percent is None else _basis_points(fee_percent),
            fee_min_micro=_usdt(fee_min_usdt, now.fee_min_micro),
            amount_min_micro=_usdt(amount_min_usdt, now.amount_min_micro),
            alone_max_micro=_usdt(alone_max_usdt, now.alone_max_micro),
            takes_above=now.takes_above if takes_above is None else takes_above,
            takes_spending=now.takes_spending if takes_spending is None else takes_spending,
            address_wait_s=wait,
            per_day_count=now.per_day_count if per_day_count is None else per_day_count,
            per_day_micro=_usdt(per_day_usdt, now.per_day_micro),
        )
        return _terms(await services.payouts.terms.set(rules, actor=actor, note=note))

    show(with_services(decide), as_json=as_json)


def _terms(one: WithdrawalTerms) -> dict[str, Any]:
    rules = one.rules
    return {
        "termsId": one.id,
        "feePercent": usdt_text(rules.fee_bp * MICRO_PER_BASIS_POINT),
        "feeMinUsdt": usdt_text(rules.fee_min_micro),
        "amountMinUsdt": usdt_text(rules.amount_min_micro),
        "aloneMaxUsdt": usdt_text(rules.alone_max_micro),
        "takesAbove": rules.takes_above,
        "takesSpending": rules.takes_spending,
        "addressWaitSeconds": rules.address_wait_s,
        "perDayCount": rules.per_day_count,
        "perDayUsdt": usdt_text(rules.per_day_micro),
        "by": one.actor,
        "note": one.note,
        "since": moment_text(one.created_at),
    }


def _basis_points(percent: str) -> int:
    share, rest = divmod(parse_usdt(percent), MICRO_PER_BASIS_POINT)
    if rest:
        fail(f"{percent!r}: at most two decimals")
    return share


def _usdt(text: str | None, known: MicroUsdt) -> MicroUsdt:
    return known if text is None else parse_usdt(text)
