"""The frame of the pages about one's own account, and what a guest sees there."""

from typing import Any
from urllib.parse import urlencode

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.components import classes
from jiema_app.site.components.link import link
from jiema_app.site.components.message_panel import message_panel
from jiema_app.site.components.outcome import trouble_notice
from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page
from jiema_app.site.states.member_page import FAILED, GUEST, UNKNOWN, MemberPage

TAB = (
    "-mb-px flex min-h-11 min-w-11 items-center justify-center border-b-2 border-transparent text-[0.95rem] "
    "whitespace-nowrap text-muted hover:text-ink "
    "aria-[current]:border-accent "
    "aria-[current]:font-semibold aria-[current]:text-ink"
)


def account_layout(
    page: Page,
    state: type[MemberPage],
    *,
    content: rx.Component,
    skeleton: rx.Component,
    invitation: str = "",
) -> rx.Component:
    """Frame a page about the visitor's own things.

    Before the server has said who is there, the hint of a cookie decides between the
    skeleton and the invitation to sign in, so that neither is drawn in vain.

    Args:
        page: The page.
        state: What it shows, and to whom.
        content: For a member.
        skeleton: The room that the content will need.
        invitation: What a guest would find here; a general one when left out.
    """
    panel = sign_in_panel(page, invitation)
    return shop_layout(
        page,
        rx.el.div(
            rx.el.h1(page.title, class_name=classes.PAGE_TITLE),
            account_tabs(page),
            # What stands there without scripts: see serving/member_pages.py.
            slot("own"),
            rx.match(
                state.access,
                (
                    UNKNOWN,
                    rx.fragment(
                        rx.el.div(skeleton, aria_busy="true", class_name="member-only"),
                        rx.el.div(panel, class_name="guest-only"),
                    ),
                ),
                (GUEST, panel),
                (FAILED, _failure(page)),
                content,
            ),
            class_name=f"{classes.CONTENT} {classes.FIRST_SCREEN} py-8 sm:py-12",
        ),
    )


def account_tabs(page: Page) -> rx.Component:
    """The pages about one's own account, beside each other."""
    return rx.el.nav(
        rx.el.ul(
            *(
                rx.el.li(
                    link(
                        label,
                        href=f"/{LOCALE}/{path}",
                        aria_current="page" if page.path == path else None,
                        class_name=TAB,
                    )
                )
                for path, label in (
                    ("account", t("Overview")),
                    ("account/topup", t("Top up")),
                    # Translators: a page's name in a menu; there one asks to be paid out.
                    ("account/withdraw", t("Withdraw")),
                    ("account/statement", t("Statement")),
                    ("account/api-keys", t("API keys")),
                    ("account/sessions", t("Sessions")),
                )
            ),
            # A phone has no room for all of them: shop.js brings the present one into sight.
            custom_attrs={"data-tabs": ""},
            # Its own padding leaves room for the ring around what has the focus.
            class_name="-m-2 flex gap-4.5 overflow-x-auto overflow-y-hidden scroll-px-3 p-2 sm:gap-7 "
            "[mask-image:linear-gradient(to_right,transparent,#000_var(--before,0px),#000_calc(100%-var(--after,0px)),transparent)] "
            "rtl:[mask-image:linear-gradient(to_left,transparent,#000_var(--before,0px),#000_calc(100%-var(--after,0px)),transparent)] "
            "data-after:[--after:2.5rem] data-before:[--before:2.5rem]",
        ),
        aria_label=t("Your account"),
        class_name="mt-5 mb-8 border-b border-line",
    )


def sign_in_panel(page: Page, invitation: str = "") -> rx.Component:
    """What a guest sees on a page for members: how to come in, and back to this page."""
    back = urlencode({"next": page.address})
    return message_panel(
        "user",
        rx.el.h2(
            invitation or t("Sign in to see your account."),
            class_name="text-xl font-semibold text-balance",
        ),
        t(
            "Your first sign-in creates an account. No email address, no password.",
        ),
        link(
            t("Sign in"),
            href=f"/{LOCALE}/login?{back}",
            class_name=classes.button("primary"),
            custom_attrs={"data-sign-in": ""},
        ),
        link(
            t("Browse services"),
            href=f"/{LOCALE}/browse",
            class_name=classes.button("secondary"),
        ),
        class_name=classes.CARD,
    )


def _failure(page: Page) -> rx.Component:
    return trouble_notice(
        rx.el.p(
            t("We couldn't load this page. Your orders and balance aren't affected."),
            class_name="grow font-medium",
        ),
        link(
            t("Try again"),
            href=page.address,
            class_name=classes.button("secondary", "small"),
        ),
    )


def panel(*children: Any, **props: Any) -> rx.Component:
    """A card with a heading of its own."""
    extra = props.pop("class_name", "")
    return rx.el.section(*children, class_name=f"{classes.CARD} p-5 sm:p-6 {extra}", **props)
