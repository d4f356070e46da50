"""What the server writes of somebody's own things, for browsers without scripts."""

import re

import pytest

from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.serving.member_pages import find_member_page
from jiema_app.serving.page_server import PageServer
from jiema_app.serving.static_files import StaticFile
from jiema_app.site.account.together_address import together_path
from jiema_app.site.live_registry import MEMBER_PARTS
from tests.support.built_pages import page_server
from tests.support.payments import open_recharge, pay
from tests.support.shop import Customer, Shop
from tests.support.visits import Pages, sign_in

NEVER = "c" + "0" * 24
HEADER = '<span dir="ltr" id="balance" class="x">     </span>'
PAYABLE = 'aria-label="How to pay"'


@pytest.fixture
def templates() -> PageServer:
    """Their pages, with nothing on them but a header and what is written into them."""
    return page_server(dict.fromkeys(MEMBER_PARTS, HEADER + "<!--slot:own-->") | {"browse": "all"})


async def answer(
    templates: PageServer, address: str, cookie: str = "", query: bytes = b"plain"
) -> StaticFile | None:
    return await find_member_page(templates, address, query, cookie)


async def html_for(
    shop: Shop, pages: Pages, templates: PageServer, who: Customer, address: str
) -> str:
    browser = await sign_in(shop, pages, who.id)
    found = await answer(templates, address, browser.cookie)
    assert found is not None
    return found.content.decode()


async def test_a_recharge_can_be_paid(shop: Shop, pages: Pages, templates: PageServer) -> None:
    ann = await shop.customer(cents=0)
    recharge = await open_recharge(shop, ann, "12.34")
    address = f"/en/account/topup/{recharge.id}"
    html = await html_for(shop, pages, templates, ann, address)
    assert html.count(recharge.address) == 1
    assert '<bdi dir="ltr">12.34 USDT</bdi>' in html
    assert re.search(r"Valid until</dt><dd[^>]*>[^<]* \d\d:\d\d UTC</dd>", html)
    assert "Only USDT, only on TRON (TRC20)." in html
    assert "<noscript><meta" not in html, "it would load itself forever"
    # Nothing of it stands where scripts run: neither twice for eyes nor for ears.
    assert recharge.address not in re.sub(r"<noscript>.*?</noscript>", "", html, flags=re.DOTALL)


async def test_what_became_of_it_is_told_and_nobody_is_asked_to_pay_again(
    shop: Shop, pages: Pages, templates: PageServer
) -> None:
    ann = await shop.customer(cents=0)
    recharge = await open_recharge(shop, ann)
    await pay(shop, recharge, "9.99")
    html = await html_for(shop, pages, templates, ann, f"/en/account/topup/{recharge.id}")
    assert "9.99 USDT arrived, but 10.00 USDT was requested." in html
    assert PAYABLE not in html


async def test_an_order_shows_its_number(shop: Shop, pages: Pages, templates: PageServer) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    assert order.status is OrderStatus.WAITING
    html = await html_for(shop, pages, templates, ann, f"/en/order/{order.id}")
    assert order.phone is not None
    assert order.phone[-4:] in html
    assert "Waiting for a code" in html
    assert "appears here by itself" not in html, "without scripts it does not"


async def test_nobody_else_sees_it(shop: Shop, pages: Pages, templates: PageServer) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    recharge = await open_recharge(shop, ann)
    order = await shop.place(ann)
    for folder, thing, words in (
        ("/en/account/topup", recharge.id, "Top-up not found"),
        ("/en/order", order.id, "Order not found"),
    ):
        html = await html_for(shop, pages, templates, bob, f"{folder}/{thing}")
        never = await html_for(shop, pages, templates, bob, f"{folder}/{NEVER}")
        assert words in html
        assert html.replace(thing, NEVER) == never, "it tells that there is such a thing"
        guest = await answer(templates, f"{folder}/{thing}")
        assert guest is not None
        assert "<noscript>" not in guest.content.decode()


async def test_nobody_keeps_such_an_answer(shop: Shop, pages: Pages, templates: PageServer) -> None:
    ann = await shop.customer()
    recharge = await open_recharge(shop, ann)
    browser = await sign_in(shop, pages, ann.id)
    for cookie in ("", browser.cookie):
        found = await answer(templates, f"/en/account/topup/{recharge.id}", cookie)
        assert found is not None
        kept = [value for name, value in found.headers if name == b"cache-control"]
        assert kept == [b"private, no-store"]


async def test_a_browser_with_scripts_gets_the_page_that_is_everybody_s(
    shop: Shop, pages: Pages, templates: PageServer
) -> None:
    ann = await shop.customer()
    recharge = await open_recharge(shop, ann)
    browser = await sign_in(shop, pages, ann.id)
    address = f"/en/account/topup/{recharge.id}"
    assert await answer(templates, address, browser.cookie, b"") is None
    assert await answer(templates, address, browser.cookie, b"plainly=1") is None
    assert await answer(templates, "/en/browse", browser.cookie) is None
    shared = await templates.find(address)
    assert isinstance(shared, StaticFile)
    html = shared.content.decode()
    assert recharge.address not in html
    assert (
        html.count('<noscript><meta http-equiv="refresh" content="0;url=?plain"></noscript>') == 1
    )


async def test_orders_that_were_bought_together_are_written_below_each_other(
    shop: Shop, pages: Pages, templates: PageServer
) -> None:
    ann, eve = await shop.customer(), await shop.customer()
    first, second, hers = await shop.place(ann), await shop.place(ann), await shop.place(eve)
    await shop.deliver(second, "Your code is 482913")
    address = together_path("en", [first.id, second.id, hers.id])
    html = await html_for(shop, pages, templates, ann, address)
    assert "Codes: 1 of 2" in html
    assert "482 913" in html
    assert html.count("/en/order/") == 2
    assert f"/en/order/{hers.id}" not in html
    # The address says which of them is shown: why there are not more.
    assert 'id="short-NO_NUMBERS" role="alert" class="hidden target:block' in html


async def test_the_header_is_a_member_s_with_their_balance(
    shop: Shop, pages: Pages, templates: PageServer
) -> None:
    ann = await shop.customer(cents=1234)
    html = await html_for(shop, pages, templates, ann, "/en/account/sessions")
    assert html.startswith('<html data-visitor="member">')
    assert 'id="balance" class="x">$12.34</span>' in html
    assert "This page needs JavaScript" in html
    for cookie in ("", "signed_in=1", "sid=nothing; signed_in=1"):
        guest = await answer(templates, "/en/account/sessions", cookie)
        assert guest is not None
        assert "data-visitor=" not in re.sub("<script>.*?</script>", "", guest.content.decode())
        assert "This page needs JavaScript" not in guest.content.decode()


async def test_orders_are_listed_to_whom_they_belong(
    shop: Shop, pages: Pages, templates: PageServer
) -> None:
    ann, eve = await shop.customer(), await shop.customer()
    older, newer, hers = await shop.place(ann), await shop.place(ann), await shop.place(eve)
    await shop.deliver(older, "Your code is 482913")
    html = await html_for(shop, pages, templates, ann, "/en/orders")
    links = [html.find(f'href="/en/order/{order.id}?plain"') for order in (newer, older)]
    assert 0 < links[0] < links[1]
    assert "482 913" in html
    assert hers.id not in html
    nobody = await shop.customer()
    assert "No orders yet" in await html_for(shop, pages, templates, nobody, "/en/orders")


async def test_an_order_can_be_cancelled_and_with_a_code_finished(
    shop: Shop, pages: Pages, templates: PageServer
) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    form = f'<form method="post" action="/api/shop/orders/{order.id}/'
    html = await html_for(shop, pages, templates, ann, f"/en/order/{order.id}")
    assert f'{form}cancel"' in html
    assert html.count(form) == 1
    await shop.deliver(order)
    html = await html_for(shop, pages, templates, ann, f"/en/order/{order.id}")
    assert f'{form}finish"' in html
    assert f'{form}next-sms"' in html
    assert html.count(form) == 2
    await shop.services.orders.finish(ann.id, order.id)
    html = await html_for(shop, pages, templates, ann, f"/en/order/{order.id}")
    assert form not in html
    assert '<p id="outcome"' in html
