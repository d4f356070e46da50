"""The statement, as its state tells it."""

import pytest

from jiema_app.domain.errors import NoNumbers
from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.orders.requests import OrderRequest
from jiema_app.domain.units import Cents, micro
from jiema_app.site.account.statement.state import PAGE_LINES, StatementState
from jiema_app.site.account.statement_lines import KINDS
from jiema_app.site.states.member_page import MEMBER
from jiema_app.site.states.page_services import page_services
from tests.support.shop import Shop
from tests.support.visits import Pages, sign_in

STATEMENT = "/en/account/statement"


async def test_every_kind_of_movement_on_a_user_s_balance_has_its_words() -> None:
    between_houses = {
        TransferKind.ORDER_RECEIVED,
        TransferKind.PAYMENT_HELD,
        TransferKind.PAYMENT_REFUND_DUE,
        TransferKind.PAYMENT_UNCLAIMED,
        TransferKind.PAYMENT_REFUNDED,
        TransferKind.POOL_OUTGOING,
    }
    assert set(KINDS) == set(TransferKind) - between_houses


async def test_the_pages_of_the_statement_join_without_gap_or_repetition(
    shop: Shop, pages: Pages
) -> None:
    ann = await shop.customer(cents=0)
    for cents in range(1, 2 * PAGE_LINES + 3):
        await shop.services.identity.credit(
            ann.id,
            micro(Cents(cents)),
            actor="test",
            reason="to fill pages",
        )
    browser = await sign_in(shop, pages, ann.id)
    amounts, address, page = [], STATEMENT, None
    while address:
        page = await browser.open(StatementState, address)
        assert page.has_newer == (address != STATEMENT)
        assert page.rows[0].balance == page.balance or page.has_newer
        amounts += [row.amount for row in page.rows]
        address = page.older
    assert amounts == [f"+${n / 100:.2f}" for n in range(2 * PAGE_LINES + 2, 0, -1)]
    assert page is not None
    assert page.rows[-1].balance == "$0.01"


async def test_a_place_in_somebody_else_s_statement_is_none_in_mine(
    shop: Shop, pages: Pages
) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    line = (await page_services().statement.list_lines(bob.id, limit=1, cursor=None)).lines[0]
    browser = await sign_in(shop, pages, ann.id)
    for before in (line.id, "nonsense", "a.b"):
        page = await browser.open(StatementState, f"{STATEMENT}?before={before}")
        assert page.problem == "This statement page doesn't exist."
        assert (page.rows, page.older, page.has_newer) == ([], "", False)


async def test_an_order_without_a_number_is_named_and_leads_nowhere(
    shop: Shop, pages: Pages
) -> None:
    ann = await shop.customer()
    await shop.supplier.fault("getNumberV2", "no_numbers", count=50)
    await shop.supplier.fault("getNumber", "no_numbers", count=50)
    with pytest.raises(NoNumbers):
        await shop.services.orders.place(ann.buyer, OrderRequest(service="tg", country=7))
    page = await (await sign_in(shop, pages, ann.id)).open(StatementState, STATEMENT)
    assert [(row.kind, row.about, row.href) for row in page.rows[:2]] == [
        ("Refund", "Telegram · Malaysia", ""),
        ("Order placed", "Telegram · Malaysia", ""),
    ]


async def test_an_account_on_which_nothing_moved_has_an_empty_statement(
    shop: Shop, pages: Pages
) -> None:
    ann = await shop.customer(cents=0)
    page = await (await sign_in(shop, pages, ann.id)).open(StatementState, STATEMENT)
    assert (page.access, page.rows, page.balance, page.older) == (MEMBER, [], "$0.00", "")
