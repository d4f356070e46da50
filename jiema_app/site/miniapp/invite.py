"""Inviting, with Telegram's own sharing."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes
from jiema_app.site.shop.invite.own_link import own_link
from jiema_app.site.shop.invite.purse import purse
from jiema_app.site.shop.invite.state import InviteState
from jiema_app.site.states.member_page import MEMBER


def invite_view() -> rx.Component:
    """The link, and what it earned."""
    return rx.el.div(
        rx.el.h1(t("Invite & earn"), class_name="text-2xl font-bold tracking-tight"),
        rx.cond(
            InviteState.access == MEMBER,
            rx.el.div(own_link(), purse(), class_name="grid gap-4 [&>*]:min-w-0"),
            rx.el.div(
                rx.el.p(t("Loading…"), role="status", class_name="sr-only"),
                rx.el.div(class_name=f"{classes.SKELETON} h-64 rounded-2xl"),
                aria_busy="true",
            ),
        ),
        class_name=f"{classes.CONTENT} grid gap-4 pt-3 pb-8 [&>*]:min-w-0",
        custom_attrs={"data-invite": ""},
    )
