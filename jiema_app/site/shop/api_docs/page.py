"""The API documentation. Its text is written by the server: see live.py."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes
from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def api_docs() -> Page:
    """The API documentation."""

    def body() -> rx.Component:
        return shop_layout(
            page,
            rx.el.div(
                rx.el.h1(t("API documentation"), class_name=classes.PAGE_TITLE),
                rx.el.p(
                    t(
                        "REST API for batch and automated access to jiema.my. Use it to "
                        "add SMS verification to your own services. All endpoints return "
                        "JSON.",
                    ),
                    class_name=classes.LEAD,
                ),
                slot("documentation"),
                class_name=f"{classes.CONTENT} py-8 sm:py-12",
            ),
        )

    page = Page(
        path="api-docs",
        title=t("API documentation · jiema.my"),
        description=t(
            "REST API for temporary numbers: prices, orders, codes and refunds, with examples in "
            "curl, Python and JavaScript.",
        ),
        body=body,
        scripts=("api_docs",),
    )
    return page
