"""Whether our fonts draw all that a picture can say, and whether it stays inside."""

from collections.abc import Iterator

import pytest
from fontTools.ttLib import TTFont

from jiema_app.domain.catalog.seed import load_countries, load_services
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.i18n.long_texts import long_text, slugs
from jiema_app.i18n.translation import t
from jiema_app.site.design.artwork import letters
from jiema_app.site.pictures.fonts import FAMILIES, FOLDER, ISOLATES, font_of, width
from jiema_app.site.pictures.lines import SIZES, plain, set_text
from jiema_app.site.pictures.picture import COLUMN, HEADING_ROOM
from jiema_app.site.pictures.subjects import shared_picture

ROOM = (COLUMN, HEADING_ROOM[1] - HEADING_ROOM[0])


def headings(locale: str) -> Iterator[str]:
    """All that pictures can say largest, as subjects.py puts it."""
    for country in load_countries():
        yield t(locale, "A number from {country}", country=country.names[locale])
    for service in load_services():
        yield t(locale, "A number for {service}", service=service.name)
    for slug in slugs("blog"):
        yield long_text("blog", slug, locale).title
    yield shared_picture(locale).heading


@pytest.fixture(scope="module")
def drawn() -> dict[str, set[str]]:
    """Characters by font."""
    return {
        font: {chr(code) for code in TTFont(FOLDER / f"{font}.ttf").getBestCmap()}
        for font in FAMILIES
    }


@pytest.mark.parametrize("locale", LOCALES)
def test_each_character_is_in_the_font_that_is_to_draw_it(
    locale: str, drawn: dict[str, set[str]]
) -> None:
    said = {*headings(locale), *shared_picture(locale).texts, t(locale, "Blog")}
    said |= {letters(service.name) for service in load_services()}
    characters = {char for text in said for char in text} - ISOLATES - {"\n"}
    missing = {char for char in characters if char not in drawn[font_of(char, locale)]}
    assert not missing


@pytest.mark.parametrize("locale", LOCALES)
def test_no_heading_is_cut_off_or_wider_than_its_column(locale: str) -> None:
    for heading in headings(locale):
        block = set_text(heading, locale, room=ROOM, sizes=SIZES)
        assert block.height <= ROOM[1]
        for line in block.lines:
            assert width(line) * block.size <= ROOM[0] * 1000
        said = plain("".join(block.lines)).replace(" ", "")
        assert said == plain(heading).replace(" ", "").replace("\n", "")


def test_no_line_begins_with_what_ends_a_phrase() -> None:
    block = set_text("A number for Google / Gmail / YouTube", "en", room=ROOM, sizes=SIZES)
    assert block.lines == ("A number for", "Google / Gmail /", "YouTube")
    french = set_text("Numéro temporaire\u00a0: Congo-Kinshasa", "fr", room=ROOM, sizes=SIZES)
    assert french.lines == ("Numéro temporaire\u00a0:", "Congo-Kinshasa")
    title = "方法と、うまくいかないときの対処を、順番に、くわしく説明します"
    assert not [
        line
        for line in set_text(title, "ja", room=ROOM, sizes=SIZES).lines
        if line.startswith("、")
    ]


def test_an_isolate_that_goes_on_in_the_next_line_is_opened_there_anew() -> None:
    text = "رقم لـ \u2068Google / Gmail / YouTube\u2069"
    for line in set_text(text, "ar", room=ROOM, sizes=SIZES).lines:
        assert line.count("\u2068") == line.count("\u2069")


def test_what_has_no_room_at_all_ends_in_an_ellipsis() -> None:
    block = set_text("W" * 2_000, "en", room=ROOM, sizes=SIZES)
    assert block.height <= ROOM[1]
    assert block.lines[-1].endswith("…")
    assert max(width(line) for line in block.lines) * block.size <= ROOM[0] * 1000
