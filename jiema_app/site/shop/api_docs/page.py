"""The API documentation. Its text is written by the server: see live.py."""

import reflex as rx

from jiema_app.i18n.translation import t
from jiema_app.site.components import classes
from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def api_docs(locale: str) -> Page:
    """The API documentation in one language."""

    def body() -> rx.Component:
        return shop_layout(
            page,
            rx.el.div(
                rx.el.h1(t(locale, "API documentation"), class_name=classes.PAGE_TITLE),
                rx.el.p(
                    t(
                        locale,
                        "REST API for batch / automated access to jiema.my. Use this to integrate "
                        "SMS verification into your own services. All endpoints return JSON.",
                    ),
                    class_name=classes.LEAD,
                ),
                slot("documentation"),
                class_name=f"{classes.CONTENT} py-8 sm:py-12",
            ),
        )

    page = Page(
        locale=locale,
        path="api-docs",
        title=t(locale, "API documentation · jiema.my"),
        description=t(
            locale,
            "REST API for temporary numbers: prices, orders, codes and refunds, with examples in "
            "curl, Python and JavaScript.",
        ),
        body=body,
        scripts=("try-api",),
    )
    return page
