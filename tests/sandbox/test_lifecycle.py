"""What happens to a number: codes, another SMS, finishing, cancelling, expiry."""

from decimal import Decimal
from typing import Any


async def title(answer_of: Any) -> tuple[int, str]:
    answer = await answer_of
    return answer.status_code, answer.json()["title"]


async def balance(shop: Any) -> Decimal:
    return Decimal(str((await shop.state())["balanceUsd"]))


async def test_an_sms_arrives_by_itself_within_the_span(shop: Any) -> None:
    await shop.behave(smsDelaySeconds=[3, 8])
    bought = await shop.buy()
    await shop.advance(2.5)
    assert await shop.text("getStatus", id=bought) == "STATUS_WAIT_CODE"
    await shop.advance(6)
    status = await shop.text("getStatus", id=bought)
    (row,) = (await shop.state())["activations"]
    assert status == f"STATUS_OK:{row['codes'][0]}"
    assert row["codes"][0] in row["smsTexts"][0]


async def test_routes_do_as_well_as_the_sandbox_says(shop: Any) -> None:
    """So that what a shop counts of its orders can be compared with something."""
    await shop.behave(routeQuality=True, balanceUsd=10_000)
    answer = await shop.http.get("/control/supplier/quality")
    pairs = answer.json()["pairs"]["tg"]
    stocked = [str(country) for country in (0, 1, 2, 4, 6, 7, 10, 16, 22, 187)]
    best, worst = (pick(stocked, key=lambda one: pairs[one][0]) for pick in (max, min))
    received = {}
    for country in (best, worst):
        bought = [await shop.buy(country=int(country)) for _ in range(150)]
        await shop.advance(700)
        rows = (await shop.state(limit="200"))["activations"]
        received[country] = sum(bool(row["codes"]) for row in rows if row["id"] in bought) / 150
    assert abs(received[best] - pairs[best][0]) < 0.1
    assert abs(received[worst] - pairs[worst][0]) < 0.1
    await shop.behave(smsDelaySeconds=[1, 2])
    bought = await shop.buy(country=int(worst))
    await shop.advance(3)
    assert (await shop.text("getStatus", id=bought)).startswith("STATUS_OK")


async def test_never_means_never(shop: Any) -> None:
    bought = await shop.buy()
    await shop.advance(1190)
    assert await shop.text("getStatus", id=bought) == "STATUS_WAIT_CODE"


async def test_status_v2_shows_the_message_and_null_while_waiting(shop: Any) -> None:
    bought = await shop.buy()
    assert await shop.json("getStatusV2", id=bought) == {"verificationType": "sms", "data": None}
    await shop.sms(bought, "Telegram code: 77441")
    data = (await shop.json("getStatusV2", id=bought))["data"]
    assert (data["code"], data["text"]) == ("77441", "Telegram code: 77441")
    assert (data["service"], data["type"], data["phoneFrom"]) == ("tg", "sms", "Telegram")
    await shop.behave(statusV2Shape="old")
    old = await shop.json("getStatusV2", id=bought)
    assert (old["verificationType"], old["sms"]["code"]) == (0, "77441")


async def test_another_sms_keeps_the_old_code_until_the_new_one(shop: Any) -> None:
    await shop.behave(smsDelaySeconds=[4, 4])
    bought = await shop.buy()
    await shop.advance(5)
    first = await shop.text("getStatus", id=bought)
    code = first.removeprefix("STATUS_OK:")
    assert await shop.text("setStatus", id=bought, status=3) == "ACCESS_RETRY_GET"
    assert await shop.text("setStatus", id=bought, status=3) == "ACCESS_RETRY_GET"
    assert await shop.text("getStatus", id=bought) == f"STATUS_WAIT_RETRY:{code}"
    await shop.advance(5)
    second = await shop.text("getStatus", id=bought)
    assert second.startswith("STATUS_OK:")
    assert second != first
    messages = await shop.json("getAllSms", id=bought)
    assert messages["meta"]["total"] == 2
    page = await shop.json("getAllSms", id=bought, size=1, page=2)
    assert [row["code"] for row in page["data"]] == [second.removeprefix("STATUS_OK:")]


async def test_second_sms_can_be_switched_off(shop: Any) -> None:
    await shop.behave(smsDelaySeconds=[1, 1], secondSms=False)
    bought = await shop.buy()
    await shop.advance(2)
    await shop.call("setStatus", id=bought, status=3)
    await shop.advance(100)
    assert (await shop.text("getStatus", id=bought)).startswith("STATUS_WAIT_RETRY:")


async def test_another_sms_needs_a_first_code_and_a_country_that_allows_it(shop: Any) -> None:
    bought = await shop.buy()
    assert await title(shop.call("setStatus", id=bought, status=3)) == (400, "BAD_STATUS")
    await shop.control("supplier/offer", service="tg", country=3, costUsd=0.2, count=1)
    single = await shop.json("getNumberV2", service="tg", country=3)
    assert str(int(single["canGetAnotherSms"])) == "0"
    await shop.sms(int(single["activationId"]))
    refused = shop.call("setStatus", id=single["activationId"], status=3)
    assert await title(refused) == (400, "BAD_STATUS")


async def test_cancelling_is_refused_early_and_refunds_later(shop: Any) -> None:
    await shop.behave(minCancelSeconds=120)
    before = await balance(shop)
    bought = await shop.buy()
    assert await balance(shop) < before
    answer = await shop.call("cancelActivation", id=bought)
    assert answer.status_code == 409
    assert answer.json()["title"] == "EARLY_CANCEL_DENIED"
    assert answer.json()["info"] == {"minActivationTime": 120}
    await shop.advance(121)
    answer = await shop.call("cancelActivation", id=bought)
    assert (answer.status_code, answer.content) == (204, b"")
    assert await balance(shop) == before
    assert await shop.text("getStatus", id=bought) == "STATUS_CANCEL"
    assert await shop.text("getStatusV2", id=bought) == "STATUS_CANCEL"
    assert await title(shop.call("cancelActivation", id=bought)) == (409, "ACTIVATION_NOT_ACTIVE")
    assert await title(shop.call("getAllSms", id=bought)) == (409, "ACTIVATION_NOT_ACTIVE")
    assert await balance(shop) == before


async def test_after_a_code_nothing_is_cancelled(shop: Any) -> None:
    bought = await shop.buy()
    await shop.sms(bought, "Your code is 90210")
    answer = await shop.call("setStatus", id=bought, status=8)
    assert (answer.status_code, answer.json()["title"]) == (409, "NEW_OTP_RECEIVED")
    assert answer.json()["info"]["data"][0]["code"] == "90210"
    assert await title(shop.call("setStatus", id=bought, status=8)) == (409, "OTP_RECEIVED")


async def test_finishing_needs_a_code_and_keeps_the_money(shop: Any) -> None:
    bought = await shop.buy()
    paid = await balance(shop)
    assert await title(shop.call("finishActivation", id=bought)) == (400, "BAD_STATUS")
    await shop.sms(bought)
    assert await shop.text("setStatus", id=bought, status=6) == "ACCESS_ACTIVATION"
    assert await balance(shop) == paid
    assert await shop.text("getStatus", id=bought) == "STATUS_CANCEL"
    assert (await shop.json("getAllSms", id=bought))["meta"]["total"] == 1
    await shop.behave(finishedStatus="ok")
    assert await shop.text("getStatus", id=bought) == "STATUS_OK:12345"


async def test_an_unread_code_can_be_made_to_need_a_confirmation(shop: Any) -> None:
    await shop.behave(confirmUnreadCode=True)
    bought = await shop.buy()
    await shop.sms(bought)
    assert await title(shop.call("finishActivation", id=bought)) == (409, "NEW_OTP_RECEIVED")
    assert (await shop.call("finishActivation", id=bought)).status_code == 204


async def test_expiry_without_a_code_refunds_and_with_one_does_not(shop: Any) -> None:
    before = await balance(shop)
    silent, lucky = await shop.buy(), await shop.buy()
    cost = before - await balance(shop)
    await shop.sms(lucky)
    await shop.advance(1201)
    rows = {row["id"]: row for row in (await shop.state())["activations"]}
    assert rows[silent]["status"] == "cancelled"
    assert rows[lucky]["status"] == "finished"
    assert await balance(shop) == before - cost / 2
    assert (await shop.state())["activeCount"] == 0


async def test_an_sms_due_before_the_expiry_wins_over_a_long_jump(shop: Any) -> None:
    await shop.behave(smsDelaySeconds=[10, 10])
    bought = await shop.buy()
    await shop.advance(5000)
    (row,) = (await shop.state())["activations"]
    assert (row["id"], row["status"]) == (bought, "finished")
    assert len(row["smsTexts"]) == 1


async def test_the_supplier_can_take_a_number_back(shop: Any) -> None:
    before = await balance(shop)
    bought = await shop.buy()
    await shop.sms(bought)
    answer = await shop.control("supplier/refund", activationId=bought)
    assert answer.json() == {"ok": True, "activationId": bought, "status": 10}
    assert await balance(shop) == before
    assert await shop.text("getStatus", id=bought) == "STATUS_CANCEL"
    again = await shop.control("supplier/refund", activationId=bought)
    assert again.status_code == 409
    assert await balance(shop) == before


async def test_a_message_without_digits_has_no_code_but_a_text(shop: Any) -> None:
    bought = await shop.buy()
    await shop.sms(bought, "Welcome aboard")
    assert (await shop.json("getStatusV2", id=bought))["data"]["code"] is None
    assert await shop.text("getStatus", id=bought) == "STATUS_OK:Welcome aboard"


async def test_messages_can_arrive_twice(shop: Any) -> None:
    await shop.behave(smsDelaySeconds=[1, 1], duplicateSmsRate=1)
    bought = await shop.buy()
    await shop.advance(2)
    (row,) = (await shop.state())["activations"]
    assert row["id"] == bought
    assert len(row["smsTexts"]) == 2
    assert row["smsTexts"][0] == row["smsTexts"][1]


async def test_ten_thousand_numbers_receive_and_page(shop: Any) -> None:
    await shop.control("supplier/offer", service="tg", country=6, costUsd=0.1, count=20_000)
    for _ in range(10_000):
        await shop.call("getNumber", service="tg", country=6)
    answer = await shop.control("supplier/sms-bulk", count=10_000, textTemplate="Code {code}!")
    assert answer.json()["delivered"] == 10_000
    page = await shop.json("getActiveActivations", start=9_950, limit=100)
    assert len(page["data"]) == 50
    assert all(row["smsText"].startswith("Code ") for row in page["data"])
    await shop.advance(1201)
    assert (await shop.state(limit=0))["counters"]["expired"] == 10_000
