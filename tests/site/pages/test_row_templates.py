"""Rows of lists: a macro that is drawn once, with the values of each row put in."""

import pytest
from markupsafe import Markup

from jiema_app.i18n.formats import duration
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.site.pages.rendering import RowTemplate, joined, row_template

CARDS = "shop/cards.jinja"


@pytest.mark.parametrize("locale", LOCALES)
def test_values_are_escaped_wherever_they_stand(locale: str) -> None:
    evil = '"><script>&\0%s{0}'
    card = row_template(CARDS, "service_card", locale).fill(
        evil, Markup("<img>"), evil, Markup(), Markup("<b>1</b>"), Markup(), Markup()
    )
    assert "<script>" not in card
    assert card.count("&#34;&gt;&lt;script&gt;&amp;") == 2
    assert "<img>" in card
    assert "<b>1</b>" in card


def test_what_looks_like_a_mark_or_a_format_stays_as_it_is() -> None:
    remark = RowTemplate(CARDS, "remark", "en")
    words = "Note: 100 % of %s"
    assert remark.fill("100 % of %s") == f'<i title="{words}"><span>{words}</span></i>'
    assert "\0" + "0\0" in remark.fill("\0" + "0\0")


def test_a_row_wants_each_of_its_values() -> None:
    with pytest.raises(TypeError):
        row_template(CARDS, "remark", "en").fill()
    with pytest.raises(TypeError):
        row_template(CARDS, "remark", "en").fill("a", "b")


def test_who_derives_from_markup_or_int_is_escaped() -> None:
    class Sly(int):
        def __str__(self) -> str:
            return "<script>"

    assert "<script>" not in row_template(CARDS, "remark", "en").fill(Sly(1))


def test_rows_stand_on_lines_of_their_own() -> None:
    assert joined([Markup("<li>a</li>"), Markup("<li>b</li>")]) == "<li>a</li>\n<li>b</li>\n"


def test_a_length_of_time_in_a_row_stands_in_its_case() -> None:
    """A row is drawn once with marks for its values, and words may want one in a case."""
    row = row_template("shop/figures.jinja", "head_unknown", "de")
    assert "30 Tagen" in row.fill(duration("de", 30 * 86_400))
    assert "&lt;b&gt;" in row.fill("<b>")
