"""The account page and the statement, as their states tell them."""

import pytest

from jiema_app.domain.errors import NoNumbers
from jiema_app.domain.identity.service import DISPLAY_NAME_MAX
from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.orders.requests import OrderRequest
from jiema_app.domain.units import Cents, micro
from jiema_app.site.account.overview.state import AccountState
from jiema_app.site.account.statement.state import PAGE_LINES, StatementState
from jiema_app.site.account.statement_lines import KINDS
from jiema_app.site.states.member_page import FAILED, GUEST, MEMBER
from jiema_app.site.states.page_services import close_page_services, page_services
from tests.support.shop import Shop
from tests.support.visits import Browser, Pages, sign_in

ACCOUNT = "/en/account"
STATEMENT = "/en/account/statement"


async def test_the_account_page_shows_balance_name_and_latest_movements(
    shop: Shop, pages: Pages
) -> None:
    ann = await shop.customer(cents=2_000)
    order = await shop.place(ann)
    browser = await sign_in(shop, pages, ann.id)
    page = await browser.open(AccountState, ACCOUNT)
    account = await shop.services.identity.get_account(ann.id)
    assert page.standing == MEMBER
    assert page.name == account.display_name
    assert page.balance == f"${account.balance_micro / 1_000_000:.2f}"
    assert [row.kind for row in page.recent] == ["Order placed", "Sandbox credit"]
    assert page.recent[0].about == "Telegram · Malaysia"
    assert page.recent[0].href == f"/en/order/{order.id}"
    assert page.recent[0].amount == f"-${order.price_micro / 1_000_000:.2f}"
    assert (page.recent[1].amount, page.recent[1].is_credit) == ("+$20.00", True)


async def test_a_guest_sees_nothing(shop: Shop, pages: Pages) -> None:
    for cookie in ("", "sid=", "sid=nonsense"):
        page = await Browser(pages, cookie).open(AccountState, ACCOUNT)
        assert page.standing == GUEST
        assert (page.balance, page.name, page.recent) == ("", "", [])


async def test_a_new_name_is_kept_in_one_line(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    page = await (await sign_in(shop, pages, ann.id)).open(AccountState, ACCOUNT)
    await page.rename({"name": "  Ann \n of   Ipoh "})
    assert (page.name, page.name_problem, page.name_done) == ("Ann of Ipoh", "", "Saved.")
    assert (await shop.services.identity.get_account(ann.id)).display_name == "Ann of Ipoh"


@pytest.mark.parametrize("name", ["", "   ", "x" * (DISPLAY_NAME_MAX + 1), "a\u202eb", None])
async def test_a_name_that_cannot_be_read_is_refused_at_its_field(
    shop: Shop, pages: Pages, name: str | None
) -> None:
    ann = await shop.customer()
    page = await (await sign_in(shop, pages, ann.id)).open(AccountState, ACCOUNT)
    before = page.name
    await page.rename({} if name is None else {"name": name})
    assert page.name_problem == "Use 1 to 60 characters that can be seen."
    assert (page.name, page.name_done) == (before, "")
    assert (await shop.services.identity.get_account(ann.id)).display_name == before


async def test_a_chosen_language_is_kept_and_the_page_offered_in_it(
    shop: Shop, pages: Pages
) -> None:
    ann = await shop.customer()
    page = await (await sign_in(shop, pages, ann.id)).open(AccountState, ACCOUNT)
    await page.choose_language({"lang": "zh"})
    assert (page.lang_problem, page.lang_offer, page.lang_offer_name) == ("", "zh", "中文")
    assert (await shop.services.identity.get_account(ann.id)).lang == "zh"
    await page.choose_language({"lang": "en"})
    assert page.lang_offer == ""
    await page.choose_language({"lang": "../xx"})
    assert page.lang_problem == "Choose one of the languages."
    assert (await shop.services.identity.get_account(ann.id)).lang == "en"


async def test_nothing_changes_once_the_session_has_ended(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    page = await (await sign_in(shop, pages, ann.id)).open(AccountState, ACCOUNT)
    before = page.name
    await shop.services.sessions.close_all(ann.id)
    await page.rename({"name": "Somebody else"})
    assert page.standing == GUEST
    assert (page.balance, page.name, page.recent) == ("", "", [])
    assert (await shop.services.identity.get_account(ann.id)).display_name == before


async def test_a_banned_visitor_is_nobody(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    page = await (await sign_in(shop, pages, ann.id)).open(AccountState, ACCOUNT)
    await shop.services.identity.ban(ann.id, actor="test", reason="a test")
    shop.services.sessions.forget(ann.id)
    await page.refresh()
    assert (page.standing, page.balance) == (GUEST, "")


async def test_many_changes_in_a_minute_are_refused_kindly(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    page = await (await sign_in(shop, pages, ann.id)).open(AccountState, ACCOUNT)
    for number in range(shop.settings.limits.writes_per_minute + 1):
        await page.rename({"name": f"Ann {number}"})
    assert page.name_problem == "That was a lot in a short time. Wait a minute."


async def test_a_page_that_cannot_be_read_says_so(shop: Shop, pages: Pages) -> None:
    browser = await sign_in(shop, pages, (await shop.customer()).id)
    page = browser.hold(AccountState, ACCOUNT)
    close_page_services()
    await page.load()
    assert page.standing == FAILED


async def test_every_kind_of_movement_on_a_user_s_balance_has_its_words() -> None:
    between_houses = {
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
        assert page.problem == "This page of the statement does not exist."
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
    assert (page.standing, page.rows, page.balance, page.older) == (MEMBER, [], "$0.00", "")
