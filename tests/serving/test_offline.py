import pytest

from jiema_app.serving.offline import offline_html
from jiema_app.serving.security_headers import content_security_policy


@pytest.mark.parametrize(
    ("locale", "words"), [("en", "You&#x27;re offline"), ("ar", "أنت غير متصل"), ("zh", "你已离线")]
)
def test_the_offline_page_speaks_the_language(locale: str, words: str) -> None:
    html = offline_html(locale).decode()
    assert words in html
    assert f'<html lang="{locale}"' in html
    assert ("rtl" in html) == (locale == "ar")


def test_the_offline_page_needs_nothing_and_tries_its_own_address_again() -> None:
    html = offline_html("en").decode()
    assert html.count("<script") == 1  # its colours; nothing is fetched
    assert "src=" not in html
    assert "http" not in html
    assert 'href="">Try again</a>' in html


def test_pages_may_run_our_worker_and_be_installed() -> None:
    policy = content_security_policy(b"").decode().split("; ")
    assert {"worker-src 'self'", "manifest-src 'self'"} <= set(policy)
