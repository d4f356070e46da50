"""One service: the page whose text the server writes for each of them."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes
from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def service() -> Page:
    """The page of any service."""

    def body() -> rx.Component:
        return shop_layout(page, slot("service", class_name=f"{classes.CONTENT} py-6 sm:py-10"))

    page = Page(
        path="service/[slug]",
        title=t("Browse services: numbers for SMS codes"),
        description="",
        body=body,
        scripts=("catalogue",),
    )
    return page
