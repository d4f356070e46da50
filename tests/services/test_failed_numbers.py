"""A number that failed a buyer is not handed to that buyer again for the same service."""

import pytest

from jiema_app.domain.errors import NoNumbers
from jiema_app.domain.orders.phones import hash_phone
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.domain.orders.views import OrderView
from sandbox.settings import DEFAULT_SEED
from sandbox.supplier.catalogue import load_catalogue
from sandbox.supplier.numbers import make_number
from tests.support.shop import Customer, Shop


async def next_phones(shop: Shop, count: int = 1) -> list[str]:
    """The numbers that the supplier will hand out next, in a country."""
    newest = (await shop.supplier.state(limit="1"))["activations"][0]["id"]
    malaysia = load_catalogue().countries[7]
    serials = range(int(newest) + 1, int(newest) + 1 + count)
    return ["+" + make_number(DEFAULT_SEED, serial, malaysia) for serial in serials]


async def failed_before(
    shop: Shop, customer: Customer, phone: str, service: str = "tg"
) -> OrderView:
    """An order of this customer that ended without a code on ``phone``."""
    order = await shop.place(customer, service)
    await shop.services.orders.cancel(customer.id, order.id)
    secret = shop.settings.secret_key.get_secret_value().encode()
    await shop.execute(
        "update orders set phone_hash = $2 where id = $1", order.id, hash_phone(phone, secret)
    )
    return order


async def bought(shop: Shop, customer: Customer) -> tuple[list[str], OrderView]:
    """Make the next number one that failed the customer, then place an order."""
    await shop.place(await shop.customer())
    _, bad, good = await next_phones(shop, 3)
    await failed_before(shop, customer, bad)
    return [bad, good], await shop.place(customer)


async def test_another_number_is_bought_instead(shop: Shop) -> None:
    ann = await shop.customer()
    (_, good), order = await bought(shop, ann)
    assert order.status is OrderStatus.WAITING
    assert order.phone == good


async def test_the_buyer_pays_once(shop: Shop) -> None:
    ann = await shop.customer()
    _, order = await bought(shop, ann)
    assert await shop.balance(ann) == 50_000_000 - order.price_micro


async def test_the_unwanted_number_is_given_back(shop: Shop) -> None:
    ann = await shop.customer()
    (bad, _), order = await bought(shop, ann)
    await shop.pass_time(121)
    await shop.services.tasks.run()
    phones = {"+" + row["phone"].lstrip("+") for row in await shop.rentals()}
    assert bad not in phones
    assert order.phone in phones


async def test_the_number_may_go_to_another_buyer(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    await shop.place(bob)
    _, bad = await next_phones(shop, 2)
    await failed_before(shop, ann, bad)
    assert (await shop.place(bob)).phone == bad


async def test_the_number_may_serve_the_buyer_for_another_service(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.place(ann)
    _, bad = await next_phones(shop, 2)
    await failed_before(shop, ann, bad, "wa")
    assert (await shop.place(ann, "tg")).phone == bad


async def test_a_number_that_worked_may_come_again(shop: Shop) -> None:
    ann = await shop.customer()
    first = await shop.place(ann)
    await shop.deliver(first)
    await shop.services.orders.finish(ann.id, first.id)
    again = (await next_phones(shop))[0]
    secret = shop.settings.secret_key.get_secret_value().encode()
    await shop.execute("update orders set phone_hash = $1", hash_phone(again, secret))
    assert (await shop.place(ann)).phone == again


async def test_a_supplier_with_nothing_else_is_out_of_numbers(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.place(await shop.customer())
    phones = await next_phones(shop, 6)
    for phone in phones[3:]:
        await failed_before(shop, ann, phone)
    with pytest.raises(NoNumbers):
        await shop.place(ann)
    assert await shop.balance(ann) == 50_000_000
    await shop.settle_all()
    assert len(await shop.rentals()) == 1


async def test_a_purged_order_still_keeps_its_number_away(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.place(await shop.customer())
    _, bad, good = await next_phones(shop, 3)
    await failed_before(shop, ann, bad)
    await shop.pass_time(25 * 3600)
    await shop.services.retention.purge()
    assert (await shop.place(ann)).phone == good
