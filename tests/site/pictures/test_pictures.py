"""How pictures look, in several scripts and both directions."""

import pytest

from jiema_app.domain.catalog.seed import load_countries
from jiema_app.site.pages.shared_pictures import picture_address
from jiema_app.site.pictures.colours import _srgb, lettered_colours
from jiema_app.site.pictures.drawing import NotDrawn, draw
from jiema_app.site.pictures.fonts import font_files
from jiema_app.site.pictures.picture import CARD, Picture, svg_of


def picture(locale: str, heading: str) -> Picture:
    return Picture(locale=locale, heading=heading, promise="+1")


def drawn(shown: Picture) -> bytes:
    return draw(svg_of(shown, None), font_files(shown.texts, shown.locale))


def test_the_same_country_looks_otherwise_in_each_language() -> None:
    germany = next(one for one in load_countries() if one.slug == "de")
    found = {drawn(picture(locale, germany.names[locale])) for locale in ("en", "ar", "ja", "th")}
    assert len(found) == 4


@pytest.mark.parametrize(
    ("locale", "text"),
    [("ar", "رقم"), ("th", "หมายเลข"), ("ja", "番号"), ("ko", "번호"), ("hi", "नंबर")],
)
def test_words_are_drawn_by_their_own_font_and_not_as_boxes(locale: str, text: str) -> None:
    other = {"ar": "بلد", "th": "ประเทศ", "ja": "東国", "ko": "나라", "hi": "देश"}[locale]
    assert drawn(picture(locale, text)) != drawn(picture(locale, other))


def test_right_to_left_is_mirrored_and_names_in_it_are_not() -> None:
    shown = svg_of(picture("fa", "شماره‌ای برای \u20681688.com\u2069"), None)
    assert f'x="{1200 - CARD[0] - CARD[2]}"' in shown
    assert '<tspan font-family="Noto Sans">1688.com</tspan>' in shown
    assert "\u2067" in shown


def test_what_stands_in_a_picture_can_not_become_part_of_it() -> None:
    shown = svg_of(picture("en", '<script>"&'), None)
    assert "<script" not in shown
    assert drawn(picture("en", '<script>"&'))


def test_what_can_not_be_drawn_is_said() -> None:
    with pytest.raises(NotDrawn, match="status 1"):
        draw("<svg", ())


def test_lettered_tiles_have_the_colours_of_pages() -> None:
    assert _srgb(0.62796, 0.25768, 29.23) == "#ff0000"
    assert _srgb(0.51975, 0.17686, 142.5) == "#008000"
    assert len({lettered_colours(hue) for hue in range(0, 360, 30)}) == 12


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("service/whatsapp", "/og/en/service/whatsapp.png"),
        ("blog/how-refunds-work", "/og/en/blog/how-refunds-work.png"),
        ("blog/tag/api", "/og/en.png"),
        ("blog", "/og/en.png"),
        ("", "/og/en.png"),
        ("service/[slug]", "/og/en.png"),
    ],
)
def test_pages_without_a_picture_of_their_own_share_one(path: str, address: str) -> None:
    assert picture_address("en", path) == address
