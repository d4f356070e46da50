"""The sign-in page."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def login() -> Page:
    """The sign-in page."""

    def body() -> rx.Component:
        return shop_layout(
            page,
            rx.el.div(
                rx.el.div(
                    rx.el.h1(t("Sign in"), class_name=classes.PAGE_TITLE),
                    rx.el.p(
                        t(
                            "Use an account you already have. Your first sign-in creates "
                            "your jiema account: no form, no password, no phone number.",
                        ),
                        class_name=f"{classes.LEAD} mb-8",
                    ),
                    # As tall as it will be, should the server not fill it.
                    slot("sign-in", class_name="min-h-30"),
                    class_name=f"{classes.CARD} p-6 shadow-xl shadow-black/5 sm:p-9",
                ),
                _what_to_know(),
                class_name="mx-auto w-full max-w-lg px-4 py-10 sm:py-16",
            ),
        )

    page = Page(
        path="login",
        title=t("Sign in to jiema.my"),
        description=t(
            "Sign in with Google or Telegram. We store only an account ID, not your name, "
            "email address or phone number.",
        ),
        body=body,
    )
    return page


def _what_to_know() -> rx.Component:
    return rx.el.ul(
        _point(
            "shield",
            t("What we store"),
            t(
                "Only the ID that Google or Telegram uses for you. Not your name, email "
                "address, picture or phone number. In the shop, you go by a pseudonym.",
            ),
        ),
        _point(
            "user",
            t("Two ways to sign in, two accounts"),
            t(
                "Google and Telegram create separate accounts with separate balances, and "
                "they can't be merged later. Always sign in the same way.",
            ),
        ),
        _point(
            "check",
            t("For accounts you own"),
            t(
                "Use our numbers for accounts you own, on services whose rules allow it.",
            ),
        ),
        class_name="mt-8 grid gap-5 px-2",
    )


def _point(drawing: str, title: str, text: str) -> rx.Component:
    return rx.el.li(
        icon(drawing, "mt-0.5 size-5 text-accent"),
        rx.el.div(
            rx.el.h2(title, class_name="font-semibold"),
            rx.el.p(text, class_name="mt-1 text-sm leading-relaxed text-muted"),
        ),
        class_name="flex gap-4",
    )
