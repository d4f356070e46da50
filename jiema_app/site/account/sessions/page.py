"""The browsers in which the visitor is signed in."""

from typing import Any, Final

import reflex as rx

from jiema_app.i18n.translation import t
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


def sessions(locale: str) -> Page:
    """The page of signed-in browsers in one language."""

    def body() -> rx.Component:
        return account_layout(
            page,
            SessionsState,
            content=_content(locale),
            skeleton=rx.fragment(
                skeleton.bar("mb-5 h-12 max-w-xl"), skeleton.rows(2, "h-[5.75rem]")
            ),
            invitation=t(locale, "Sign in to see your signed-in browsers."),
        )

    page = Page(
        locale=locale,
        path="account/sessions",
        title=t(locale, "Sessions"),
        description=t(locale, "The browsers in which you are signed in."),
        body=body,
        on_load=(SessionsState.load,),
    )
    return page


def _content(locale: str) -> rx.Component:
    return rx.fragment(
        rx.el.p(
            t(
                locale,
                "These browsers are signed in to your account. Sign out any that you do not "
                "know or no longer use: it takes effect at once.",
            ),
            class_name="mb-5 max-w-2xl leading-relaxed text-muted",
        ),
        rx.el.ul(
            rx.foreach(SessionsState.rows, lambda row: _browser(locale, row)),
            class_name=f"{classes.CARD} divide-y divide-line",
        ),
        outcome(problem=SessionsState.problem, done=SessionsState.done),
        rx.el.div(
            opener(EVERYWHERE, t(locale, "Sign out everywhere"), tone="danger"),
            class_name="mt-6",
        ),
        dialog(
            EVERYWHERE,
            t(locale, "Sign out everywhere?"),
            rx.el.p(
                t(
                    locale,
                    "Every browser is signed out at once, this one too. Your orders go on, and "
                    "your API keys keep working.",
                )
            ),
            actions=(
                close_button(t(locale, "Stay signed in")),
                plain_form(
                    rx.el.button(
                        t(locale, "Sign out everywhere"),
                        type="submit",
                        class_name=classes.button("danger"),
                    ),
                    method="post",
                    action=f"/api/auth/sign-out-everywhere?next=/{locale}/login",
                ),
            ),
        ),
    )


def _browser(locale: str, row: SessionRow) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.span(row.device, class_name="font-semibold"),
                rx.cond(
                    row.is_current,
                    rx.el.span(t(locale, "This browser"), class_name=classes.badge("good")),
                ),
                class_name="flex flex-wrap items-center gap-x-3 gap-y-1",
            ),
            rx.el.p(
                rx.el.span(t(locale, "Last seen"), " ", moment(row.seen, row.seen_text)),
                rx.el.span(t(locale, "Signed in"), " ", moment(row.since, row.since_text)),
                class_name="mt-1 flex flex-wrap gap-x-5 gap-y-0.5 text-sm text-muted",
            ),
            class_name="min-w-0 grow",
        ),
        rx.cond(
            row.is_current,
            plain_form(
                _sign_out_button(locale, row, type="submit"),
                method="post",
                action=f"/api/auth/sign-out?next=/{locale}",
            ),
            _sign_out_button(locale, row, type="button", on_click=SIGN_OUT(row.id)),
        ),
        key=row.id,
        class_name="flex flex-wrap items-center gap-x-4 gap-y-3 px-5 py-4",
    )


def _sign_out_button(locale: str, row: SessionRow, **props: object) -> rx.Component:
    return rx.el.button(
        icon("sign-out", "size-4.5 rtl:-scale-x-100"),
        t(locale, "Sign out"),
        rx.el.span(row.device, class_name="sr-only"),
        class_name=classes.button("secondary", "small"),
        **props,
    )
