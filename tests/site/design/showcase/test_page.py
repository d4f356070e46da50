"""The page that shows every component: for those who build the shop."""

from jiema_app.site.components import classes
from jiema_app.site.design.showcase.page import components_page
from jiema_app.site.registry import all_pages, served_pages


def test_production_does_not_serve_it() -> None:
    path = components_page().path
    assert path in {page.path for page in served_pages(all_pages(), "sandbox")}
    assert path not in {page.path for page in served_pages(all_pages(), "production")}


def test_it_shows_every_kind_of_button() -> None:
    drawn = str(components_page().body().render())
    for look in ("primary", "secondary", "danger"):
        assert classes.button(look) in drawn
