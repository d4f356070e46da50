"""The style sheet inside each page, and once in memory."""

from jiema_app.serving.page_styles import STYLES_PLACE, with_place_for_styles
from jiema_app.serving.static_files import StaticFile, static_file
from jiema_app.site.pages.page import Page
from tests.support.built_pages import page_server

FILES = {"/assets/a.css": static_file(b"p{color:red}", "/assets/a.css")}
LINKS = (
    '<link as="style" href="/assets/a.css" rel="preload"/>'
    '<link href="/assets/a.css" rel="stylesheet" type="text/css"/>'
)


def test_the_links_stay_and_block_nothing() -> None:
    html, styles = with_place_for_styles(f"<head>{LINKS}</head>", FILES)
    assert styles == "<style>p{color:red}</style>"
    assert html.count('media="print"') == 2
    assert html.endswith(f"{STYLES_PLACE}</head>")


async def test_a_served_page_holds_its_styles_in_its_head() -> None:
    def with_links(_page: Page, html: bytes) -> bytes:
        return html.replace(b"</head>", LINKS.encode() + b"</head>", 1)

    found = await page_server({"": "home"}, files=FILES, change=with_links).find("/en")
    assert isinstance(found, StaticFile)
    head = found.content.decode().partition("</head>")[0]
    assert head.count("<style>p{color:red}</style>") == 1
    assert STYLES_PLACE not in head
