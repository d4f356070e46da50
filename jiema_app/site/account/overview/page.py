"""The account at a glance."""

import json
from typing import Any, Final

import reflex as rx

from jiema_app.domain.identity.service import DISPLAY_NAME_MAX
from jiema_app.i18n.page_texts import LANGUAGES, LOCALE, t
from jiema_app.site.account.overview.state import AccountState
from jiema_app.site.account.statement_table import statement_table
from jiema_app.site.components import classes, skeleton
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.outcome import empty_state, outcome
from jiema_app.site.components.plain_form import plain_form
from jiema_app.site.layouts.account import account_layout, panel
from jiema_app.site.pages.page import Page

SERVED: Final = rx.Var(f"(import.meta.env.SSR?[]:JSON.parse({json.dumps(LANGUAGES)}))").to(
    list[list[str]]
)
"""Code and name of the languages that are served; a compiled page knows nothing of them. It is
no JSON before they are put in, so prerendering, which draws no member's page, has none."""

COLUMNS = "grid items-start gap-5 lg:grid-cols-[1.6fr_1fr] [&>*]:min-w-0"


def account() -> Page:
    """The account page."""

    def body() -> rx.Component:
        return account_layout(page, AccountState, content=_content(), skeleton=_skeleton())

    page = Page(
        path="account",
        title=t("Account"),
        description=t("Your balance, display name and settings."),
        body=body,
        on_load=(AccountState.load,),
    )
    return page


def _skeleton() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            skeleton.bar("h-36 rounded-2xl!"),
            skeleton.bar("h-24 rounded-2xl!"),
            skeleton.bar("h-[28rem] rounded-2xl!"),
            class_name="grid gap-5",
        ),
        rx.el.div(
            skeleton.bar("h-52 rounded-2xl!"),
            skeleton.bar("h-56 rounded-2xl!"),
            skeleton.bar("h-48 rounded-2xl!"),
            class_name="grid gap-5",
        ),
        class_name=COLUMNS,
    )


def _content() -> rx.Component:
    return rx.el.div(
        rx.el.div(_balance(), _commission(), _recent(), class_name="grid gap-5 [&>*]:min-w-0"),
        rx.el.div(_profile(), _language(), _leaving(), class_name="grid gap-5"),
        class_name=COLUMNS,
    )


def _balance() -> rx.Component:
    return panel(
        rx.el.div(
            rx.el.h2(t("Balance"), class_name="text-sm font-medium text-muted"),
            rx.el.p(
                rx.el.bdi(AccountState.balance, dir="ltr"),
                class_name="mt-1 text-4xl font-bold tracking-tight tabular-nums",
            ),
        ),
        rx.el.div(
            link(
                icon("plus", "size-4.5"),
                t("Top up"),
                href=f"/{LOCALE}/account/topup",
                class_name=classes.button("primary"),
            ),
            link(
                icon("search", "size-4.5"),
                t("Browse services"),
                href=f"/{LOCALE}/browse",
                class_name=classes.button("secondary"),
            ),
            class_name="flex flex-wrap gap-3 max-sm:w-full max-sm:[&>*]:grow",
        ),
        class_name="flex flex-wrap items-center justify-between gap-x-8 gap-y-5",
    )


def _commission() -> rx.Component:
    return panel(
        rx.el.dl(
            _earned(t("Commission"), AccountState.commission),
            rx.cond(
                AccountState.pending_commission,
                _earned(t("Pending commission"), AccountState.pending_commission),
            ),
            class_name="flex flex-wrap gap-x-8 gap-y-2",
        ),
        link(
            t("Invite & earn"),
            href=f"/{LOCALE}/invite",
            class_name=classes.LONE_LINK,
        ),
        class_name="flex flex-wrap items-center justify-between gap-x-8 gap-y-3",
    )


def _earned(label: str, amount: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label, class_name="text-sm font-medium text-muted"),
        rx.el.dd(rx.el.bdi(amount, dir="ltr"), class_name="text-xl font-semibold tabular-nums"),
    )


def _recent() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(t("Recent activity"), class_name="text-lg font-semibold"),
            link(
                t("View full statement"),
                href=f"/{LOCALE}/account/statement",
                class_name=f"{classes.LONE_LINK} text-sm",
            ),
            class_name="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 border-b "
            "border-line px-5 py-4",
        ),
        rx.cond(
            AccountState.recent,
            statement_table(AccountState.recent),
            empty_state(
                "list",
                t("No activity yet"),
                t(
                    "Every order, refund and credit will appear here, with your balance after it.",
                ),
            ),
        ),
        class_name=f"{classes.CARD} overflow-hidden",
    )


def _profile() -> rx.Component:
    return panel(
        rx.el.h2(t("Your name"), class_name="text-lg font-semibold"),
        rx.el.form(
            rx.el.label(
                t("Display name"),
                html_for="display-name",
                class_name=f"{classes.LABEL} mt-4",
            ),
            rx.el.div(
                rx.el.input(
                    id="display-name",
                    name="name",
                    default_value=AccountState.name,
                    max_length=DISPLAY_NAME_MAX,
                    auto_complete="nickname",
                    aria_describedby="display-name-hint display-name-outcome",
                    aria_invalid=rx.cond(AccountState.name_problem, "true", "false"),
                    class_name=f"{classes.FIELD} min-w-0",
                ),
                # Translators: a button; keeps what is written or chosen beside it.
                rx.el.button(t("Save"), type="submit", class_name=classes.button("secondary")),
                class_name="flex gap-2",
            ),
            rx.el.p(
                t("A pseudonym is fine. Only you and our support team can see it."),
                id="display-name-hint",
                class_name=classes.HINT,
            ),
            outcome(
                problem=AccountState.name_problem,
                done=AccountState.name_done,
                identity="display-name-outcome",
            ),
            on_submit=AccountState.rename,
            no_validate=True,
        ),
    )


def _language() -> rx.Component:
    return panel(
        rx.el.h2(t("Language"), class_name="text-lg font-semibold"),
        rx.el.form(
            rx.el.label(
                t("Language for messages from us"),
                html_for="account-lang",
                class_name=f"{classes.LABEL} mt-4",
            ),
            rx.el.div(
                rx.el.div(
                    rx.el.select(
                        rx.foreach(
                            SERVED,
                            lambda one: rx.el.option(one[1], value=one[0]),
                        ),
                        id="account-lang",
                        name="lang",
                        default_value=AccountState.lang,
                        aria_describedby="account-lang-outcome",
                        class_name=f"{classes.FIELD} appearance-none pe-10",
                    ),
                    icon(
                        "chevron",
                        "pointer-events-none absolute end-3.5 top-3.5 size-4.5 text-muted",
                    ),
                    class_name="relative min-w-0 grow",
                ),
                # Translators: a button; keeps what is written or chosen beside it.
                rx.el.button(t("Save"), type="submit", class_name=classes.button("secondary")),
                class_name="flex gap-2",
            ),
            outcome(
                problem=AccountState.lang_problem,
                done=AccountState.lang_done,
                identity="account-lang-outcome",
            ),
            rx.cond(
                AccountState.lang_offer,
                link(
                    AccountState.lang_offer_text,
                    href=f"/{AccountState.lang_offer}/account",
                    class_name=f"{classes.TEXT_LINK} mt-2 inline-block text-sm pointer-coarse:py-3",
                    custom_attrs={"data-locale": AccountState.lang_offer},
                ),
            ),
            on_submit=AccountState.choose_language,
            no_validate=True,
        ),
    )


def _leaving() -> rx.Component:
    row = "flex min-h-11 items-center gap-3 rounded-lg px-3 -mx-3 hover:bg-sunken"
    return panel(
        # Translators: the heading above links to the other pages of the account.
        rx.el.h2(t("More"), class_name="mb-2 text-lg font-semibold"),
        *(
            link(
                icon(drawing, "size-5 text-muted"), label, href=f"/{LOCALE}/{path}", class_name=row
            )
            for path, label, drawing in (
                ("account/api-keys", t("API keys"), "key"),
                ("api-docs", t("API documentation"), "code"),
                ("account/sessions", t("Sessions"), "shield"),
            )
        ),
        plain_form(
            rx.el.button(
                icon("sign-out", "size-5 text-muted rtl:-scale-x-100"),
                t("Sign out"),
                type="submit",
                class_name=f"{row} w-[calc(100%+1.5rem)] cursor-pointer text-start",
            ),
            method="post",
            action=f"/api/auth/sign-out?next=/{LOCALE}",
        ),
    )
