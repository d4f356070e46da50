"""The visitor's API keys."""

from typing import Any, Final

import reflex as rx

from jiema_app.domain.api_keys.service import NAME_LENGTH_MAX
from jiema_app.i18n.page_texts import LOCALE, t, tc, tn
from jiema_app.settings import get_settings
from jiema_app.site.account.api_keys.state import ApiKeyRow, ApiKeysState
from jiema_app.site.components import classes, skeleton
from jiema_app.site.components.dialog import confirmation, opener
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.moment import moment
from jiema_app.site.components.outcome import empty_state, outcome
from jiema_app.site.layouts.account import account_layout, panel
from jiema_app.site.pages.origin import ORIGIN_PLACEHOLDER
from jiema_app.site.pages.page import Page

REVOKE: Final[Any] = ApiKeysState.revoke
"""The handler; its type hides that it takes an argument."""

_CELL = "sm:border-b sm:border-line sm:px-5 sm:py-3.5 sm:align-middle sm:group-last:border-b-0"
_HEAD = "border-b border-line px-5 py-3 text-start text-xs font-semibold text-muted"


def api_keys() -> Page:
    """The page of API keys."""

    def body() -> rx.Component:
        return account_layout(
            page,
            ApiKeysState,
            content=_content(),
            skeleton=rx.fragment(
                skeleton.bar("mb-6 h-14 max-w-2xl"),
                skeleton.bar("mb-5 h-36 rounded-2xl!"),
                skeleton.rows(2, "h-[4.25rem]"),
            ),
            invitation=t("Sign in to create your first API key."),
        )

    page = Page(
        path="account/api-keys",
        title=t("API keys"),
        description=t("Keys your programs use to access the API."),
        body=body,
        on_load=(ApiKeysState.load,),
    )
    return page


def _content() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            t(
                "An API key lets a program read your account and place orders from your "
                "balance. Give each program its own key, so you can revoke one without "
                "stopping the others.",
            ),
            " ",
            link(
                t("API documentation"),
                href=f"/{LOCALE}/api-docs",
                class_name=classes.TEXT_LINK,
            ),
            class_name="mb-6 max-w-2xl leading-relaxed text-muted",
        ),
        rx.cond(ApiKeysState.token, _fresh_key(), _creation()),
        outcome(problem=ApiKeysState.problem, done=ApiKeysState.done),
        rx.el.section(
            rx.el.div(
                rx.el.h2(t("Active keys"), class_name="text-lg font-semibold"),
                rx.el.p(ApiKeysState.usage, class_name="text-sm text-muted"),
                class_name="flex flex-wrap items-baseline justify-between gap-x-4 border-b "
                "border-line px-5 py-4",
            ),
            rx.cond(
                ApiKeysState.rows,
                _table(),
                empty_state(
                    "key",
                    t("No API keys yet"),
                    t("Create your first key above. It works immediately."),
                ),
            ),
            class_name=f"{classes.CARD} mt-5 overflow-hidden",
        ),
    )


def _creation() -> rx.Component:
    most = get_settings().limits.api_keys
    return panel(
        rx.el.h2(t("Create a key"), class_name="text-lg font-semibold"),
        rx.el.form(
            rx.el.label(
                t("What's it for?"),
                html_for="key-name",
                class_name=f"{classes.LABEL} mt-4",
            ),
            rx.el.div(
                rx.el.input(
                    id="key-name",
                    name="name",
                    placeholder=t("For example: test server"),
                    max_length=NAME_LENGTH_MAX,
                    auto_complete="off",
                    aria_describedby="key-name-hint key-name-outcome",
                    aria_invalid=rx.cond(ApiKeysState.name_problem, "true", "false"),
                    class_name=f"{classes.FIELD} min-w-0 sm:max-w-md",
                ),
                rx.el.button(
                    icon("key", "size-4.5"),
                    t("Create key"),
                    type="submit",
                    disabled=ApiKeysState.is_full,
                    class_name=classes.button("primary"),
                ),
                class_name="flex flex-wrap gap-2 max-sm:[&>*]:w-full",
            ),
            rx.el.p(
                tn(
                    "You can have {n} active key. Revoke it to create another.",
                    "You can have up to {n} active keys. Revoke one you no longer need to "
                    "make room.",
                    most,
                ),
                id="key-name-hint",
                class_name=classes.HINT,
            ),
            outcome(problem=ApiKeysState.name_problem, done="", identity="key-name-outcome"),
            on_submit=ApiKeysState.create,
            no_validate=True,
            key=f"create-{ApiKeysState.form_number}",
        ),
    )


def _fresh_key() -> rx.Component:
    command = f'curl {ORIGIN_PLACEHOLDER}/api/v1/account -H "X-API-Key: {ApiKeysState.token}"'
    return panel(
        rx.el.div(
            rx.el.h2(
                ApiKeysState.token_title,
                class_name="text-lg font-semibold break-words",
            ),
            rx.el.p(
                icon("warning", "size-5"),
                t(
                    "Copy it now. You'll see it only once: we store just a fingerprint "
                    "and can't recover the key. Anyone who has it can spend your balance.",
                ),
                class_name=f"{classes.notice('waiting')} mt-4 flex items-start gap-3",
            ),
            role="status",
        ),
        _copyable(t("Key"), ApiKeysState.token, t("Copy key"), "fresh-key"),
        _copyable(
            t("Try it in a terminal"),
            command,
            t("Copy command"),
            "fresh-command",
        ),
        rx.el.button(
            t("I've saved it"),
            type="button",
            on_click=ApiKeysState.put_away,
            class_name=f"{classes.button('primary')} mt-6 max-sm:w-full",
        ),
        class_name="border-accent!",
    )


def _copyable(label: str, text: str | rx.Var[str], action: str, identity: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(label, class_name="mb-1.5 text-sm font-medium"),
        rx.el.div(
            rx.el.code(
                text,
                id=identity,
                dir="ltr",
                class_name="min-w-0 grow rounded-xl bg-terminal px-4 py-3 text-start text-sm "
                "break-all text-on-terminal select-all",
            ),
            rx.el.button(
                icon("copy", "size-4.5"),
                action,
                type="button",
                class_name=f"{classes.button('secondary')} shrink-0",
                custom_attrs={"data-copy": text},
            ),
            class_name="flex items-stretch gap-2 max-sm:flex-col",
        ),
        class_name="mt-5",
    )


def _table() -> rx.Component:
    return rx.el.table(
        rx.el.caption(t("Active keys"), class_name="sr-only"),
        rx.el.thead(
            rx.el.tr(
                *(
                    rx.el.th(label, scope="col", role="columnheader", class_name=f"{_HEAD} {width}")
                    for label, width in (
                        (tc("API key", "Name"), "w-full"),
                        (t("Begins with"), "whitespace-nowrap"),
                        (t("Created"), ""),
                        (t("Last used"), "whitespace-nowrap"),
                    )
                ),
                rx.el.th(
                    rx.el.span(t("Revoke"), class_name="sr-only"),
                    scope="col",
                    role="columnheader",
                    class_name=_HEAD,
                ),
                role="row",
            ),
            role="rowgroup",
            class_name="max-sm:sr-only",
        ),
        rx.el.tbody(
            rx.foreach(ApiKeysState.rows, _key),
            role="rowgroup",
            class_name="max-sm:block max-sm:divide-y max-sm:divide-line",
        ),
        role="table",
        class_name="w-full border-collapse text-sm max-sm:block",
    )


def _key(row: ApiKeyRow) -> rx.Component:
    muted = f"{_CELL} text-muted max-sm:col-span-2"
    return rx.el.tr(
        rx.el.td(
            rx.el.bdi(row.name),
            role="cell",
            class_name=f"{_CELL} font-semibold break-words max-sm:text-base",
        ),
        rx.el.td(
            rx.el.code(f"{row.prefix}…", dir="ltr"),
            role="cell",
            class_name=f"{_CELL} text-muted max-sm:col-span-2 max-sm:row-start-2",
        ),
        rx.el.td(
            rx.el.span(t("Created"), " ", class_name="sm:hidden"),
            moment(row.since, row.since_text),
            role="cell",
            class_name=muted,
        ),
        rx.el.td(
            rx.el.span(t("Last used"), " ", class_name="sm:hidden"),
            rx.cond(row.used, moment(row.used, row.used_text), rx.el.span(row.used_text)),
            role="cell",
            class_name=muted,
        ),
        rx.el.td(
            opener(
                f"revoke-{row.id}",
                t("Revoke"),
                rx.el.span(row.name, class_name="sr-only"),
                tone="danger",
                size="small",
            ),
            _revocation(row),
            role="cell",
            class_name=f"{_CELL} text-end max-sm:col-start-2 max-sm:row-start-1",
        ),
        role="row",
        key=row.id,
        class_name="group max-sm:grid max-sm:grid-cols-[1fr_auto] max-sm:items-center "
        "max-sm:gap-x-4 max-sm:gap-y-1 max-sm:px-5 max-sm:py-3.5",
    )


def _revocation(row: ApiKeyRow) -> rx.Component:
    return confirmation(
        f"revoke-{row.id}",
        t("Revoke this key?"),
        rx.el.p(
            rx.el.strong(rx.el.bdi(row.name), class_name="text-ink"),
            " ",
            rx.el.code(f"{row.prefix}…", dir="ltr"),
        ),
        rx.el.p(
            t(
                "Programs that use it lose access immediately. This can't be undone.",
            ),
            class_name="mt-2",
        ),
        keep=t("Keep key"),
        act=t("Revoke key"),
        on_click=REVOKE(row.id),
    )
