"""Invite and earn: what it is for everybody, and for members their link and what came of it."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.components import classes
from jiema_app.site.components.link import link
from jiema_app.site.components.outcome import trouble_notice
from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page
from jiema_app.site.shop.invite.chart import chart
from jiema_app.site.shop.invite.funnel import funnel
from jiema_app.site.shop.invite.lists import movements, pending, people
from jiema_app.site.shop.invite.own_link import own_link
from jiema_app.site.shop.invite.placeholders import skeleton
from jiema_app.site.shop.invite.purse import purse
from jiema_app.site.shop.invite.state import InviteState
from jiema_app.site.states.member_page import FAILED, GUEST, MEMBER, UNKNOWN


def invite() -> Page:
    """The invite page."""

    def body() -> rx.Component:
        return shop_layout(page, _page(page))

    page = Page(
        path="invite",
        title=t("Invite & earn commission"),
        description=t(
            "Share your personal link and earn commission when the people you invite buy numbers."
        ),
        body=body,
        on_load=(InviteState.load,),
        scripts=("invite",),
    )
    return page


def _page(page: Page) -> rx.Component:
    return rx.el.div(
        rx.el.h1(t("Invite & earn"), class_name=classes.PAGE_TITLE),
        slot("invite-lead"),
        # Without scripts a member's own part is written there: see serving/member_pages.py.
        slot("own"),
        _to_own_part(),
        rx.match(
            InviteState.access,
            (
                UNKNOWN,
                rx.fragment(
                    rx.el.div(skeleton(), aria_busy="true", class_name="member-only"),
                    rx.el.div(_invitation(), class_name="guest-only"),
                ),
            ),
            (GUEST, _invitation()),
            (FAILED, _failure(page)),
            (MEMBER, _own_part()),
            rx.fragment(),
        ),
        slot("invite-about"),
        class_name=f"{classes.CONTENT} {classes.FIRST_SCREEN} py-8 sm:py-12",
        custom_attrs={"data-invite": ""},
    )


def _invitation() -> rx.Component:
    """What a guest does first."""
    return rx.el.div(
        link(
            t("Sign in to get your link"),
            href=f"/{LOCALE}/login?next=/{LOCALE}/invite",
            class_name=f"{classes.button('primary', 'large')} max-sm:w-full",
            custom_attrs={"data-sign-in": ""},
        ),
        rx.el.p(
            t("Your first sign-in creates an account. No email address, no password."),
            class_name="text-sm text-muted",
        ),
        class_name="mt-6 flex flex-wrap items-center gap-x-5 gap-y-3",
    )


def _to_own_part() -> rx.Component:
    """The way to one's link where no script draws it; the header knows nobody there."""
    return rx.el.noscript(
        rx.el.p(
            link(
                t("Already signed in? Show your link and commission"),
                href="?plain",
                class_name=classes.LONE_LINK,
            ),
            class_name="guest-only mt-4",
        )
    )


def _failure(page: Page) -> rx.Component:
    return rx.el.div(
        trouble_notice(
            rx.el.p(
                t("We couldn't load your link. Your commission isn't affected."),
                class_name="grow font-medium",
            ),
            link(
                t("Try again"),
                href=page.address,
                class_name=classes.button("secondary", "small"),
            ),
        ),
        class_name="mt-6",
    )


def _own_part() -> rx.Component:
    return rx.el.div(
        rx.el.div(own_link(), funnel(), class_name="grid content-stretch gap-5 [&>*]:min-w-0"),
        purse(),
        chart(),
        people(),
        pending(),
        movements(),
        class_name="mt-6 grid gap-5 lg:grid-cols-[minmax(0,1.5fr)_minmax(0,1fr)] [&>*]:min-w-0",
    )
