"""An article of the blog."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def article() -> Page:
    """The page of one article."""

    def body() -> rx.Component:
        return shop_layout(page, slot("article"))

    page = Page(path="blog/[article]", title=t("Blog"), description="", body=body, has_few=True)
    return page
