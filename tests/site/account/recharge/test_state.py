"""The page to top up and a recharge's page, as their states tell them."""

import asyncio

import pytest

from jiema_app.domain.payment_reviews.plans import Action, Decision
from jiema_app.domain.recharges.views import Wish
from jiema_app.domain.units import Cents
from jiema_app.site.account.recharge.display import RechargeCard
from jiema_app.site.account.recharge.state import RechargePage
from jiema_app.site.account.statement.state import StatementState
from jiema_app.site.states.page_services import page_services
from tests.support.payments import open_recharge, pay, read, usdt
from tests.support.polling import until
from tests.support.shop import Shop
from tests.support.visits import Browser, Pages, sign_in


def path_of(recharge: str) -> str:
    return f"/en/account/topup/{recharge}"


async def test_a_recharge_is_shown_to_its_owner_as_it_goes_on(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer(cents=0)
    recharge = await open_recharge(shop, ann)
    page = await (await sign_in(shop, pages, ann.id)).open(RechargePage, path_of(recharge.id))
    assert (page.phase, page.recharge.stage) == ("shown", "waiting")
    assert page.recharge.address == recharge.address
    assert page.is_sandbox
    assert page.trust_wallet == "", "no wallet is asked for play money"
    await pay(shop, recharge, 10)
    await page.refresh()
    assert (page.recharge.stage, page.balance_text) == ("credited", "Your balance is now $10.00.")
    assert page.announcement == "10.00 USDT credited to your balance"


async def test_what_changes_while_the_page_is_read_is_shown_as_well(
    shop: Shop, pages: Pages
) -> None:
    ann = await shop.customer(cents=0)
    recharge = await open_recharge(shop, ann)
    browser = await sign_in(shop, pages, ann.id)
    page = browser.hold(RechargePage, path_of(recharge.id))
    async with shop.services.database.transaction() as connection:
        # The recharge can be read, and the balance beside it cannot.
        await connection.execute("lock table ledger_balances in access exclusive mode")
        loading = asyncio.create_task(browser.load(page))
        await shop.wait_until(
            "select count(*) > 0 from pg_locks where not granted and database = "
            "(select oid from pg_database where datname = current_database())"
        )
        await shop.services.recharges.cancel(ann.id, recharge.id)
        page_services().live.announce(f"recharge:{recharge.id}")
    await loading
    await until(lambda: page.recharge.stage == "cancelled")


async def test_what_stood_there_before_is_not_announced(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer(cents=0)
    recharge = await open_recharge(shop, ann)
    await pay(shop, recharge, 10)
    page = await (await sign_in(shop, pages, ann.id)).open(RechargePage, path_of(recharge.id))
    assert (page.recharge.stage, page.announcement) == ("credited", "")


async def test_a_wrong_amount_waits_for_a_person_and_a_second_payment_too(
    shop: Shop, pages: Pages
) -> None:
    ann, bob = await shop.customer(cents=0), await shop.customer(cents=0)
    little, twice = await open_recharge(shop, ann), await open_recharge(shop, bob)
    await pay(shop, little, "9.99")
    await pay(shop, twice, 10)
    await pay(shop, twice, 10)
    page = await (await sign_in(shop, pages, ann.id)).open(RechargePage, path_of(little.id))
    assert (page.recharge.stage, page.balance_text) == ("review", "Your balance is now $0.00.")
    assert page.recharge.status_text[0] == "9.99 USDT arrived, but 10.00 USDT was requested."
    page = await (await sign_in(shop, pages, bob.id)).open(RechargePage, path_of(twice.id))
    assert (page.recharge.stage, page.balance_text) == ("review", "Your balance is now $10.00.")
    assert page.recharge.status_text[0] == "10.00 USDT has already been credited to your balance."


async def test_a_fake_token_leaves_the_way_to_pay_open(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer(cents=0)
    recharge = await open_recharge(shop, ann)
    await pay(shop, recharge, 10, is_genuine=False)
    page = await (await sign_in(shop, pages, ann.id)).open(RechargePage, path_of(recharge.id))
    assert (page.recharge.stage, page.recharge.is_payable) == ("review", True)
    await pay(shop, recharge, 10)
    await page.refresh()
    assert (page.balance_text, page.recharge.is_payable) == ("Your balance is now $10.00.", False)


async def test_a_stranger_and_a_guest_learn_nothing(shop: Shop, pages: Pages) -> None:
    recharge = await open_recharge(shop, await shop.customer(cents=0))
    eve = await sign_in(shop, pages, (await shop.customer()).id)
    theirs = await eve.open(RechargePage, path_of(recharge.id))
    for never in ("c" + "0" * 24, "nonsense", "%2e%2e", "a/b"):
        page = await eve.open(RechargePage, path_of(never))
        assert (page.phase, page.recharge, page.balance_text) == ("missing", RechargeCard(), "")
    assert (theirs.phase, theirs.recharge, theirs.balance_text) == ("missing", RechargeCard(), "")
    for cookie in ("", "sid=nonsense"):
        page = await Browser(pages, cookie).open(RechargePage, path_of(recharge.id))
        assert (page.phase, page.recharge) == ("guest", RechargeCard())


async def test_a_stranger_changes_nothing(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer(cents=0)
    recharge = await open_recharge(shop, ann)
    eve = await sign_in(shop, pages, (await shop.customer()).id)
    page = await eve.open(RechargePage, path_of(recharge.id))
    await page.cancel()
    await page.look()
    assert (page.phase, page.notice, page.good_news) == ("missing", "", "")
    assert (await read(shop, ann.id, recharge)).is_open
    looked = await shop.fetchval("select looked_at from recharges where id = $1", recharge.id)
    assert looked is None


async def test_a_page_empties_itself_when_its_session_is_ended(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer(cents=0)
    recharge = await open_recharge(shop, ann)
    page = await (await sign_in(shop, pages, ann.id)).open(RechargePage, path_of(recharge.id))
    await shop.services.sessions.close_all(ann.id)
    shop.services.sessions.forget(ann.id)
    await page.cancel()
    assert (page.phase, page.recharge, page.balance_text) == ("guest", RechargeCard(), "")
    assert (await read(shop, ann.id, recharge)).is_open


async def test_saying_that_one_has_paid_has_the_chain_looked_at(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer(cents=0)
    recharge = await open_recharge(shop, ann)
    page = await (await sign_in(shop, pages, ann.id)).open(RechargePage, path_of(recharge.id))
    await page.look()
    assert page.good_news.startswith("We're checking now.")
    assert (page.notice, page.recharge.stage) == ("", "waiting")
    assert await shop.fetchval("select looked_at is not null from recharges")


async def test_cancelling_closes_it_and_is_refused_once_something_came(
    shop: Shop, pages: Pages
) -> None:
    ann, bob = await shop.customer(cents=0), await shop.customer(cents=0)
    mine, paid = await open_recharge(shop, ann), await open_recharge(shop, bob)
    page = await (await sign_in(shop, pages, ann.id)).open(RechargePage, path_of(mine.id))
    await page.cancel()
    assert (page.recharge.stage, page.notice) == ("cancelled", "")
    page = await (await sign_in(shop, pages, bob.id)).open(RechargePage, path_of(paid.id))
    await pay(shop, paid, 10)
    await page.cancel()
    assert page.recharge.stage == "credited"
    assert page.notice.startswith("This top-up has just changed")


async def test_many_clicks_in_a_minute_are_refused_kindly(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer(cents=0)
    recharge = await open_recharge(shop, ann)
    page = await (await sign_in(shop, pages, ann.id)).open(RechargePage, path_of(recharge.id))
    for _ in range(shop.settings.limits.writes_per_minute + 1):
        await page.look()
    assert page.notice == "You've reached the limit for now. Try again in 1 minute."
    assert page.good_news == ""


@pytest.mark.parametrize(
    ("decision", "stage", "balance", "words"),
    [
        (
            Decision(Action.CREDIT, usdt(9)),
            "credited",
            "$9.00",
            "we credited 9.00 USDT of the 9.50",
        ),
        (Decision(Action.REFUND), "returning", "$0.00", "We decided to return it"),
        (Decision(Action.DISMISS), "dismissed", "$0.00", "won't be credited or returned"),
    ],
)
async def test_what_a_person_decided_stands_there(
    shop: Shop, pages: Pages, decision: Decision, stage: str, balance: str, words: str
) -> None:
    ann = await shop.customer(cents=0)
    recharge = await open_recharge(shop, ann)
    await pay(shop, recharge, "9.5")
    page = await (await sign_in(shop, pages, ann.id)).open(RechargePage, path_of(recharge.id))
    assert page.recharge.stage == "review"
    await shop.services.reviews.settle(recharge.id, decision, note="a test", actor="command-line")
    await page.refresh()
    assert (page.recharge.stage, page.balance_text) == (stage, f"Your balance is now {balance}.")
    assert words in " ".join(page.recharge.status_text)
    assert page.announcement == page.recharge.headline


async def test_the_statement_leads_from_a_credit_to_its_top_up(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer(cents=0)
    recharge = await open_recharge(shop, ann)
    await pay(shop, recharge, 10)
    page = await (await sign_in(shop, pages, ann.id)).open(StatementState, "/en/account/statement")
    [row] = page.rows
    assert (row.kind, row.about, row.href) == ("Top-up", "USDT on TRON", path_of(recharge.id))
    assert (row.amount, row.balance) == ("+$10.00", "$10.00")


async def test_a_credited_page_offers_what_it_was_for_at_the_price_of_now(
    shop: Shop, pages: Pages
) -> None:
    ann = await shop.customer(cents=0)
    recharge = await open_recharge(shop, ann)
    catalog = shop.services.live_catalog.current
    service, country = catalog.get_service("tg"), catalog.get_country("my")
    price = catalog.list_quotes(service.code, country.id)[0].price_cents
    wish = Wish(service.code, country.id, Cents(price - 1))
    await shop.services.recharges.remember_wish(ann.id, wish)
    await pay(shop, recharge, 10)
    page = await (await sign_in(shop, pages, ann.id)).open(RechargePage, path_of(recharge.id))
    assert (page.wish.country_name, page.wish.cents) == ("Malaysia", price)
    assert page.wish.changed == (
        f"The price has changed: it was ${(price - 1) / 100:.2f}, now it's ${price / 100:.2f}."
    )
    await shop.execute("update offers set count = 0 where service_code = 'tg'")
    await shop.services.live_catalog.reload()
    await page.refresh()
    assert (page.wish.country_name, page.wish.price) == ("Malaysia", "")
