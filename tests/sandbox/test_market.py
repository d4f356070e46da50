"""Prices, stock ladders and how a purchase picks its tier."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.supplier.catalogue import load_catalogue
from sandbox.supplier.range_of_goods import RangeOfGoods, load_range

STOCKED = (0, 1, 2, 4, 6, 7, 10, 16, 187, 22)


@pytest.fixture(scope="module")
def goods() -> RangeOfGoods:
    return load_range(1)


def ladders(goods: RangeOfGoods) -> list[Any]:
    pairs = [(s, c) for s, countries in goods.countries_of.items() for c in countries]
    return [(pair, goods.find_ladder(*pair)) for pair in pairs]


def test_the_same_seed_makes_the_same_market(goods: RangeOfGoods) -> None:
    again = RangeOfGoods(load_catalogue(), 1)
    other = RangeOfGoods(load_catalogue(), 2)
    sample = [("tg", 6), ("wa", 0), ("go", 187)]
    assert [goods.find_ladder(*p) for p in sample] == [again.find_ladder(*p) for p in sample]
    assert [goods.find_ladder(*p) for p in sample] != [other.find_ladder(*p) for p in sample]


def test_popular_services_are_sold_nearly_everywhere_and_the_tail_rarely(
    goods: RangeOfGoods,
) -> None:
    assert all(len(goods.countries_of[code]) >= 100 for code in ("tg", "wa", "go", "dr", "aon"))
    tail = sorted(len(c) for c in list(goods.countries_of.values())[1200:])
    assert 1 <= tail[0] <= tail[len(tail) // 2] <= 4
    assert goods.countries_of["full"] == ()
    assert all(len(set(c)) == len(c) for c in goods.countries_of.values())


def test_telegram_is_stocked_at_its_listed_price_where_it_matters(goods: RangeOfGoods) -> None:
    for country in STOCKED:
        ladder = goods.find_ladder("tg", country)
        assert ladder is not None
        assert ladder.counts[ladder.prices.index(ladder.default_micro)] >= 2000


def test_ladders_are_sound_and_keep_the_traps(goods: RangeOfGoods) -> None:
    rows = ladders(goods)
    unlisted = empty_default = 0
    for _, ladder in rows:
        assert list(ladder.prices) == sorted(set(ladder.prices))
        assert ladder.default_micro in ladder.prices
        assert ladder.prices[0] >= 13_900
        assert all(price % 100 == 0 for price in ladder.prices)
        buyable = sum(
            n
            for p, n in zip(ladder.prices, ladder.counts, strict=True)
            if p <= ladder.default_micro
        )
        unlisted += sum(ladder.counts) == 0
        empty_default += buyable == 0 < sum(ladder.counts)
    assert 0.05 < unlisted / len(rows) < 0.25
    assert 0.03 < empty_default / len(rows) < 0.3


def test_retail_prices_land_in_the_usual_ranges(goods: RangeOfGoods) -> None:
    def middle_retail(code: str) -> float:
        found = [goods.find_ladder(code, country) for country in goods.countries_of[code]]
        prices = sorted(ladder.default_micro for ladder in found if ladder)
        return prices[len(prices) // 2] * 1.35 / 1_000_000

    assert all(0.2 <= middle_retail(c) <= 0.8 for c in ("go", "wx", "dr", "aon", "tg"))
    assert all(0.2 <= middle_retail(c) <= 0.7 for c in ("wa", "vi", "ds", "fb"))
    assert all(0.25 <= middle_retail(c) <= 0.9 for c in ("am", "ka", "dh", "dl"))
    cheapest = min(ladder.default_micro for _, ladder in ladders(goods) if sum(ladder.counts))
    assert cheapest * 1.35 <= 40_000


def test_dear_and_cheap_countries(goods: RangeOfGoods) -> None:
    def price(country: int) -> int:
        ladder = goods.find_ladder("tg", country)
        assert ladder is not None
        return ladder.default_micro

    assert min(price(187), price(16), price(0)) > max(price(6), price(22), price(10))


async def test_prices_answer_everything_and_every_filter(shop: Any) -> None:
    everything = await shop.json("getPrices")
    pair = everything["6"]["tg"]
    assert set(pair) == {"cost", "count", "physicalCount"}
    assert await shop.json("getPrices", service="tg", country=6) == {"6": {"tg": pair}}
    by_service = await shop.json("getPrices", service="tg")
    assert {country: rows["tg"] for country, rows in everything.items() if "tg" in rows} == {
        country: rows["tg"] for country, rows in by_service.items()
    }
    assert await shop.json("getPrices", country=6) == {"6": everything["6"]}
    assert await shop.json("getPrices", service="full") == {}
    assert await shop.json("getPrices", service="zzzz") == {
        "status": "false", "msg": "service is incorrect",
    }  # fmt: skip
    assert await shop.json("getPrices", country=999) == {
        "status": "false", "msg": "country is incorrect",
    }  # fmt: skip


async def test_the_cached_price_list_follows_purchases_and_offers(shop: Any) -> None:
    before = (await shop.json("getPrices"))["6"]["tg"]["count"]
    bought = await shop.buy()
    assert (await shop.json("getPrices"))["6"]["tg"]["count"] == before - 1
    await shop.call("cancelActivation", id=bought)
    assert (await shop.json("getPrices"))["6"]["tg"]["count"] == before
    await shop.control("supplier/offer", service="tg", country=6, costUsd="0.25", count=3)
    assert (await shop.json("getPrices"))["6"]["tg"]["cost"] == 0.25


async def test_a_purchase_takes_the_last_number_and_then_none(shop: Any) -> None:
    await shop.control("supplier/offer", service="tg", country=6, costUsd=0.1, count=1)
    bought = await shop.buy()
    for action in ("getNumber", "getNumberV2"):
        answer = await shop.call(action, service="tg", country=6)
        assert (answer.status_code, answer.text) == (200, "NO_NUMBERS")
    await shop.call("cancelActivation", id=bought)
    await shop.buy()


async def test_an_offer_can_open_a_pair_that_was_not_on_sale(shop: Any) -> None:
    await shop.control("supplier/offer", service="full", country=6, costUsd=0.1, count=1)
    assert (await shop.json("getPrices", service="full"))["6"]["full"]["count"] == 1
    assert "full" in (await shop.json("getPrices"))["6"]
    await shop.buy("full")


def pair_where(goods: RangeOfGoods, test: Any) -> tuple[str, int, Any]:
    return next((s, c, ladder) for (s, c), ladder in ladders(goods) if test(ladder))


async def test_an_empty_default_price_is_only_bought_through_a_dearer_tier(shop: Any) -> None:
    seed = (await shop.state())["seed"]
    service, country, ladder = pair_where(
        load_range(seed),
        lambda x: x.default_micro == x.prices[0] and x.counts[0] == 0 and sum(x.counts),
    )
    listed = ladder.default_micro / 1_000_000
    dearer = ladder.prices[1] / 1_000_000
    where = {"service": service, "country": country}
    assert await shop.text("getNumberV2", **where) == "NO_NUMBERS"
    assert await shop.text("getNumberV2", **where, maxPrice=listed) == "NO_NUMBERS"
    below = await shop.call("getNumberV2", **where, maxPrice=listed - 0.001)
    assert (below.status_code, below.json()["title"]) == (400, "WRONG_MAX_PRICE")
    assert below.json()["info"] == {"min": listed}
    row = await shop.json("getNumberV2", **where, maxPrice=dearer * 5)
    assert float(row["activationCost"]) == dearer


async def test_a_fixed_price_buys_exactly_that_tier(shop: Any) -> None:
    seed = (await shop.state())["seed"]
    service, country, ladder = pair_where(
        load_range(seed), lambda x: len(x.prices) > 2 and all(x.counts)
    )
    where = {"service": service, "country": country, "fixedPrice": "true"}
    top = ladder.prices[-1] / 1_000_000
    row = await shop.json("getNumberV2", **where, maxPrice=top)
    assert float(row["activationCost"]) == top
    between = (ladder.prices[-1] + 100) / 1_000_000
    assert await shop.text("getNumberV2", **where, maxPrice=between) == "NO_NUMBERS"


async def test_top_countries_show_the_cumulative_map(shop: Any) -> None:
    rows = await shop.json("getTopCountriesByService", service="tg", freePrice="true")
    counts = [row["count"] for row in rows.values()]
    assert counts == sorted(counts, reverse=True)
    for row in rows.values():
        totals = list(row["freePriceMap"].values())
        assert totals == sorted(totals, reverse=True)
        assert (totals[0] if totals else 0) == row["count"]
    assert "tg" in await shop.json("getTopCountriesByServiceRank")


async def test_rest_offers_agree_with_the_price_list(shop: Any) -> None:
    async def offers(**query: str) -> Any:
        return await shop.http.get(
            "/api/v1/activations/offers/sms",
            params=query,
            headers={"Authorization": f"ApiKey {shop.key}"},
        )

    everything = (await offers()).json()["data"]
    prices = await shop.json("getPrices")
    assert sum(map(len, everything.values())) == sum(map(len, prices.values()))
    row = everything["tg"]["6"]
    assert row["prices"]["default"] == prices["6"]["tg"]["cost"]
    assert row["counts"]["total"] == prices["6"]["tg"]["count"]
    assert row["counts"]["total"] == list(row["map"].values())[-1]
    default = row["prices"]["default"]
    upto = [n for price, n in row["map"].items() if Decimal(price) <= Decimal(str(default))]
    assert row["counts"]["defaultPrice"] == max(upto)
    narrowed = (await offers(services="tg,wa", countries="6,x,0")).json()["data"]
    assert set(narrowed) == {"tg", "wa"}
    assert narrowed["tg"]["6"] == row
    missing = await offers(services="full")
    assert (missing.status_code, missing.json()["title"]) == (404, "OFFER_NOT_FOUND")


async def test_rest_offers_need_the_key(shop: Any) -> None:
    path = "/api/v1/activations/offers/sms"
    assert (await shop.http.get(path)).status_code == 401
    wrong = await shop.http.get(path, headers={"Authorization": "ApiKey wrong"})
    assert (wrong.status_code, wrong.json()["title"]) == (403, "BAD_API_KEY")
