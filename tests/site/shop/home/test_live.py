"""What the server writes into the home page."""

from jiema_app.domain.catalog.snapshot import build_catalog
from jiema_app.domain.clock import SystemClock
from jiema_app.settings import get_settings
from jiema_app.site.shop.home.live import home_part, questions
from tests.support.catalogs import text_of


def test_structured_data_of_the_home_page_say_what_the_page_says() -> None:
    live = home_part(build_catalog(SystemClock().now()), "en", "")
    kinds = {document["@type"]: document for document in live.json_ld}
    assert set(kinds) == {"Organization", "WebSite", "FAQPage"}
    assert all(document["@context"] == "https://schema.org" for document in live.json_ld)
    action = kinds["WebSite"]["potentialAction"]
    address = action["target"]["urlTemplate"]
    assert address == f"{get_settings().origin}/en/browse?q={{search_term_string}}"
    assert action["query-input"] == "required name=search_term_string"
    assert kinds["WebSite"]["publisher"]["@id"] == kinds["Organization"]["@id"]
    shown = text_of(live.slots["questions"])
    asked = [
        (entry["name"], entry["acceptedAnswer"]["text"]) for entry in kinds["FAQPage"]["mainEntity"]
    ]
    assert tuple(asked) == questions("en")
    for question, answer in asked:
        assert question in shown
        assert answer in shown
