"""One service: the page whose text the server writes for each of them."""

import reflex as rx

from jiema_app.components import classes
from jiema_app.components.slot import slot
from jiema_app.i18n.translation import t
from jiema_app.layouts.page import Page
from jiema_app.layouts.shop import shop_layout


def service(locale: str) -> Page:
    """The page of any service in one language."""

    def body() -> rx.Component:
        return shop_layout(page, slot("service", class_name=f"{classes.CONTENT} py-6 sm:py-10"))

    page = Page(
        locale=locale,
        path="service/[slug]",
        title=t(locale, "Browse services: numbers for SMS codes"),
        description="",
        body=body,
        scripts=("catalogue",),
    )
    return page
