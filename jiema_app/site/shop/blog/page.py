"""All articles."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes
from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def blog() -> Page:
    """The page of all articles."""

    def body() -> rx.Component:
        return shop_layout(page, slot("articles", class_name=f"{classes.CONTENT} py-8 sm:py-12"))

    page = Page(
        path="blog",
        title=t("Blog: temporary numbers, testing and payments"),
        description=t(
            "Guides to temporary phone numbers: choosing a country, testing sign-up by API, how "
            "refunds work, and staying safe with USDT.",
        ),
        body=body,
    )
    return page
