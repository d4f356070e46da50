"""The page to withdraw as the server writes it, for a browser without scripts."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from jiema_app.domain.withdrawals.draft_views import DraftRefused, TypedWithdrawal
from jiema_app.serving.member_pages import find_member_page
from jiema_app.serving.page_server import PageServer
from tests.api.test_shop_withdrawals import make_old
from tests.support.built_pages import page_server
from tests.support.shop import Customer, Shop
from tests.support.visits import Pages, sign_in
from tests.support.withdrawing import STRANGER, administrator, earner, wish

PAGE = "/en/account/withdraw"


@pytest.fixture
def templates() -> PageServer:
    """The page, with nothing on it but what is written into it."""
    return page_server({"account/withdraw": "<!--slot:own-->"})


async def html_for(
    shop: Shop, pages: Pages, templates: PageServer, who: Customer, query: str = "plain"
) -> str:
    browser = await sign_in(shop, pages, who.id)
    found = await find_member_page(templates, PAGE, query.encode(), browser.cookie)
    assert found is not None
    headers = dict(found.headers)
    assert headers[b"cache-control"] == b"private, no-store"
    return found.content.decode()


async def draft_of(shop: Shop, who: Customer) -> str:
    drafts = shop.services.payouts.drafts
    typed = TypedWithdrawal(address=STRANGER, amount="20", source="commission")
    return drafts.carry(who.id, await drafts.prepare(who.id, typed))


def form_values(html: str, action: str) -> dict[str, str]:
    """What a form would send, by its address."""
    [form] = re.findall(rf'<form[^>]* action="{action}".*?</form>', html, re.DOTALL)
    fields = re.findall(r'<input[^>]*? name="([a-z]+)"[^>]*? value="([^"]*)"', form)
    return dict(fields)


async def test_the_form_and_the_rules_stand_there(
    shop: Shop, pages: Pages, templates: PageServer
) -> None:
    html = await html_for(shop, pages, templates, await earner(shop))
    assert form_values(html, "/api/shop/withdrawals/drafts") == {
        "locale": "en",
        "address": "",
        "amount": "",
    }
    assert "The fee is 5% of the amount, at least $2.00." in html
    assert "Continue with all of it" in html
    assert "$50.00" in html
    assert 'action="/api/shop/withdrawals"' not in html
    # Nothing of it stands where scripts run: neither twice for eyes nor for ears.
    assert "$50.00" not in re.sub(r"<noscript>.*?</noscript>", "", html, flags=re.DOTALL)


async def test_a_draft_is_shown_to_be_confirmed(
    shop: Shop, pages: Pages, templates: PageServer
) -> None:
    ann = await earner(shop)
    html = await html_for(shop, pages, templates, ann, f"plain&draft={await draft_of(shop, ann)}")
    [shown] = re.findall(r'translate="no" class="w-fit.*?</dd>', html)
    assert "".join(re.findall(r">([A-Za-z0-9]+)</span>", shown)) == STRANGER
    assert '<bdi dir="ltr">18.00 USDT</bdi>' in html
    values = form_values(html, "/api/shop/withdrawals")
    carried = shop.services.payouts.drafts.open(ann.id, values["draft"])
    assert carried is not None
    view = await shop.services.payouts.drafts.request(ann.id, carried, shop.services.clock.now())
    assert view.address == STRANGER
    # What was typed can be changed below it.
    assert form_values(html, "/api/shop/withdrawals/drafts")["address"] == STRANGER


async def test_who_signed_in_too_long_ago_is_led_to_the_providers_and_back(
    shop: Shop, pages: Pages, templates: PageServer
) -> None:
    ann = await earner(shop)
    sealed = await draft_of(shop, ann)
    browser = await sign_in(shop, pages, ann.id)
    await make_old(shop, ann)
    found = await find_member_page(
        templates, PAGE, f"plain&draft={sealed}".encode(), browser.cookie
    )
    assert found is not None
    html = found.content.decode()
    assert 'action="/api/shop/withdrawals"' not in html
    links = re.findall(r'href="(/api/auth/[a-z]+\?[^"]+)"', html)
    assert [urlsplit(one).path for one in links] == ["/api/auth/google", "/api/auth/telegram"]
    [back] = parse_qs(urlsplit(links[0]).query)["next"]
    assert back.startswith(f"{PAGE}?plain&draft=")
    again = await html_for(shop, pages, templates, ann, urlsplit(back).query)
    assert 'action="/api/shop/withdrawals"' in again


async def test_what_is_wrong_stands_at_its_field_with_what_was_typed(
    shop: Shop, pages: Pages, templates: PageServer
) -> None:
    ann = await earner(shop)
    drafts = shop.services.payouts.drafts
    typed = TypedWithdrawal(address='"><script>x</script>', amount="4", source="commission")
    with pytest.raises(DraftRefused) as refused:
        await drafts.prepare(ann.id, typed)
    sealed = drafts.carry_back(ann.id, typed, refused.value.refusals)
    html = await html_for(shop, pages, templates, ann, f"plain&draft={sealed}")
    assert "<script>x" not in html
    assert 'value="&#34;&gt;&lt;script&gt;x&lt;/script&gt;"' in html
    assert re.search(r'id="plain-address-problem" role="alert"[^>]*>This isn', html)
    assert re.search(r'id="plain-amount-problem" role="alert"[^>]*>The smallest', html)
    assert html.count(" autofocus") == 1
    assert html.count('aria-invalid="true"') == 2
    assert 'value="4"' in html


async def test_one_that_is_open_can_be_taken_back_and_one_that_was_rejected_says_why(
    shop: Shop, pages: Pages, templates: PageServer
) -> None:
    ann = await earner(shop)
    made = await shop.services.payouts.withdrawals.request(ann.id, wish(20))
    html = await html_for(shop, pages, templates, ann)
    assert f'action="/api/shop/withdrawals/{made.id}/cancel"' in html
    assert 'action="/api/shop/withdrawals/drafts"' not in html
    assert STRANGER in html
    await shop.services.payouts.reviews.reject(
        made.id, actor=await administrator(shop), note="<i>Ask us first.</i>"
    )
    html = await html_for(shop, pages, templates, ann)
    assert "&lt;i&gt;Ask us first.&lt;/i&gt;" in html
    assert f"/api/shop/withdrawals/{made.id}/cancel" not in html
    assert 'action="/api/shop/withdrawals/drafts"' in html


async def test_a_draft_of_somebody_else_and_nonsense_are_nothing(
    shop: Shop, pages: Pages, templates: PageServer
) -> None:
    ann, eve = await earner(shop), await earner(shop)
    planted = await draft_of(shop, eve)
    nonsense: list[Any] = [planted, "x", "%ff%00", "A" * 5_000]
    for text in nonsense:
        html = await html_for(shop, pages, templates, ann, f"plain&draft={text}")
        assert 'action="/api/shop/withdrawals"' not in html
        assert STRANGER not in html
    many = await html_for(shop, pages, templates, ann, "plain&" + "&".join(["a=1"] * 500))
    assert 'action="/api/shop/withdrawals/drafts"' in many
    guest = await find_member_page(templates, PAGE, b"plain", "")
    assert guest is not None
    assert b"<noscript>" not in guest.content
