"""A text survives in each place of a page, whatever is in it."""

from pathlib import Path
from typing import Final

import pytest

from jiema_app.i18n import translation
from tests.support.localising import Browser, SmallPage, localised, recipe_of, run_script

# Places are found by the parser that comes with the built pages.
pytestmark = pytest.mark.slow

NASTY: Final = (
    "{a} & b < c > d \"e\" 'f' `g` ${0} {0} \\ \\n \\u0041 \n next \u2028 and \u2029 </script> "
    "<!-- <script> &amp; ünï 😀 %20 end$"
)
ABSENT: Final = "borrowed-tag"


def in_every_place(folder: Path, text: str) -> tuple[Browser, str, str]:
    recipe = recipe_of(text)
    token = recipe.token
    html = (
        f'<html><head><title id="title">{token}</title>'
        f'<script type="application/json" id="data">{{"{token}":["{token}"]}}</script></head>'
        f'<body><p id="p" title="{token}" data-x="a {token} b">{token}, {token}</p>'
        f'<script id="inline">export const found=["{token}",\'a {token}\',`{token}`,'
        f'`b ${{1}} {token}`,JSON.parse("{{\\"x\\":\\"{token} {token}\\"}}").x];</script>'
        "</body></html>"
    )
    script = (
        f"const key={{\"{token}\":1,'{token} ':2}};"
        f"export const found=[`{token}`,\"{token}\",'{token}',`a {token}${{1}}{token} $`,"
        f'`$${{""}}{token}`,`${token}`,...Object.keys(key),'
        f'JSON.parse(`["{token}"]`)[0],JSON.parse("[\\"{token}\\"]")[0],"😀{token}"];'
    )
    page = SmallPage("browse")
    files = localised(folder, {page: html}, {"browse-abcdefgh.js": script}, (recipe,))
    built = next(text for name, text in files.items() if name.startswith("assets/browse-"))
    return Browser(files["en/browse.html"]), built, files["en/browse.html"]


def test_a_nasty_text_survives_everywhere(tmp_path: Path) -> None:
    text = NASTY.removeprefix("{a}")  # a text's own placeholders are always filled
    page, script, html = in_every_place(tmp_path, text)

    assert page.texts["title"] == text
    assert page.texts["p"] == f"{text}, {text}"
    assert page.attributes["p"]["title"] == text
    assert page.attributes["p"]["data-x"] == f"a {text} b"
    data = run_script(f"export const found={page.texts['data']}")
    assert data == {text: [text]}
    inline = run_script(page.texts["inline"])
    assert inline == [text, f"a {text}", text, f"b 1 {text}", f"{text} {text}"]
    assert run_script(script) == [
        text,
        text,
        text,
        f"a {text}1{text} $",
        f"${text}",
        f"${text}",
        text,
        f"{text} ",
        text,
        text,
        f"😀{text}",
    ]
    assert html.count("</script>") == 2


@pytest.mark.parametrize("text", ["{0}", "$", "${", "\\", "`", "'", '"', "<", "$\\{"])
def test_a_text_of_signs_alone_survives(tmp_path: Path, text: str) -> None:
    page, script, _ = in_every_place(tmp_path, text)
    assert page.texts["p"] == f"{text}, {text}"
    assert run_script(script)[:6] == [text, text, text, f"a {text}1{text} $", *[f"${text}"] * 2]


@pytest.mark.parametrize(("locale", "lang"), [("en", None), ("ar", None), ("pl", "en")])
def test_an_attribute_is_left_out_where_a_language_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: str, lang: str | None
) -> None:
    from jiema_app.i18n.page_texts import BORROWED_TAG  # noqa: PLC0415

    if lang is not None:
        # As if it had no words yet.
        monkeypatch.setattr(translation, "_words", lambda _locale: translation.ENGLISH)

    page = SmallPage("browse")
    files = localised(
        tmp_path,
        {page: f'<html><body id="b" class="x" lang="{BORROWED_TAG}" dir="ltr"></body></html>'},
        {"browse-abcdefgh.js": f"export const found={{lang:`{BORROWED_TAG}`}};"},
        locale=locale,
    )
    attributes = Browser(files[f"{locale}/browse.html"]).attributes["b"]
    assert attributes.get("lang") == lang
    assert ("lang" in attributes) == (lang is not None)
    script = next(text for name, text in files.items() if name.startswith("assets/browse-"))
    assert run_script(script) == {"lang": lang}
