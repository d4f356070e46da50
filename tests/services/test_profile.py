"""What people change about themselves: the name they are shown by, the language they read."""

import pytest

from jiema_app.domain.errors import BadRequest, NotFound
from jiema_app.domain.units import UserId
from jiema_app.i18n.locale_list import LOCALES
from tests.support.shop import Customer, Shop

NOBODY = UserId("c" + "0" * 24)


async def name_of(shop: Shop, customer: Customer) -> str:
    return (await shop.services.identity.get_account(customer.id)).display_name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ann", "Ann"),
        ("  Ann   B.\t C. \n", "Ann B. C."),
        ("x", "x"),
        ("x" * 60, "x" * 60),
        (" " * 30 + "x" * 60 + " " * 30, "x" * 60),
        ("李雷", "李雷"),
        ("علی‌رضا", "علی‌رضا"),
        ("👩‍💻 Zoë", "👩‍💻 Zoë"),
        ("Zoe\u0308", "Zoë"),
        ("\U0001fadf", "\U0001fadf"),
        ("<b>O'Neil & 50%</b>", "<b>O'Neil & 50%</b>"),
    ],
)
async def test_a_name_is_kept_as_one_line_with_single_spaces(
    shop: Shop, typed: str, kept: str
) -> None:
    ann, bob = await shop.customer(cents=0), await shop.customer(cents=0)
    before = await name_of(shop, bob)
    assert await shop.services.identity.rename(ann.id, typed) == kept
    assert await name_of(shop, ann) == kept
    assert await name_of(shop, bob) == before


@pytest.mark.parametrize(
    "typed",
    [
        "", "   ", "\n", "x" * 61, "a\0b", "a\x1bb", "a\u202eb", "a\u2066b", "\u200f",
        "a\u200bb", "\ufeffa", "\u200d", "\u3164", "\u2800", "\u0308", "\ud800", "a\U000e0041",
    ],
)  # fmt: skip
async def test_a_name_that_cannot_be_read_is_refused_in_a_sentence(shop: Shop, typed: str) -> None:
    ann = await shop.customer(cents=0)
    before = await name_of(shop, ann)
    with pytest.raises(BadRequest, match=r"^Display name: "):
        await shop.services.identity.rename(ann.id, typed)
    assert await name_of(shop, ann) == before


async def test_every_language_of_the_shop_can_be_chosen(shop: Shop) -> None:
    ann = await shop.customer(cents=0)
    for lang in LOCALES:
        await shop.services.identity.set_lang(ann.id, lang)
        assert (await shop.services.identity.get_account(ann.id)).lang == lang


@pytest.mark.parametrize("lang", ["", "xx", "EN", "en-US", "zh\0"])
async def test_no_other_language_can(shop: Shop, lang: str) -> None:
    ann = await shop.customer(cents=0)
    with pytest.raises(BadRequest, match=r"^Language: "):
        await shop.services.identity.set_lang(ann.id, lang)
    assert (await shop.services.identity.get_account(ann.id)).lang == "en"


async def test_somebody_who_does_not_exist_changes_nothing(shop: Shop) -> None:
    with pytest.raises(NotFound):
        await shop.services.identity.rename(NOBODY, "Ann")
    with pytest.raises(NotFound):
        await shop.services.identity.set_lang(NOBODY, "en")
