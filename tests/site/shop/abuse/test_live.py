"""The text and the forms of the page to report abuse on."""

import re

import pytest

from api_routes.shop.abuse_reports import ABUSE_REPORTS
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.site.shop.abuse.live import abuse_part
from jiema_app.site.shop.abuse.refusals import FIELDS, REFUSED, report_anchor


@pytest.mark.parametrize("locale", ["en", "ar", "zh", "de"])
def test_the_page_holds_its_text_and_both_forms(catalog: Catalog, locale: str) -> None:
    part = abuse_part(catalog, locale, "")
    html = part.slots["abuse"]
    assert html.count("<h1") == 1
    assert 'id="what-to-send"' in html
    assert f'<form method="post" action="{ABUSE_REPORTS}"' in html
    assert f'<form method="get" action="/{locale}/abuse"' in html
    assert f'name="locale" value="{locale}"' in html
    assert part.title is not None


def test_every_reason_stands_once_and_every_field_beside_its_own(catalog: Catalog) -> None:
    html = abuse_part(catalog, "en", "").slots["abuse"]
    anchors = [*(report_anchor(code) for code in REFUSED)]
    anchors += [report_anchor("BAD_REQUEST", field) for field in FIELDS]
    ids = re.findall(r'id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(anchors) == {one for one in ids if one.startswith("refused-")}
    for field in FIELDS:
        after = html.partition(f'data-field="{field}"')[2].partition("data-field=")[0]
        assert f'name="{field}"' in after
        assert f'id="refused-{field}"' in after


def test_the_form_says_what_it_takes_and_when_we_answer(catalog: Catalog) -> None:
    html = abuse_part(catalog, "en", "").slots["abuse"]
    assert 'minlength="10" maxlength="4000"' in html
    assert "We answer within 72 hours" in html
    assert "180 days after our answer" in html


def test_no_reason_leads_nowhere() -> None:
    assert report_anchor("SOMETHING_NEW") == "refused-INTERNAL"
    assert report_anchor("BAD_REQUEST", '"><script>') == "refused-INTERNAL"
