"""All services: searched, filtered, sorted."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes
from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def browse() -> Page:
    """The page of all services."""

    def body() -> rx.Component:
        return shop_layout(page, slot("browse", class_name=f"{classes.CONTENT} py-8 sm:py-12"))

    page = Page(
        path="browse",
        title=t("Browse services: numbers for SMS codes"),
        description=t(
            "Every service with its lowest price and stock. Choose a service and a "
            "country, and receive the SMS code on a temporary number. No code, full "
            "refund.",
        ),
        body=body,
        scripts=("catalogue",),
    )
    return page
