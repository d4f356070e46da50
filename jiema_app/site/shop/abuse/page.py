"""Reporting abuse: what we can do, the form, and a way back to a report that was sent."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def abuse() -> Page:
    """The page to report abuse on."""

    def body() -> rx.Component:
        return shop_layout(page, slot("abuse"))

    page = Page(
        path="abuse", title=t("Report abuse"), description="", body=body, scripts=("abuse",)
    )
    return page
