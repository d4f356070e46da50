"""Articles about one topic."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes
from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def blog_tag() -> Page:
    """The page of the articles with a tag."""

    def body() -> rx.Component:
        return shop_layout(page, slot("articles", class_name=f"{classes.CONTENT} py-8 sm:py-12"))

    page = Page(path="blog/tag/[tag]", title=t("Blog"), description="", body=body, has_few=True)
    return page
