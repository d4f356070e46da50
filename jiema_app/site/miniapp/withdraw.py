"""Withdrawing: the sections of the web's page, and the way into the chat where it is confirmed."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.settings import get_settings
from jiema_app.site.account.withdraw.history import history
from jiema_app.site.account.withdraw.placeholders import placeholders
from jiema_app.site.account.withdraw.reading import ASKED
from jiema_app.site.account.withdraw.view import withdraw_view
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.owned_item import act_button
from jiema_app.site.miniapp.withdraw_state import MiniWithdraw
from jiema_app.site.states.member_page import MEMBER


def mini_withdraw_view() -> rx.Component:
    """All of it."""
    return rx.el.div(
        rx.el.h1(t("Withdraw"), class_name="text-2xl font-bold tracking-tight"),
        rx.cond(
            MiniWithdraw.access == MEMBER,
            rx.fragment(
                withdraw_view(MiniWithdraw, _ask(), _asked()),
                history(MiniWithdraw),
            ),
            rx.el.div(
                rx.el.p(t("Loading…"), role="status", class_name="sr-only"),
                placeholders(),
                aria_busy="true",
            ),
        ),
        class_name=f"{classes.CONTENT} grid gap-4 pt-3 pb-8 [&>*]:min-w-0",
    )


def _ask() -> rx.Component:
    """The last step here. Without a chat to ask in, the way to one comes first."""
    return rx.fragment(
        rx.cond(
            MiniWithdraw.needs_bot,
            rx.el.div(
                _needs_bot(),
                link(
                    t("Open the bot"),
                    href=_chat(),
                    class_name=f"{classes.button('secondary', 'large')} w-full",
                ),
                role="status",
                class_name="grid basis-full gap-3",
            ),
        ),
        rx.el.button(
            # Translators: a button; what was prepared is then to be confirmed in the bot's chat.
            t("Confirm in the chat"),
            type="button",
            on_click=MiniWithdraw.ask,
            class_name=f"{classes.button('primary', 'large')} grow",
            custom_attrs={"data-act": "", "data-main": ""},
        ),
    )


def _asked() -> rx.Component:
    """What is waited for, and the way there."""
    question = MiniWithdraw.question
    return rx.el.section(
        rx.el.h2(
            rx.el.span(
                class_name="size-2 shrink-0 animate-pulse rounded-full bg-accent",
                aria_hidden="true",
            ),
            t("Confirm it in the chat with our bot"),
            tab_index=-1,
            class_name="flex items-center gap-2.5 text-lg font-semibold outline-none",
        ),
        rx.cond(
            MiniWithdraw.needs_bot,
            rx.el.div(_needs_bot(), role="status", class_name="mt-3"),
            rx.el.p(
                t("We've sent you a message with two buttons. This view shows what you answer."),
                class_name="mt-1.5 leading-relaxed text-muted",
            ),
        ),
        rx.el.p(
            rx.el.bdi(question.net, dir="ltr"),
            class_name="mt-4 text-3xl font-bold tracking-tight tabular-nums",
        ),
        rx.el.p(
            question.address,
            dir="ltr",
            class_name="mt-1 font-mono text-sm break-all text-muted rtl:text-end",
            custom_attrs={"translate": "no"},
        ),
        rx.el.div(
            link(
                t("Open the bot"),
                href=_chat(),
                class_name=f"{classes.button('primary', 'large')} grow",
                custom_attrs={"data-main": ""},
            ),
            rx.cond(
                MiniWithdraw.needs_bot,
                act_button(t("Confirm in the chat"), on_click=MiniWithdraw.ask, tone="secondary"),
            ),
            act_button(t("Change"), on_click=MiniWithdraw.stop_asking, tone="secondary"),
            class_name="mt-5 flex flex-wrap gap-3 [&>*]:grow",
        ),
        class_name=f"{classes.CARD} p-5",
        custom_attrs={"data-step-of": ASKED, "data-asked": ""},
    )


def _needs_bot() -> rx.Component:
    return rx.el.p(
        icon("message", "mt-0.5 size-5"),
        t(
            "You confirm withdrawals in the chat with our bot. Open it and tap Start, "
            "then come back here."
        ),
        class_name=f"{classes.notice('waiting')} flex gap-3",
    )


def _chat() -> str:
    return f"https://t.me/{get_settings().telegram.bot_username}"
