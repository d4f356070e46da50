"""Several orders by their ids, at one read: one's own alone."""

import httpx

from jiema_app.domain import ids
from jiema_app.domain.orders.service import IDS_MAX
from tests.api.asking import data, problem
from tests.support.shop import Customer, Shop


async def named(api: httpx.AsyncClient, who: Customer, *named_ids: str) -> httpx.Response:
    return await api.get("/api/v1/orders", params={"ids": ",".join(named_ids)}, headers=who.headers)


async def test_the_named_orders_are_answered_and_no_others(shop: Shop) -> None:
    api, ann, eve = await shop.api(), await shop.customer(), await shop.customer()
    placed = [await shop.place(ann) for _ in range(4)]
    mine = [one.id for one in placed]
    foreign = (await shop.place(eve)).id
    await shop.deliver(placed[1], "Code 482913")
    found = data(await named(api, ann, mine[1], foreign, mine[0], ids.new_id(), mine[1], mine[3]))
    assert [one["id"] for one in found["items"]] == [mine[3], mine[1], mine[0]]
    assert found["nextCursor"] is None
    # Each as its own address answers it.
    for item in found["items"]:
        assert data(await api.get(f"/api/v1/orders/{item['id']}", headers=ann.headers)) == item
    assert data(await named(api, eve, *mine)) == {"items": [], "nextCursor": None}


async def test_a_full_read_of_them_is_one_read(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    order = await shop.place(ann)
    many = [order.id, *(ids.new_id() for _ in range(IDS_MAX - 1))]
    answer = await named(api, ann, *many)
    assert [one["id"] for one in data(answer)["items"]] == [order.id]
    before = int(answer.headers["ratelimit-remaining"])
    assert int((await named(api, ann, *many)).headers["ratelimit-remaining"]) == before - 1


NO_IDS = ["", ",", "c", "x" * 25, "C" + "0" * 24, "c" + "0" * 25, f"c{'0' * 24},", f" c{'0' * 24}",
          "c" + "٣" * 24, "c" * 5_000, ",".join(f"c{number:024}" for number in range(IDS_MAX + 1))]  # fmt: skip


async def test_what_are_no_ids_is_refused(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    for text in NO_IDS:
        answer = await named(api, ann, text)
        assert problem(answer) == (400, "BAD_REQUEST"), text
        rule = f"ids: must be up to {IDS_MAX} order IDs, separated by commas"
        assert answer.json()["message"].startswith(rule)


async def test_they_stand_alone(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    for other in ("status=WAITING", "limit=20", "cursor="):
        answer = await api.get(f"/api/v1/orders?ids={ids.new_id()}&{other}", headers=ann.headers)
        assert problem(answer) == (400, "BAD_REQUEST")
        assert other.partition("=")[0] in answer.json()["message"]
