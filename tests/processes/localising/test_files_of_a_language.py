"""Which files a language has as its own, and what they are called."""

import json
from pathlib import Path

import pytest

from jiema_app.i18n import translation
from jiema_app.i18n.page_texts import LOCALE
from jiema_app.processes.built_files import BuildChanged
from jiema_app.processes.localising.compiled import DATA, MANIFEST_START
from jiema_app.processes.localising.localise import LocalisingFailed, localise
from jiema_app.processes.localising.places import spelled
from tests.support.localising import MANIFEST, SmallPage, localised, recipe_of

pytestmark = pytest.mark.slow

RECIPE = recipe_of("Order ID")
PAGES = {
    SmallPage("browse"): f'<link href="/assets/_{LOCALE}_browse-aaaaaaaa.js"/>',
    SmallPage("admin", locales=("zh",)): "<p></p>",
}
SCRIPTS = {
    f"_{LOCALE}_browse-aaaaaaaa.js": 'import"./between-bbbbbbbb.js";',
    f"_{LOCALE}_admin-cccccccc.js": f"export default`/{LOCALE}`",
    "between-bbbbbbbb.js": 'import"./words-dddddddd.js";import"./shared-eeeeeeee.js";',
    "words-dddddddd.js": f"export default`{RECIPE.token}`",
    "shared-eeeeeeee.js": "export default 1",
}


def files_in(folder: Path, locale: str) -> dict[str, str]:
    folder.mkdir(parents=True)
    return localised(folder, PAGES, SCRIPTS, (RECIPE,), locale)


def assets(files: dict[str, str], beginning: str) -> dict[str, str]:
    return {name: text for name, text in files.items() if name.startswith(f"assets/{beginning}")}


def test_who_loads_a_script_with_words_differs_too(tmp_path: Path) -> None:
    english, chinese = (files_in(tmp_path / locale, locale) for locale in ("en", "zh"))
    ((words, text),) = assets(chinese, "words-").items()
    assert text == "export default`订单号`"
    ((between, text),) = assets(chinese, "between-").items()
    assert text == f'import"./{Path(words).name}";import"./shared-eeeeeeee.js";'
    ((browse, text),) = assets(chinese, "_zh_browse-").items()
    assert text == f'import"./{Path(between).name}";'
    assert f"/{browse}" in chinese["zh/browse.html"]
    assert not assets(chinese, "shared-")
    # Each is named after its content.
    for beginning in ("words-", "between-"):
        assert assets(english, beginning).keys().isdisjoint(assets(chinese, beginning))


def test_a_word_that_is_alike_leaves_its_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A language without words borrows the English ones, and the file that holds them."""
    monkeypatch.setattr(translation, "_words", lambda _locale: translation.ENGLISH)
    english, polish = (files_in(tmp_path / locale, locale) for locale in ("en", "pl"))
    assert assets(english, "words-") == assets(polish, "words-")


def test_a_page_of_one_language_is_in_no_other(tmp_path: Path) -> None:
    english, chinese = (files_in(tmp_path / locale, locale) for locale in ("en", "zh"))
    assert {"zh/browse.html", "zh/admin.html"} <= chinese.keys()
    assert assets(chinese, "_zh_admin-")
    assert "en/admin.html" not in english
    assert not assets(english, "_en_admin-")
    listed = {
        locale: json.loads(
            next(iter(assets(files, "manifest-").values()))
            .removeprefix(MANIFEST_START)
            .removesuffix(";")
        )["routes"]
        for locale, files in (("en", english), ("zh", chinese))
    }
    assert listed["en"].keys() == {"root", "routes/[en].browse"}
    assert listed["zh"].keys() == {"root", "routes/[zh].browse", "routes/[zh].admin"}
    assert listed["zh"]["routes/[zh].browse"]["path"] == "zh/browse"
    assert f"/{listed['zh']['routes/[zh].browse']['module'].strip('/')}"[1:] in chinese


def test_the_list_of_pages_names_itself(tmp_path: Path) -> None:
    files = files_in(tmp_path / "en", "en")
    ((name, text),) = assets(files, "manifest-").items()
    assert f'"url":"/{name}"' in text
    assert MANIFEST not in text


def test_scripts_with_words_that_load_each_other_have_no_name(tmp_path: Path) -> None:
    scripts = {
        "a-aaaaaaaa.js": f'import"./b-bbbbbbbb.js";export default`{RECIPE.token}`',
        "b-bbbbbbbb.js": 'import"./a-aaaaaaaa.js"',
    }
    with pytest.raises(BuildChanged, match="load each other"):
        localised(tmp_path, {SmallPage("browse"): ""}, scripts, (RECIPE,))


def test_languages_share_what_has_no_words(tmp_path: Path) -> None:
    files_in(tmp_path / "en", "en")
    compiled, first, second = tmp_path / "en" / "compiled", tmp_path / "1", tmp_path / "2"
    localise(compiled, ("en",), first)
    localise(compiled, ("en", "zh"), second, earlier=[first])
    shared = Path("assets/shared-eeeeeeee.js")
    assert (first / shared).stat().st_ino == (compiled / "files" / shared).stat().st_ino
    assert not list(first.rglob("*zh*"))
    # The worker changes with what it may have kept, and is nobody else's file.
    workers = [folder / "sw.js" for folder in (first, second, compiled / "files")]
    assert len({worker.read_text() for worker in workers}) == 3
    assert len({worker.stat().st_ino for worker in workers}) == 3


def test_a_token_that_is_left_over_makes_no_build(tmp_path: Path) -> None:
    files_in(tmp_path / "en", "en")
    data = tmp_path / "en" / "compiled" / DATA
    data.write_text(data.read_text("utf-8").replace(f'"{RECIPE.token}": [', '"other": ['), "utf-8")
    with pytest.raises(LocalisingFailed, match=f"words-.*{RECIPE.token}"):
        localise(data.parent, ("en", "zh"), tmp_path / "build")


def test_text_and_attribute_are_written_as_react_writes_them() -> None:
    assert spelled("& < > \" '", "text") == "&amp; &lt; &gt; &quot; &#x27;"
