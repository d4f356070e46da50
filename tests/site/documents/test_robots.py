"""What crawlers may read, as two parsers that they use understand it."""

from urllib.robotparser import RobotFileParser

import pytest
from protego import Protego

from jiema_app.site.documents.robots import WELCOME, robots_txt

ORIGIN = "https://shop.example"
OPEN = ("/", "/en", "/en/api-docs", "/zh/service/telegram", "/llms.txt", "/en/blog", "/sitemap.xml")
CLOSED = ("/api/v1/services", "/api/", "/admin", "/admin/users")


def test_seventeen_agents_are_named() -> None:
    assert len(set(WELCOME)) == 17


@pytest.mark.parametrize("agent", ["SomeBot", *WELCOME])
def test_an_agent_may_read_the_shop_but_neither_the_api_nor_accounts(agent: str) -> None:
    text = robots_txt(ORIGIN)
    rules = RobotFileParser()
    rules.parse(text.splitlines())
    other = Protego.parse(text)
    for address in OPEN:
        assert rules.can_fetch(agent, address), address
        assert other.can_fetch(f"{ORIGIN}{address}", agent), address
    for address in CLOSED:
        assert not rules.can_fetch(agent, address), address
        assert not other.can_fetch(f"{ORIGIN}{address}", agent), address
    # The standard library's parser knows no patterns.
    assert not other.can_fetch(f"{ORIGIN}/fa/account/topup", agent)
    assert list(other.sitemaps) == [f"{ORIGIN}/sitemap.xml"]
    assert rules.site_maps() == [f"{ORIGIN}/sitemap.xml"]
