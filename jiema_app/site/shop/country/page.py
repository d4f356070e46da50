"""One country: the page whose text the server writes for each of them."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes
from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def country() -> Page:
    """The page of any country."""

    def body() -> rx.Component:
        return shop_layout(page, slot("country", class_name=f"{classes.CONTENT} py-6 sm:py-10"))

    page = Page(
        path="country/[slug]",
        title=t("Countries: temporary numbers for SMS codes"),
        description="",
        body=body,
        scripts=("catalogue",),
    )
    return page
