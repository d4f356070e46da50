"""What invitations cost an order, and how soon an approved withdrawal is sent and settled."""

import asyncio
import statistics
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any, Final

import httpx
import orjson

from benchmarks.arena import COUNTRY, SERVICE, Arena, environment_of, must, services_on
from benchmarks.people import Customer, make_customers, stock
from benchmarks.report import Row
from benchmarks.rounds import Pace, Target, compare, http_request
from jiema_app.bootstrap import Services
from jiema_app.bootstrap_payouts import PayoutServices, build_payout_services
from jiema_app.domain import ids
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import HouseAccount, TransferKind, UserAccount
from jiema_app.domain.ledger.verification import verify
from jiema_app.domain.orders.requests import Buyer
from jiema_app.domain.referrals.attribution import Invitation, Referrer, bind
from jiema_app.domain.referrals.statuses import ReferralSource
from jiema_app.domain.transaction import DatabaseTrouble
from jiema_app.domain.units import MicroUsdt, UserId
from jiema_app.domain.withdrawals.requests import WithdrawalRequest
from jiema_app.integrations.tron.registry import build_payout_chain
from jiema_app.settings import Settings

INVITERS: Final = 100
GUESTS: Final = 400
"""Orders of one inviter's guests wait for each other at that inviter's balance: each has four."""

TURNS: Final = 4
"""Turns of a quarter of the time instead of one, and twice as many of them: a few per cent are
less than a machine's moods."""

AT_ONCE: Final = 5
WAVES, QUICK_WAVES = 20, 6
SENT_MS: Final = 3_000
SETTLED_MS: Final = 1_000
PATIENCE_S: Final = 60.0
EARNED: Final = MicroUsdt(50_000_000)
ASKED: Final = MicroUsdt(6_000_000)
STRANGER: Final = "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr3"

CAPS_LIFTED: Final = {
    "SIGNER_CAP_DAY_USDT": "1000000",
    "SIGNER_CAP_ADDRESS_DAY_USDT": "1000000",
    "SIGNER_CAP_PAYMENTS_PER_HOUR": "1000000",
}

SENT: Final = """
select extract(epoch from clock_timestamp() - w.approved_at) * 1000 as ms
from withdrawals w join payouts p on p.subject_id = w.id
join payout_attempts a on a.payout_id = p.id
where w.id = $1 and a.last_answer is not null limit 1
"""
"""Until a node has taken it: that it is about to be given to one is noted before."""

HELD: Final = "select status, reason from payouts where status <> 'SETTLED'"


async def measure_paying_out(
    arena: Arena, pace: Pace, tell: Callable[[str], None], *, quick: bool
) -> list[Row]:
    """Orders of the invited beside those of others, and the way of withdrawals."""
    async with AsyncExitStack() as stack:
        address = await arena.new_database()
        sandbox = await stack.enter_async_context(arena.sandbox())
        services = await stack.enter_async_context(services_on(address, sandbox))
        await stock(services)
        environment = environment_of(address, sandbox, supplier_pace=0)
        tell("POST /orders, invited and not")
        rows = [await _orders(arena, services, environment, pace)]
        tell("withdrawals: a signer and a worker")
        rows += await _withdrawals(arena, services, environment, sandbox, quick=quick)
        found = await verify(services.database)
        if not found.ok:
            raise RuntimeError(f"the books do not balance: {found.as_json()}")
    return rows


async def _orders(arena: Arena, services: Services, environment: dict[str, str], pace: Pace) -> Row:
    guests = await make_customers(services, GUESTS)
    inviters = await make_customers(services, INVITERS)
    invited = [
        await _guest(services, inviters[number % INVITERS].buyer.user_id)
        for number in range(GUESTS)
    ]
    async with arena.web(environment) as web:
        return await compare(
            "POST /orders, invited beside nobody's guest",
            Target(web.port, [_post(one) for one in invited]),
            Target(web.port, [_post(one) for one in guests]),
            Pace(rounds=2 * pace.rounds * TURNS, seconds=pace.seconds / TURNS),
            0.95,
        )


async def _guest(services: Services, inviter: UserId) -> Customer:
    """A customer who came by somebody's link, and whom the rules have cleared."""
    async with services.database.transaction() as connection:
        user = await services.identity.create(connection, referrer=inviter)
        await bind(connection, user, Referrer(inviter, Invitation("", ReferralSource.SANDBOX)))
        await connection.execute(
            "update referrals set status = 'ACTIVE', judge_at = null where user_id = $1", user
        )
        await ledger.credit(
            connection,
            user,
            MicroUsdt(10**12),
            kind=TransferKind.SANDBOX_CREDIT,
            reference=ids.new_id(),
        )
    key = await services.api_keys.create(user, "bench")
    principal = await services.api_keys.authenticate(key.token)
    assert principal is not None
    return Customer(Buyer(user, principal.account_id), key.token)


def _post(customer: Customer) -> str:
    body = orjson.dumps({"service": SERVICE, "country": COUNTRY})
    headers = {"Authorization": f"Bearer {customer.token}"}
    return http_request("POST", "/api/v1/orders", headers, body)


async def _withdrawals(
    arena: Arena,
    services: Services,
    environment: dict[str, str],
    sandbox: httpx.AsyncClient,
    *,
    quick: bool,
) -> list[Row]:
    """Waves of withdrawals: approved one after the other, then blocks are made by hand."""
    environment = {**environment, **CAPS_LIFTED}
    settings = Settings().model_copy(update={"sandbox_port": sandbox.base_url.port})
    command = [sys.executable, "-m", "signer", "run"]
    sent: list[float] = []
    settled: list[float] = []
    with arena.worker(environment), arena.process("signer", command, environment) as signer:
        async with build_payout_chain(settings) as chain:
            payouts = build_payout_services(settings, services.database, services.clock, chain)
            async with services.database.connection() as connection:
                await _await(connection, "select house_compared_at from signer_state")
                await _await(connection, "select pool_compared_at from signer_state")
            await must(sandbox.post("/control/tron/mine", json={"blocks": 0, "auto": False}))
            for _ in range(QUICK_WAVES if quick else WAVES):
                try:
                    await _wave(services, payouts, sandbox, sent, settled)
                except DatabaseTrouble as error:
                    async with services.database.connection() as connection:
                        held = [tuple(one) for one in await connection.fetch(HELD)]
                    said = signer.last_words()
                    raise RuntimeError(f"nothing was sent: {held}\n{said}") from error
    return [
        _row("withdrawal, approved → sent", sent, SENT_MS),
        _row("withdrawal, final → SETTLED", settled, SETTLED_MS),
    ]


async def _wave(
    services: Services,
    payouts: PayoutServices,
    sandbox: httpx.AsyncClient,
    sent: list[float],
    settled: list[float],
) -> None:
    asked = [await _ask(services, payouts) for _ in range(AT_ONCE)]
    await must(sandbox.post("/control/tron/mine", json={"blocks": 1}))
    for one in asked:
        await payouts.reviews.approve(one, actor="command-line")
    async with services.database.connection() as connection:
        sent += [float(await _await(connection, SENT, one)) for one in asked]
        await must(sandbox.post("/control/tron/mine", json={"blocks": 2}))
        is_in_block = "select count(*) from payout_attempts where outcome is null"
        assert await connection.fetchval(is_in_block), "settled before its block was final"
        final_at = await connection.fetchval("select clock_timestamp()")
        await must(sandbox.post("/control/tron/mine", json={"blocks": 1}))
        for one in asked:
            question = "select ended_at from withdrawals where id = $1 and status = 'SETTLED'"
            ended_at = await _await(connection, question, one)
            settled.append((ended_at - final_at).total_seconds() * 1000)


async def _ask(services: Services, payouts: PayoutServices) -> str:
    async with services.database.transaction() as connection:
        user = await services.identity.create(connection)
        purses = await ledger.open_earning_accounts(connection, user)
        await ledger.post(
            connection,
            TransferKind.SANDBOX_COMMISSION,
            ids.new_id(),
            source=HouseAccount.ADJUSTMENTS,
            target=purses[UserAccount.COMMISSION].account,
            amount=EARNED,
        )
    wish = WithdrawalRequest(address=STRANGER, amount=ASKED, request_key=ids.new_id())
    return (await payouts.withdrawals.request(user, wish)).id


async def _await(connection: Any, question: str, *arguments: object) -> Any:
    """Ask again until there is an answer."""
    async with asyncio.timeout(PATIENCE_S):
        while (found := await connection.fetchval(question, *arguments)) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return found


def _row(figure: str, measured: list[float], most_ms: int) -> Row:
    ordered = sorted(measured)
    p99 = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return Row(
        figure=figure,
        ours=f"p50 {statistics.median(ordered):.0f}, p99 {p99:.0f} ms",
        baseline="",
        ratio=None,
        target=f"p99 <= {most_ms} ms",
        is_met=p99 <= most_ms,
        details={"ms": [round(one, 1) for one in measured]},
    )
