"""What was earned, and the two ways to have it."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.account.withdraw_address import withdraw_page
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.plain_form import plain_form
from jiema_app.site.layouts.account import panel
from jiema_app.site.shop.invite.state import InviteState

MOVES = "/api/shop/commission/moves"


def purse() -> rx.Component:
    """What is available and what is not yet; moving it to the balance, and withdrawing it."""
    return panel(
        rx.el.h2(t("Your commission"), class_name="text-lg font-semibold"),
        rx.el.dl(
            rx.el.div(
                rx.el.dt(t("Available"), class_name="text-sm text-muted"),
                rx.el.dd(
                    rx.el.bdi(InviteState.purse.available, dir="ltr"),
                    class_name="mt-0.5 text-3xl font-bold tracking-tight tabular-nums",
                    custom_attrs={"data-available": ""},
                ),
                class_name="basis-full",
            ),
            _small(t("Pending"), InviteState.purse.pending, {"data-pending": ""}),
            rx.cond(
                InviteState.purse.held,
                _small(t("Being withdrawn"), InviteState.purse.held),
            ),
            class_name="mt-3 flex flex-wrap gap-x-8 gap-y-3",
        ),
        rx.cond(
            InviteState.purse.debt,
            rx.el.p(InviteState.purse.debt, class_name=f"{classes.notice('waiting')} mt-4"),
        ),
        rx.cond(InviteState.purse.whole, _move(), _nothing_to_move()),
        link(
            icon("wallet", "size-4.5"),
            t("Withdraw in USDT"),
            href=withdraw_page(LOCALE),
            class_name=f"{classes.button('secondary')} mt-3 w-full",
        ),
        class_name="flex flex-col",
    )


def _nothing_to_move() -> rx.Component:
    return rx.el.p(
        t("Once commission is available, you can move it to your balance or withdraw it."),
        class_name="mt-5 grow border-t border-line pt-5 text-sm leading-relaxed text-muted "
        "text-pretty",
    )


def _small(label: str, amount: Any, attributes: dict[str, str] | None = None) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label, class_name="text-sm text-muted"),
        rx.el.dd(
            rx.el.bdi(amount, dir="ltr"),
            class_name="font-semibold tabular-nums",
            custom_attrs=attributes or {},
        ),
    )


def _move() -> rx.Component:
    """Two forms, which also work without scripts: an amount, or everything."""
    return rx.el.div(
        plain_form(
            _hidden("locale", LOCALE),
            _hidden("key", InviteState.move_key),
            rx.el.label(t("Move to balance"), html_for="move-amount", class_name=classes.LABEL),
            rx.el.div(
                rx.el.div(
                    rx.el.input(
                        id="move-amount",
                        name="amount",
                        input_mode="decimal",
                        auto_complete="off",
                        max_length=20,
                        required=True,
                        dir="ltr",
                        aria_invalid="false",
                        aria_describedby="move-hint move-refusal",
                        class_name=f"{classes.FIELD} pe-16 rtl:ps-16 rtl:pe-3.5 rtl:text-end",
                    ),
                    rx.el.span(
                        "USDT",
                        aria_hidden="true",
                        class_name="pointer-events-none absolute end-3.5 top-3 text-sm font-medium "
                        "text-muted",
                    ),
                    class_name="relative min-w-0 grow",
                ),
                rx.el.button(
                    # Translators: a button; moves the amount beside it to the balance.
                    t("Move"),
                    type="submit",
                    class_name=classes.button("primary"),
                ),
                class_name="flex gap-2",
            ),
            rx.el.p(
                id="move-refusal",
                role="alert",
                hidden=True,
                class_name=classes.FIELD_ERROR,
                custom_attrs={"data-refusal": ""},
            ),
            rx.el.p(
                t("Any amount, immediately and without a fee."),
                " ",
                t("What you've moved to your balance can't be withdrawn any more."),
                id="move-hint",
                class_name=classes.HINT,
            ),
            **_form(),
        ),
        plain_form(
            _hidden("locale", LOCALE),
            _hidden("key", InviteState.move_key),
            _hidden("all", "1"),
            rx.el.button(
                t("Move all of it"),
                rx.el.bdi(InviteState.purse.whole, dir="ltr", class_name="tabular-nums"),
                type="submit",
                class_name=f"{classes.button('secondary')} mt-3 w-full",
            ),
            **_form(),
        ),
        class_name="mt-5 grow border-t border-line pt-5",
    )


def _hidden(name: str, value: Any) -> rx.Component:
    return rx.el.input(type="hidden", name=name, value=value)


def _form() -> dict[str, Any]:
    return {
        "method": "post",
        "action": MOVES,
        "custom_attrs": {"data-enhanced": "", "data-move": ""},
    }
