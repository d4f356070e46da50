"""The browsers in which the visitor is signed in."""

from typing import Any, Final

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.account.sessions.state import SessionRow, SessionsState
from jiema_app.site.components import classes, skeleton
from jiema_app.site.components.dialog import close_button, dialog, opener
from jiema_app.site.components.icons import icon
from jiema_app.site.components.moment import moment
from jiema_app.site.components.outcome import outcome
from jiema_app.site.components.plain_form import plain_form
from jiema_app.site.layouts.account import account_layout
from jiema_app.site.pages.page import Page

EVERYWHERE: Final = "sign-out-everywhere"
"""Id of the dialog that asks once more."""

SIGN_OUT: Final[Any] = SessionsState.sign_out
"""The handler; its type hides that it takes an argument."""


def sessions() -> Page:
    """The page of signed-in browsers."""

    def body() -> rx.Component:
        return account_layout(
            page,
            SessionsState,
            content=_content(),
            skeleton=rx.fragment(
                skeleton.bar("mb-5 h-12 max-w-xl"), skeleton.rows(2, "h-[5.75rem]")
            ),
            invitation=t("Sign in to see your sessions."),
        )

    page = Page(
        path="account/sessions",
        title=t("Sessions"),
        description=t("The browsers where you're signed in."),
        body=body,
        on_load=(SessionsState.load,),
    )
    return page


def _content() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            t(
                "These browsers are signed in to your account. Sign out any you don't "
                "recognise or no longer use. It takes effect immediately.",
            ),
            class_name="mb-5 max-w-2xl leading-relaxed text-muted",
        ),
        rx.el.ul(
            rx.foreach(SessionsState.rows, _browser),
            class_name=f"{classes.CARD} divide-y divide-line",
        ),
        outcome(problem=SessionsState.problem, done=SessionsState.done),
        rx.el.div(
            opener(EVERYWHERE, t("Sign out everywhere"), tone="danger"),
            class_name="mt-6",
        ),
        dialog(
            EVERYWHERE,
            t("Sign out everywhere?"),
            rx.el.p(
                t(
                    "This signs out every browser, including this one, and the app on Telegram "
                    "immediately. Your orders keep running and your API keys keep working.",
                )
            ),
            actions=(
                close_button(t("Stay signed in")),
                plain_form(
                    rx.el.button(
                        t("Sign out everywhere"),
                        type="submit",
                        class_name=classes.button("danger"),
                    ),
                    method="post",
                    action=f"/api/auth/sign-out-everywhere?next=/{LOCALE}/login",
                ),
            ),
        ),
    )


def _browser(row: SessionRow) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.span(row.device, class_name="font-semibold"),
                rx.cond(
                    row.is_current,
                    rx.el.span(t("This browser"), class_name=classes.badge("good")),
                ),
                class_name="flex flex-wrap items-center gap-x-3 gap-y-1",
            ),
            rx.el.p(
                rx.el.span(t("Last seen"), " ", moment(row.seen, row.seen_text)),
                rx.el.span(t("Signed in"), " ", moment(row.since, row.since_text)),
                class_name="mt-1 flex flex-wrap gap-x-5 gap-y-0.5 text-sm text-muted",
            ),
            class_name="min-w-0 grow",
        ),
        rx.cond(
            row.is_current,
            plain_form(
                _sign_out_button(row, type="submit"),
                method="post",
                action=f"/api/auth/sign-out?next=/{LOCALE}",
            ),
            _sign_out_button(row, type="button", on_click=SIGN_OUT(row.id)),
        ),
        key=row.id,
        class_name="flex flex-wrap items-center gap-x-4 gap-y-3 px-5 py-4",
    )


def _sign_out_button(row: SessionRow, **props: object) -> rx.Component:
    return rx.el.button(
        icon("sign-out", "size-4.5 rtl:-scale-x-100"),
        t("Sign out"),
        rx.el.span(row.device, class_name="sr-only"),
        class_name=classes.button("secondary", "small"),
        **props,
    )
