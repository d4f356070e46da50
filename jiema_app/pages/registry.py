"""All pages, in all languages that are built."""

from collections.abc import Callable, Iterable

from jiema_app.layouts.page import Page
from jiema_app.pages.account.api_keys import api_keys
from jiema_app.pages.account.overview import account
from jiema_app.pages.account.sessions import sessions
from jiema_app.pages.account.statement import statement
from jiema_app.pages.account.topup import topup
from jiema_app.pages.account.topup_recharge import topup_recharge
from jiema_app.pages.api_docs import api_docs
from jiema_app.pages.browse import browse
from jiema_app.pages.components_page import components_page
from jiema_app.pages.countries import countries
from jiema_app.pages.country import country
from jiema_app.pages.home import home
from jiema_app.pages.login import login
from jiema_app.pages.order import order
from jiema_app.pages.orders import orders
from jiema_app.pages.service import service

PAGES: tuple[Callable[[str], Page], ...] = (
    home,
    browse,
    service,
    countries,
    country,
    login,
    api_docs,
    order,
    orders,
    account,
    api_keys,
    sessions,
    statement,
    topup,
    topup_recharge,
    components_page,
)


def all_pages(locales: Iterable[str]) -> list[Page]:
    """Every page in every given language."""
    return [make_page(locale) for locale in locales for make_page in PAGES]


def served_pages(pages: Iterable[Page], env: str) -> list[Page]:
    """The pages that a deployment of this kind has."""
    return [page for page in pages if env == "sandbox" or not page.sandbox_only]
