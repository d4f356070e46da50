"""All pages, in all languages that are built."""

from collections.abc import Callable, Iterable

from jiema_app.layouts.page import Page
from jiema_app.pages.home import home
from jiema_app.pages.order import order
from jiema_app.pages.orders import orders

PAGES: tuple[Callable[[str], Page], ...] = (home, order, orders)


def all_pages(locales: Iterable[str]) -> list[Page]:
    """Every page in every given language."""
    return [make_page(locale) for locale in locales for make_page in PAGES]
