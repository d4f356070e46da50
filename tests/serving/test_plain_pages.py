"""The pages that are left when the rest fails, and those that production does not have."""

import pytest
import reflex as rx

from jiema_app.serving.not_found import not_found_html
from jiema_app.serving.server_error import server_error_html
from jiema_app.serving.static_files import static_file
from jiema_app.site.pages.page import Page
from jiema_app.site.registry import served_pages


@pytest.mark.parametrize("locale", ["en", "ar", "zh", "de"])
def test_a_missing_page_leads_on_in_its_language(locale: str) -> None:
    html = not_found_html(locale).decode()
    assert f'<form action="/{locale}/browse" role="search">' in html
    assert f'<a class="to" href="/{locale}">' in html
    assert f'<a class="brand" href="/{locale}"' in html
    # Its scripts only choose colours, and between signing in and the account.
    assert "src=" not in html
    policy = dict(static_file(html.encode(), "/404.html").headers)[b"content-security-policy"]
    assert policy.count(b"'sha256-") == html.count("<script>") == 2


def test_an_apology_names_the_request_and_can_be_tried_again() -> None:
    html = server_error_html("en", "0123abcd").decode()
    assert "0123abcd" in html
    assert '<a class="to" href="">Try again</a>' in html
    # In the colours that its visitor chose: what allows the script stands in the policy.
    policy = dict(static_file(html.encode(), "/500.html").headers)[b"content-security-policy"]
    assert policy.count(b"'sha256-") == html.count("<script>") == 1


def test_production_has_no_page_for_the_sandbox() -> None:
    pages = [
        Page(path=path, title="", description="", body=rx.fragment, sandbox_only=only)
        for path, only in (("browse", False), ("components", True))
    ]
    assert [page.path for page in served_pages(pages, "production")] == ["browse"]
    assert [page.path for page in served_pages(pages, "sandbox")] == ["browse", "components"]
