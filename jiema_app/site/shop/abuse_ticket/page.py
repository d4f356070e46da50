"""The page of one report of abuse: what has become of it. The server writes all of it."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes
from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def abuse_ticket() -> Page:
    """The page of a ticket."""

    def body() -> rx.Component:
        return shop_layout(page, slot("own", class_name=f"{classes.NARROW} py-8 sm:py-12"))

    page = Page(path="abuse/[ticket]", title=t("Your report · jiema.my"), description="", body=body)
    return page
