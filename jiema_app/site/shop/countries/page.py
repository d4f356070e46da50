"""All countries that numbers come from."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes
from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def countries() -> Page:
    """The page of all countries."""

    def body() -> rx.Component:
        return shop_layout(page, slot("countries", class_name=f"{classes.CONTENT} py-8 sm:py-12"))

    page = Page(
        path="countries",
        title=t("Countries: temporary numbers for SMS codes"),
        description=t(
            "Temporary phone numbers by country, each with its lowest price and how many "
            "services you can use it with. No code, full refund.",
        ),
        body=body,
        scripts=("catalogue",),
    )
    return page
