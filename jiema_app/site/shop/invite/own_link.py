"""The personal link, and every way to hand it on."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes
from jiema_app.site.components.copy_button import copy_button
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.layouts.account import panel
from jiema_app.site.shop.invite.state import InviteState


def own_link() -> rx.Component:
    """The link with a button that copies it, and its code to scan."""
    return panel(
        rx.el.div(
            rx.el.h2(t("Your link"), class_name="text-lg font-semibold"),
            rx.cond(
                InviteState.link.pause,
                rx.el.p(
                    InviteState.link.pause,
                    role="status",
                    class_name=f"{classes.notice('waiting')} mt-3",
                ),
            ),
            rx.el.p(
                InviteState.link.shown,
                dir="ltr",
                class_name="mt-3 rounded-xl bg-sunken px-4 py-3 font-mono text-[0.95rem] break-all",
                custom_attrs={"data-link": InviteState.link.url, "translate": "no"},
            ),
            rx.el.div(
                copy_button(
                    InviteState.link.url,
                    t("Copy link"),
                    class_name=f"{classes.button('primary')} max-sm:w-full",
                ),
                _share_button(),
                link(
                    icon("message", "size-4.5"),
                    t("Share on Telegram"),
                    href=InviteState.link.telegram,
                    target="_blank",
                    rel="noopener",
                    class_name=f"{classes.button('secondary')} max-sm:grow",
                ),
                class_name="mt-4 flex flex-wrap gap-3",
            ),
            class_name="flex min-w-0 flex-col justify-center",
        ),
        _code(),
        class_name="grid items-center gap-6 sm:grid-cols-[minmax(0,1fr)_auto] sm:gap-8",
    )


def _share_button() -> rx.Component:
    """Opens what the system shares with; page.js shows it where there is such a thing."""
    return rx.el.button(
        icon("share", "size-4.5"),
        # Translators: a button; opens the share sheet of the phone.
        t("Share"),
        type="button",
        class_name=f"{classes.button('secondary')} hidden! max-sm:grow "
        "[html[data-can-share]_&]:inline-flex!",
        custom_attrs={
            "data-share": InviteState.link.url,
            "data-share-words": InviteState.link.words,
        },
    )


def _code() -> rx.Component:
    return rx.el.figure(
        # White in the dark, too: many scanners know dark on light alone.
        rx.el.svg(
            rx.el.path(d=InviteState.link.qr_path, class_name="fill-black"),
            view_box=InviteState.link.qr_box,
            role="img",
            aria_label=t("QR code of your link"),
            class_name="size-36 rounded-xl bg-white outline outline-line "
            "[shape-rendering:crispEdges]",
        ),
        class_name="mx-auto [html[data-mini]_&]:hidden",
    )
