"""The list of orders, as its connection sees it."""

import pytest

from tests.support.live import LiveStack
from tests.support.signed_in import buy, sign_in
from tests.support.tab import State, open_tab

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("site")]

PAGE = "orders_page"
HANDLERS = "jiema_app___site___account___orders___state____orders_page"


def is_shown(page: State) -> bool:
    return page.get("phase") == "shown"


@pytest.fixture(autouse=True)
async def quiet(site: LiveStack) -> None:
    async with site.supplier() as supplier:
        await supplier.behave(smsDelaySeconds=None, minCancelSeconds=0)


async def test_counts_and_lists_one_s_own_orders_alone(site: LiveStack) -> None:
    ann, eve = await sign_in(site), await sign_in(site)
    first, second = await buy(site, ann), await buy(site, ann)
    await buy(site, eve)
    async with site.client(ann.customer) as api:
        (await api.post(f"/api/v1/orders/{first['id']}/cancel")).raise_for_status()
    async with open_tab(site.origin, "/en/orders", ann.cookie) as tab:
        page = await tab.until(PAGE, is_shown)

    assert [row["id"] for row in page["rows"]] == [second["id"], first["id"]]
    counts = {shown["label"]: shown["count"] for shown in page["tabs"]}
    assert counts == {"All": "2", "Waiting": "1", "With a code": "0", "Refunded": "1"}


async def test_group_and_words_stand_in_the_address(site: LiveStack) -> None:
    ann = await sign_in(site)
    first, second = await buy(site, ann), await buy(site, ann)
    async with site.client(ann.customer) as api:
        (await api.post(f"/api/v1/orders/{first['id']}/cancel")).raise_for_status()
    path = "/en/orders?tab=open&q=malaysia"
    async with open_tab(site.origin, path, ann.cookie) as tab:
        page = await tab.until(PAGE, is_shown)

    assert [row["id"] for row in page["rows"]] == [second["id"]]
    assert {tab["label"]: tab["href"] for tab in page["tabs"]}["Refunded"] == (
        "/en/orders?tab=refunded&q=malaysia"
    )


async def test_a_filter_stands_in_the_address_beside_group_and_words(site: LiveStack) -> None:
    ann = await sign_in(site)
    first, _ = await buy(site, ann), await buy(site, ann)
    async with site.client(ann.customer) as api:
        (await api.post(f"/api/v1/orders/{first['id']}/cancel")).raise_for_status()
    path = "/en/orders?tab=refunded&country=my&from=2026-01-01&kind=x&to="
    async with open_tab(site.origin, path, ann.cookie) as tab:
        page = await tab.until(PAGE, is_shown)
    assert [row["id"] for row in page["rows"]] == [first["id"]]
    assert page["filter"]["country"] == "my"
    assert {tab["label"]: tab["href"] for tab in page["tabs"]}["Waiting"] == (
        "/en/orders?tab=open&country=my&from=2026-01-01"
    )
    assert page["statement_href"] == "/en/account/statement?country=my&from=2026-01-01"
    async with open_tab(site.origin, "/en/orders?from=yesterday", ann.cookie) as tab:
        page = await tab.until(PAGE, lambda page: page.get("phase") == "nothing")
    assert page["rows"] == []


async def test_words_find_while_they_are_typed(site: LiveStack) -> None:
    ann = await sign_in(site)
    order = await buy(site, ann)
    async with open_tab(site.origin, "/en/orders", ann.cookie) as tab:
        await tab.until(PAGE, is_shown)
        await tab.send(f"{HANDLERS}.search", text="whatsapp")
        await tab.until(PAGE, lambda page: page["phase"] == "nothing")
        await tab.send(f"{HANDLERS}.search", text=order["phone"][-6:])
        page = await tab.until(PAGE, is_shown)
        await tab.send(f"{HANDLERS}.search", text="one two three four five six seven eight nine")
        refused = await tab.until(PAGE, lambda page: page["notice"] != "")

    assert [row["id"] for row in page["rows"]] == [order["id"]]
    assert refused["rows"] == []


async def test_a_code_appears_in_the_list_by_itself(site: LiveStack) -> None:
    ann = await sign_in(site)
    order = await buy(site, ann)
    async with open_tab(site.origin, "/en/orders", ann.cookie) as tab:
        await tab.until(PAGE, is_shown)
        async with site.supplier() as supplier:
            await supplier.sms(order["phone"], "Your code: 482913")
        page = await tab.until(PAGE, lambda page: page["rows"][0]["code"] != "")

    assert page["rows"][0]["code_shown"] == "482 913"


async def test_who_never_ordered_is_told_so(site: LiveStack) -> None:
    eve = await sign_in(site)
    async with open_tab(site.origin, "/en/orders", eve.cookie) as tab:
        await tab.until(PAGE, lambda page: page.get("phase") == "none")
    async with open_tab(site.origin, "/en/orders") as tab:
        await tab.until(PAGE, lambda page: page.get("phase") == "guest")


@pytest.mark.parametrize("query", ["tab=nonsense", "after=nonsense", "q=%27%22%3Cb%3E"])
async def test_nonsense_in_the_address_breaks_nothing(site: LiveStack, query: str) -> None:
    ann = await sign_in(site)
    await buy(site, ann)
    async with open_tab(site.origin, f"/en/orders?{query}", ann.cookie) as tab:
        page = await tab.until(PAGE, lambda page: page.get("phase") in {"shown", "nothing"})

    assert page["group"] == "all"
