"""The page to withdraw, as its state tells it to its owner, and to nobody else."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from jiema_app.domain.withdrawals.draft_views import DraftRefused, TypedWithdrawal
from jiema_app.site.account.withdraw.form_display import AddressNote, AmountNote
from jiema_app.site.account.withdraw.reading import (
    CONFIRM,
    FORM,
    OPEN,
    PAGE_ROWS,
    PAUSED,
    TOO_LITTLE,
)
from jiema_app.site.account.withdraw.state import WithdrawState
from jiema_app.site.states.live_pages import commission_topic
from jiema_app.site.states.member_page import FAILED, GUEST, MEMBER
from jiema_app.site.states.page_services import (
    close_page_services,
    open_page_services,
    page_services,
)
from tests.api.test_shop_withdrawals import make_old
from tests.support.polling import until
from tests.support.shop import Customer, Shop
from tests.support.visits import Browser, Pages, sign_in
from tests.support.withdrawing import (
    ANOTHER,
    STRANGER,
    administrator,
    change_terms,
    earner,
    micro,
    purse,
    wish,
)

PAGE = "/en/account/withdraw"
FILLED = {"address": STRANGER, "amount": "20"}


async def open_page(shop: Shop, pages: Pages, who: Customer, address: str = PAGE) -> WithdrawState:
    return await (await sign_in(shop, pages, who.id)).open(WithdrawState, address)


async def type_address(page: WithdrawState, text: str) -> AddressNote:
    async for _ in page.type_address(text):
        pass
    return page.address


async def type_amount(page: WithdrawState, text: str) -> AmountNote:
    await page.type_amount(text)
    return page.amount


async def confirmed(page: Any) -> WithdrawState:
    await page.go_on(FILLED)
    assert page.step == CONFIRM
    await page.confirm()
    shown: WithdrawState = page
    return shown


async def test_both_steps_and_taking_it_back(shop: Shop, pages: Pages) -> None:
    ann = await earner(shop)
    page: Any = await open_page(shop, pages, ann)
    assert (page.access, page.step, page.purse.available) == (MEMBER, FORM, "$50.00")
    await page.go_on(FILLED)
    assert page.step == CONFIRM
    assert (page.draft.net, page.draft.fee, page.draft.sign_in) == ("18.00 USDT", "2.00 USDT", "")
    assert await purse(shop, ann) == (micro(50), 0)
    await page.confirm()
    assert (page.step, page.draft.address, page.notice) == (OPEN, "", "")
    assert (page.latest.status_word, page.latest.is_cancellable) == ("In review", True)
    assert (page.purse.available, page.purse.held) == ("$30.00", "$20.00")
    await page.confirm()
    assert len(page.rows) == 1
    await page.cancel()
    assert page.good_news == "All $20.00, including the fee, is back in your commission."
    assert (page.step, page.latest.is_shown) == (FORM, False)
    assert [row.status_word for row in page.rows] == ["Cancelled"]
    assert await purse(shop, ann) == (micro(50), 0)
    await page.cancel()
    assert page.notice == (
        "This withdrawal has been approved or has ended, so it wasn't cancelled."
    )


async def test_what_was_typed_is_looked_at(shop: Shop, pages: Pages) -> None:
    page = await open_page(shop, pages, await earner(shop))
    for begun in ("", "  ", "T", "TJzXt1sZ", STRANGER[:33]):
        assert await type_address(page, begun) == AddressNote(), "they are still typing"
    assert "isn't a TRON address" in (await type_address(page, "0x12")).problem
    assert "isn't a TRON address" in (await type_address(page, "T" * 100_000)).problem
    assert "wrong or missing" in (await type_address(page, STRANGER[:-1] + "4")).problem
    assert (await type_address(page, f" {STRANGER}\u200b ")).good == "This address can be paid."
    assert (await type_amount(page, "20")).net == "18.00 USDT"
    assert (await type_amount(page, "40,02")).fee == "2.01 USDT"
    assert (await type_amount(page, "4")).problem == "The smallest withdrawal is $5.00."
    assert (await type_amount(page, "51")).problem == "You can withdraw up to $50.00."
    assert (await type_amount(page, "x" * 100_000)).problem.startswith("Enter an amount")
    assert await type_amount(page, "") == AmountNote()


async def test_what_is_wrong_stands_below_its_field(shop: Shop, pages: Pages) -> None:
    page: Any = await open_page(shop, pages, await earner(shop))
    await page.go_on({"address": "bc1q", "amount": "4"})
    assert page.step == FORM
    assert "isn't a TRON address" in page.address.problem
    assert "smallest" in page.amount.problem
    assert page.notice == ""
    await page.go_on({})
    assert page.address.problem == "Enter the address we should pay to."
    await page.go_on({"address": STRANGER, "amount": "20", "source": "spending"})
    assert page.notice == "Only commission can be withdrawn."
    await page.go_on(FILLED)
    assert (page.address.problem, page.amount.problem, page.notice) == ("", "", "")
    await page.go_back()
    assert (page.step, page.amount.net) == (FORM, "18.00 USDT")


async def test_the_balance_can_be_chosen_where_the_terms_say_so(shop: Shop, pages: Pages) -> None:
    await change_terms(shop, takes_spending=True)
    ann = await shop.customer(cents=10_000)
    page: Any = await open_page(shop, pages, ann)
    assert [one.label for one in page.purse.sources] == ["Commission", "Balance"]
    await type_amount(page, "100")
    assert page.amount.problem == "You can withdraw up to $0.00."
    await page.choose_source("spending")
    assert (page.source_exact, page.amount.net) == ("100.00", "95.00 USDT")
    await page.go_on({"address": STRANGER, "amount": "100", "source": "spending"})
    await page.confirm()
    assert page.latest.source == "Balance"
    assert await shop.balance(ann) == 0
    await page.cancel()
    assert "back in your balance" in page.good_news
    await page.choose_source("anything")
    assert page.source == "commission"


async def test_who_signed_in_too_long_ago_is_led_to_sign_in_and_back(
    shop: Shop, pages: Pages
) -> None:
    ann = await earner(shop)
    page: Any = await open_page(shop, pages, ann)
    await page.go_on(FILLED)
    await make_old(shop, ann)
    await page.confirm()
    assert page.step == CONFIRM
    assert "sign in again" in page.notice
    way = urlsplit(page.draft.sign_in)
    query = parse_qs(way.query)
    assert (way.path, query["error"]) == ("/en/login", ["again"])
    assert await purse(shop, ann) == (micro(50), 0)
    back = await open_page(shop, pages, ann, query["next"][0])
    assert (back.step, back.draft.net, back.draft.sign_in) == (CONFIRM, "18.00 USDT", "")
    assert (back.typed_address, back.typed_amount) == (STRANGER, "20.00")
    again: Any = back
    await again.confirm()
    assert back.step == OPEN
    # The address of the page still carries it, and it is no draft any more.
    await again.cancel()
    later = await open_page(shop, pages, ann, query["next"][0])
    assert (later.step, later.draft.address) == (FORM, "")


async def test_a_draft_that_somebody_else_made_is_not_shown(shop: Shop, pages: Pages) -> None:
    ann, eve = await earner(shop), await earner(shop)
    evil: Any = await open_page(shop, pages, eve)
    await evil.go_on({"address": ANOTHER, "amount": "20"})
    planted = f"{PAGE}?draft={evil.draft.sealed}"
    page = await open_page(shop, pages, ann, planted)
    assert (page.step, page.draft.address, page.typed_address) == (FORM, "", "")
    for nonsense in ("x", "%00", "A" * 5_000):
        page = await open_page(shop, pages, ann, f"{PAGE}?draft={nonsense}")
        assert (page.access, page.step) == (MEMBER, FORM)


async def test_a_form_that_was_refused_without_scripts_is_filled_in_again(
    shop: Shop, pages: Pages
) -> None:
    ann = await earner(shop)
    drafts = shop.services.payouts.drafts
    typed = TypedWithdrawal(address="0x12", amount="20", source="commission")
    with pytest.raises(DraftRefused) as refused:
        await drafts.prepare(ann.id, typed)
    sealed = drafts.carry_back(ann.id, typed, refused.value.refusals)
    page = await open_page(shop, pages, ann, f"{PAGE}?draft={sealed}")
    assert (page.step, page.typed_address, page.typed_amount) == (FORM, "0x12", "20")
    assert "isn't a TRON address" in page.address.problem


async def test_another_fee_is_shown_before_it_is_confirmed(shop: Shop, pages: Pages) -> None:
    ann = await earner(shop)
    page: Any = await open_page(shop, pages, ann)
    await page.go_on(FILLED)
    await change_terms(shop, fee_min_micro=micro(3))
    await page.confirm()
    assert (page.step, page.draft.net) == (CONFIRM, "17.00 USDT")
    assert "fee has just changed" in page.notice
    await page.confirm()
    assert (page.step, page.latest.net) == (OPEN, "17.00 USDT")


async def test_one_that_was_requested_elsewhere_takes_the_place_of_a_draft(
    shop: Shop, pages: Pages
) -> None:
    ann = await earner(shop)
    page: Any = await open_page(shop, pages, ann)
    await page.go_on(FILLED)
    await shop.services.payouts.withdrawals.request(ann.id, wish(10))
    await page.confirm()
    assert page.notice.startswith("You already have an open withdrawal.")
    assert (page.step, page.latest.amount, page.draft.address) == (OPEN, "10.00 USDT", "")


async def test_there_is_no_form_where_there_is_too_little_or_a_pause(
    shop: Shop, pages: Pages
) -> None:
    poor = await open_page(shop, pages, await earner(shop, 4))
    assert (poor.step, poor.purse.too_little) == (
        TOO_LITTLE,
        "The smallest withdrawal is $5.00.",
    )
    ann = await earner(shop)
    services = page_services()
    open_page_services(replace(services, withdrawals=replace(services.withdrawals, is_open=False)))
    page = await open_page(shop, pages, ann)
    assert page.step == PAUSED
    assert page.paused == "Withdrawals are paused for now. Your commission isn't affected."


async def test_what_reviewers_decide_arrives_by_itself_at_its_owner_s_page_alone(
    shop: Shop, pages: Pages
) -> None:
    ann, bob = await earner(shop), await earner(shop)
    page: Any = await open_page(shop, pages, ann)
    await confirmed(page)
    other = await open_page(shop, pages, bob)
    await shop.services.payouts.reviews.reject(
        page.latest.id, actor=await administrator(shop), note="Ask us first."
    )
    seen = page.rows[0].status_word
    page_services().live.announce(commission_topic(bob.id))
    page_services().live.announce(commission_topic(ann.id))

    await until(lambda: page.latest.status_word == "Rejected")
    assert seen == "In review"
    assert (page.latest.note, page.step) == ("Ask us first.", FORM)
    assert page.purse.available == "$50.00"
    assert (other.rows, other.latest.id) == ([], "")


async def test_the_pages_of_the_list_join_without_gap_or_repetition(
    shop: Shop, pages: Pages
) -> None:
    ann = await earner(shop)
    await change_terms(shop, per_day_count=1_000)
    made = []
    for _ in range(PAGE_ROWS + 2):
        one = await shop.services.payouts.withdrawals.request(ann.id, wish(5))
        made.append(one.id)
        await shop.services.payouts.withdrawals.cancel(ann.id, one.id)
    first = await open_page(shop, pages, ann)
    second = await open_page(shop, pages, ann, first.older)
    assert [row.id for row in (*first.rows, *second.rows)] == made[::-1]
    assert (first.has_newer, second.has_newer, second.older) == (False, True, "")
    strange = await open_page(shop, pages, ann, f"{PAGE}?before=nonsense")
    assert len(strange.rows) == PAGE_ROWS


async def test_a_guest_is_shown_nothing_and_can_do_nothing(shop: Shop, pages: Pages) -> None:
    page: Any = await Browser(pages).open(WithdrawState, PAGE)
    assert (page.access, page.rows, page.purse.available) == (GUEST, [], "")
    assert await type_address(page, STRANGER) == AddressNote()
    await page.go_on(FILLED)
    await page.confirm()
    await page.cancel()
    assert (page.access, page.draft.address) == (GUEST, "")


async def test_a_page_that_cannot_be_read_says_so(shop: Shop, pages: Pages) -> None:
    browser = await sign_in(shop, pages, (await earner(shop)).id)
    page = browser.hold(WithdrawState, PAGE)
    close_page_services()
    await page.load()
    assert page.access == FAILED


async def test_the_chain_is_asked_a_bounded_number_of_times(shop: Shop, pages: Pages) -> None:
    """However fast somebody types, and however many they are."""
    ann = await earner(shop)
    asked = [await page_services().may_ask_chain(ann.id) for _ in range(15)]
    assert asked == [True] * 10 + [False] * 5
    others = [
        await page_services().may_ask_chain(f"somebody {number}-{place}")
        for number in range(10)
        for place in range(10)
    ]
    assert others.count(True) == 50
