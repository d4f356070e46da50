"""The reference for language models says what the running shop does."""

import json
import re
from collections.abc import Iterator

import pytest

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.errors import DomainError
from jiema_app.i18n.api_texts import error_meanings
from jiema_app.settings import get_settings
from jiema_app.site.documents.llms import llms_full, llms_index
from jiema_app.site.documents.robots import WELCOME


def _codes(kind: type[DomainError]) -> set[str]:
    own = {kind.code} if "code" in kind.__dict__ else set()
    return own.union(*(_codes(each) for each in kind.__subclasses__()))


@pytest.fixture
def odd_rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in (
        ("ORDER_WINDOW_S", "1200"),
        ("ORDER_NEXT_SMS_MAX", "7"),
        ("ORDER_RETENTION_S", "172800"),
    ):
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.mark.usefixtures("odd_rules")
def test_figures_are_those_of_settings_and_catalogue(catalog: Catalog) -> None:
    text = llms_full(catalog, WELCOME)
    assert "alone for 20 minutes" in text
    assert re.search(r"Up to\s+7 more codes", text)
    assert "48 hours after an order ends" in text
    assert f"{len(catalog.services)} in the catalogue" in text.replace(",", "")
    assert not re.findall(r"\{[a-z_]+\}", text)


def test_every_error_of_the_domain_is_explained() -> None:
    told = {each.code: each.status for each in error_meanings("en")}
    assert _codes(DomainError) <= told.keys()
    for kind in _all(DomainError):
        if "code" in kind.__dict__:
            assert told[kind.code] == kind.status


def _all(kind: type[DomainError]) -> list[type[DomainError]]:
    return [kind, *(one for each in kind.__subclasses__() for one in _all(each))]


def test_its_examples_are_json(catalog: Catalog) -> None:
    text = llms_full(catalog, WELCOME)
    answers = re.findall(r"```json\n(.+?)```", text, re.DOTALL)
    assert answers
    assert all(json.loads(answer)["ok"] for answer in answers)


def test_the_index_leads_to_everything(catalog: Catalog) -> None:
    text = llms_index(catalog)
    origin = get_settings().origin
    for path in (
        "/llms-full.txt",
        "/en/api-docs",
        "/en/terms",
        "/en/invite",
        "/en/blog/how-refunds-work",
    ):
        assert f"({origin}{path})" in text
