"""A text where no language can put its own stops the build, and the message says which, and where."""

from pathlib import Path

import pytest

from jiema_app.processes.localising.pieces import TextMisplaced
from tests.support.localising import SmallPage, localised, recipe_of

pytestmark = pytest.mark.slow

RECIPE = recipe_of("Back to the shop")
TOKEN = RECIPE.token
PAGE = SmallPage("browse")
HTML = "<html><body>{}</body></html>"


def build(folder: Path, html: str = "", script: str = "export{}", **files: str) -> None:
    client = folder / "client"
    for name, content in files.items():
        path = client / name.replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    localised(folder, {PAGE: HTML.format(html)}, {"browse-abcdefgh.js": script}, (RECIPE,))


@pytest.mark.parametrize(
    "html",
    [
        f"<style>.a::after{{content:'{TOKEN}'}}</style>",
        f"<!-- {TOKEN} -->",
        f"<{TOKEN}>",
        f'<p {TOKEN}="">',
        f"<p>{TOKEN.upper()}</p>",
        f"<p>{TOKEN.capitalize()}</p>",
        f"<p>{TOKEN[:9]}…</p>",
        f"<p>…{TOKEN[7:]}</p>",
        f"<script>/* {TOKEN} */</script>",
        f"<script>let {TOKEN} = 1</script>",
    ],
)
def test_a_text_that_stands_nowhere_in_a_page(tmp_path: Path, html: str) -> None:
    with pytest.raises(TextMisplaced, match="browse") as found:
        build(tmp_path, html=html)
    if TOKEN in html:
        assert "Back to the shop" in str(found.value)


@pytest.mark.parametrize(
    "script",
    [
        f"export const {TOKEN}=1;",
        f"export const found={{{TOKEN}:1}};",
        f"export const found=/{TOKEN}/;",
        f"/* {TOKEN} */export{{}}",
        f"export const found=String.raw`{TOKEN}`;",
        f"export const found=`{TOKEN.upper()}`;",
        f'export const found="{TOKEN[:8]}";',
        f'export const found="\\{TOKEN}";',
    ],
)
def test_a_text_that_stands_nowhere_in_a_script(tmp_path: Path, script: str) -> None:
    with pytest.raises(TextMisplaced, match="browse-abcdefgh") as found:
        build(tmp_path, script=script)
    if TOKEN in script:
        assert "Back to the shop" in str(found.value)


@pytest.mark.parametrize("name", ["assets/a-abcdefgh_css", "routes_json", "manifest_webmanifest"])
def test_a_text_in_another_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(TextMisplaced, match=name.replace("_", r"\.")) as found:
        build(tmp_path, **{name: f'{{"a":"{TOKEN}"}}'})
    assert "Back to the shop" in str(found.value)


def test_a_token_of_which_nothing_is_known(tmp_path: Path) -> None:
    with pytest.raises(TextMisplaced, match="zq0123456789abqz"):
        build(tmp_path, html="<p>zq0123456789abqz</p>")
