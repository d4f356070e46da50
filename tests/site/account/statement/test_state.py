"""The statement, as its state tells it."""

import pytest

from jiema_app.domain.errors import NoNumbers
from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.orders.requests import OrderRequest
from jiema_app.domain.units import Cents, micro
from jiema_app.site.account.statement.state import CSV_ADDRESS, PAGE_LINES, StatementState
from jiema_app.site.account.statement_lines import KINDS
from jiema_app.site.states.live_pages import commission_topic
from jiema_app.site.states.member_page import MEMBER
from jiema_app.site.states.page_services import page_services
from tests.support.polling import until
from tests.support.shop import Customer, Shop
from tests.support.visits import Pages, sign_in
from tests.support.withdrawing import earner, wish

STATEMENT = "/en/account/statement"


async def test_every_kind_of_movement_on_a_user_s_balance_has_its_words() -> None:
    between_houses = {
        TransferKind.ORDER_RECEIVED,
        TransferKind.PAYMENT_HELD,
        TransferKind.PAYMENT_REFUND_DUE,
        TransferKind.PAYMENT_UNCLAIMED,
        TransferKind.PAYMENT_REFUNDED,
        TransferKind.POOL_OUTGOING,
        TransferKind.HOUSE_FUNDED,
        TransferKind.HOUSE_OUTGOING,
        TransferKind.HOUSE_MOVED,
    }
    of_other_purses = {
        TransferKind.COMMISSION_ACCRUED,
        TransferKind.COMMISSION_REVERSED,
        TransferKind.WITHDRAWAL_SETTLED,
        TransferKind.WITHDRAWAL_FEE,
    }
    assert set(KINDS) == set(TransferKind) - between_houses - of_other_purses


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
        assert bool(page.newest) == (address != STATEMENT)
        assert page.rows[0].balance == page.balance or page.newest
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
        assert (page.rows, page.older, page.newest) == ([], "", "")


async def fail_to_buy(shop: Shop, customer: Customer) -> None:
    await shop.supplier.fault("getNumberV2", "no_numbers", count=50)
    await shop.supplier.fault("getNumber", "no_numbers", count=50)
    with pytest.raises(NoNumbers):
        await shop.services.orders.place(customer.buyer, OrderRequest(service="tg", country=7))


async def test_a_purchase_that_found_no_number_is_one_line_that_opens_to_the_pair(
    shop: Shop, pages: Pages
) -> None:
    ann = await shop.customer()
    await fail_to_buy(shop, ann)
    browser = await sign_in(shop, pages, ann.id)
    page = await browser.open(StatementState, STATEMENT)
    folded, credit = page.rows
    assert (folded.kind, folded.about) == (
        "No number found — not charged",
        "Telegram · Malaysia",
    )
    assert (folded.href, folded.amount, folded.balance) == ("", "$0.00", "$50.00")
    assert [(part.kind, part.amount[0]) for part in folded.parts] == [
        ("Refund", "+"),
        ("Order placed", "-"),
    ]
    assert (credit.kind, credit.parts) == ("Sandbox credit", [])
    # Both are in the sums, which are those of the books.
    price = folded.parts[0].amount.removeprefix("+$")
    assert page.sums.money_in == f"+${50 + float(price):.2f}"
    assert (page.sums.money_out, page.sums.net) == (f"-${price}", "+$50.00")
    assert page.months == []
    one = await browser.open(StatementState, f"{STATEMENT}?kind=order_refunded")
    assert [(row.kind, row.parts) for row in one.rows] == [("Refund", [])]


async def test_a_filter_stands_in_the_address_of_each_page_and_of_the_file(
    shop: Shop, pages: Pages
) -> None:
    ann = await shop.customer()
    for _ in range(2):
        await shop.deliver(await shop.place(ann))
    await shop.place(ann, "wa", 7)
    browser = await sign_in(shop, pages, ann.id)
    page = await browser.open(StatementState, f"{STATEMENT}?service=telegram&country=my&key=&x=1")
    assert [row.about for row in page.rows] == ["Telegram · Malaysia"] * 2
    assert (page.sums.lines, page.sums.money_in) == ("2 lines", "$0.00")
    assert page.csv == "/api/shop/statement.csv?service=telegram&country=my"
    assert (page.filter.service, page.filter.kind) == ("telegram", "")
    assert [one.label for one in page.filter.services] == ["Telegram", "WhatsApp"]
    assert [(month.total, [one.name for one in month.shares]) for month in page.months] == [
        (page.sums.money_out.removeprefix("-"), ["Telegram"])
    ]
    whole = await browser.open(StatementState, STATEMENT)
    assert (whole.csv, whole.is_filtered) == ("/api/shop/statement.csv", False)
    assert [one.name for one in whole.months[0].shares] == ["Telegram", "WhatsApp"]


@pytest.mark.parametrize(
    "query",
    [
        "kind=house", "kind=order_received", "service=%00", "service=" + "x" * 500, "country=99999999",
        "country=-1", "country=%D9%A3", "key=1", "from=2026-02-30", "to=yesterday", "from=9999-01-01",
    ],
)  # fmt: skip
async def test_a_filter_that_cannot_be_meant_is_said_to_be_none(
    shop: Shop, pages: Pages, query: str
) -> None:
    ann = await shop.customer()
    browser = await sign_in(shop, pages, ann.id)
    page = await browser.open(StatementState, f"{STATEMENT}?{query}")
    assert page.problem == "This filter isn't valid. Clear it and choose again."
    assert (page.access, page.rows, page.csv) == (MEMBER, [], "")


async def test_days_the_wrong_way_round_are_meant_the_other_way(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    browser = await sign_in(shop, pages, ann.id)
    page = await browser.open(StatementState, f"{STATEMENT}?from=2026-02-02&to=2026-02-01")
    assert (page.filter.first_day, page.filter.last_day) == ("2026-02-01", "2026-02-02")
    assert page.csv == "/api/shop/statement.csv?from=2026-02-01&to=2026-02-02"


async def test_an_account_on_which_nothing_moved_has_an_empty_statement(
    shop: Shop, pages: Pages
) -> None:
    ann = await shop.customer(cents=0)
    page = await (await sign_in(shop, pages, ann.id)).open(StatementState, STATEMENT)
    assert (page.access, page.rows, page.balance, page.older) == (MEMBER, [], "$0.00", "")


async def test_commission_has_a_page_of_its_own_with_its_sums_and_its_file(
    shop: Shop, pages: Pages
) -> None:
    ann = await earner(shop, 12.345)
    asked = await shop.services.payouts.withdrawals.request(ann.id, wish(5))
    browser = await sign_in(shop, pages, ann.id)
    page = await browser.open(StatementState, f"{STATEMENT}?account=commission")
    assert (page.account, page.balance, page.is_filtered) == ("commission", "$7.345", False)
    assert [(row.kind, row.about, row.href, row.amount) for row in page.rows] == [
        ("Withdrawal requested", "USDT on TRON", "/en/account/withdraw", "-$5.00"),
        ("Sandbox commission", "", "", "+$12.345"),
    ]
    assert (page.sums.money_in, page.sums.money_out) == ("+$12.345", "-$5.00")
    assert page.csv == f"{CSV_ADDRESS}?account=commission"
    assert "Order placed" not in [one.label for one in page.filter.kinds]
    await shop.services.payouts.withdrawals.cancel(ann.id, asked.id)
    page_services().live.announce(commission_topic(ann.id))
    await until(lambda: [row.kind for row in page.rows[:1]] == ["Withdrawal returned"])
    assert page.balance == "$12.345"
    one = await browser.open(
        StatementState, f"{STATEMENT}?account=commission&kind=withdrawal_requested"
    )
    assert (len(one.rows), one.is_filtered) == (1, True)
    none = await browser.open(StatementState, f"{STATEMENT}?account=commission&kind=order_placed")
    assert none.problem == "This filter isn't valid. Clear it and choose again."
    balance = await browser.open(StatementState, STATEMENT)
    assert (balance.account, balance.rows) == ("", [])
