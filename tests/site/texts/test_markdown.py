"""Long texts as HTML: values, links, anchors, and nothing that could be markup of somebody else's."""

from datetime import date

import pytest

from jiema_app.i18n.long_texts import LongText, long_text
from jiema_app.site.texts.markdown import plain_text, rendered

VALUES = {"window": "15 minutes", "support": "somebody_here", "name": "<b>x</b> *y* [z](/q)"}


def a_text(body: str, locale: str = "en") -> LongText:
    return LongText(
        kind="pages", slug="faq", locale=locale, title="T", description="D", body=body,
        source="", version="", updated=date(2026, 1, 1), published=None, tags=(), is_legal=False,
    )  # fmt: skip


def html(body: str, locale: str = "en") -> str:
    return str(rendered(a_text(body, locale), locale, VALUES).html)


def test_values_are_words_and_never_markup() -> None:
    assert html("Within {window}: {name}.") == (
        "<p>Within 15 minutes: &lt;b&gt;x&lt;/b&gt; *y* [z](/q).</p>\n"
    )


def test_html_of_a_text_is_shown_and_not_meant() -> None:
    assert "&lt;script&gt;" in html("<script>alert(1)</script>")
    assert "javascript:" not in html("[x](javascript:alert(1))").replace("[x](javascript", "")


def test_links_keep_to_the_language_of_the_page() -> None:
    assert 'href="/fa/terms"' in html("[T](/terms)", "fa")
    assert 'href="/fa/account/topup#pay"' in html("[T](/account/topup#pay)", "fa")
    assert 'href="/fa"' in html("[T](/)", "fa")
    assert 'href="/llms.txt"' in html("[T](/llms.txt)", "fa")
    assert 'href="/api/v1/openapi.json"' in html("[T](/api/v1/openapi.json)", "fa")


def test_values_in_addresses_are_not_isolated() -> None:
    found = html("[@{support}](https://t.me/{support})", "ar")
    assert 'href="https://t.me/somebody_here"' in found
    assert 'rel="noopener" dir="ltr"' in found
    assert "@\u2068somebody_here\u2069" in found


def test_code_is_left_to_right_and_untouched() -> None:
    found = html('`{ "a": 1 }`\n\n```\n{window}\n```', "ar")
    assert '<code dir="ltr">{ &quot;a&quot;: 1 }</code>' in found
    assert "{window}" in found


def test_a_value_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(KeyError):
        html("{nothing}")


def test_headings_are_called_alike_in_every_language() -> None:
    english = long_text("pages", "faq", "en")
    values = _Anything()
    anchors = [one.anchor for one in rendered(english, "en", values).headings]
    assert anchors
    body = "\n\n".join(
        line.split(" ")[0] + " Andere Überschrift"
        for line in english.body.splitlines()
        if line.startswith("#")
    )
    assert [one.anchor for one in rendered(a_text(body, "de"), "de", values).headings] == anchors


def test_structured_data_gets_words_alone() -> None:
    assert plain_text("A [link](/x), **bold** and `code`\nwithin {window}.", "en", VALUES) == (
        "A link, bold and code within 15 minutes."
    )


class _Anything(dict[str, object]):
    def __missing__(self, key: str) -> object:
        return key
