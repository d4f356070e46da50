"""A page that explains, or a legal page: all of it is a long text, one built page for all."""

import reflex as rx

from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def text_page() -> Page:
    """The page of every text of ``i18n/texts/pages`` that has none of its own."""

    def body() -> rx.Component:
        return shop_layout(page, slot("text"))

    # Title and description are the text's: the server writes them.
    page = Page(path="[text]", title="jiema.my", description="", body=body, has_few=True)
    return page
