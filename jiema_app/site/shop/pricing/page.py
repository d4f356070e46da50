"""What numbers cost: today's figures, and how a price comes about."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes
from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def pricing() -> Page:
    """The page of prices."""

    def body() -> rx.Component:
        return shop_layout(page, slot("pricing", class_name=f"{classes.CONTENT} py-8 sm:py-12"))

    page = Page(path="pricing", title=t("Pricing"), description="", body=body)
    return page
