"""The form to withdraw: where to, how much, and what of it arrives."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.withdraw.form_display import Source
from jiema_app.site.account.withdraw.reading import FORM
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon

ADDRESS = "withdraw-address"
AMOUNT = "withdraw-amount"


def form(state: Any) -> rx.Component:
    """Hidden while its draft is to be confirmed: what was typed stays in it.

    Args:
        state: Has what `WithdrawSteps` has.
    """
    return rx.el.form(
        rx.el.h2(
            t("Withdraw in USDT"), class_name="text-lg font-semibold outline-none", tab_index=-1
        ),
        _notice(state),
        rx.cond(state.purse.has_choice, _sources(state)),
        _address(state),
        _amount(state),
        _outcome(state),
        rx.el.button(
            # Translators: a button; goes on to the next step.
            t("Continue"),
            type="submit",
            class_name=f"{classes.button('primary', 'large')} mt-5 w-full",
            custom_attrs={"data-main": ""},
        ),
        rx.el.p(
            t("Next, you check everything once more. Nothing is sent before you confirm."),
            class_name="mt-3 text-center text-sm text-muted text-pretty",
        ),
        on_submit=state.go_on,
        no_validate=True,
        key=f"form-{state.form_number}",
        class_name=rx.cond(
            state.step == FORM,
            f"{classes.CARD} p-5 sm:p-6",
            f"{classes.CARD} hidden p-5 sm:p-6",
        ),
        custom_attrs={"data-step-of": FORM},
    )


def _notice(state: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(
            (state.notice != "") & (state.step == FORM),
            rx.el.p(state.notice, class_name=f"{classes.notice('bad')} mt-4"),
        ),
        role="alert",
    )


def _sources(state: Any) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(t("Withdraw from"), class_name=classes.LABEL),
        rx.el.div(
            rx.foreach(state.purse.sources, lambda source: _source(state, source)),
            class_name="grid gap-2.5 sm:grid-cols-2",
        ),
        class_name="mt-4",
    )


def _source(state: Any, source: Source) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="source",
            value=source.name,
            default_checked=source.name == state.source,
            on_change=state.choose_source,
            class_name="peer sr-only",
        ),
        rx.el.span(
            rx.el.span(source.label, class_name="font-medium"),
            rx.el.bdi(source.amount, dir="ltr", class_name="font-semibold tabular-nums"),
            class_name="flex min-h-13 items-center justify-between gap-3 rounded-xl border "
            "border-line px-4 text-muted hover:border-accent peer-checked:border-accent "
            "peer-checked:bg-tint peer-checked:text-ink peer-focus-visible:outline-3 "
            "peer-focus-visible:outline-offset-3 peer-focus-visible:outline-accent",
        ),
        key=source.name,
        class_name="cursor-pointer",
    )


def _address(state: Any) -> rx.Component:
    note, typed = state.address, _debounced(state.type_address)
    return rx.el.div(
        rx.el.label(
            t("Your address"),
            rx.el.span("TRON · TRC20", dir="ltr", class_name=classes.badge("good")),
            html_for=ADDRESS,
            class_name=f"{classes.LABEL} flex! flex-wrap items-center gap-x-2 gap-y-1",
        ),
        rx.el.input(
            id=ADDRESS,
            name="address",
            default_value=state.typed_address,
            max_length=200,
            auto_complete="off",
            auto_capitalize="none",
            spell_check=False,
            dir="ltr",
            required=True,
            aria_invalid=rx.cond(note.problem, "true", "false"),
            aria_describedby=f"{ADDRESS}-about",
            on_change=typed,
            class_name=f"{classes.FIELD} font-mono text-[0.95rem]! rtl:text-end",
            custom_attrs={"autoCorrect": "off", "translate": "no"},
        ),
        rx.el.div(
            rx.cond(
                note.problem,
                rx.el.p(note.problem, class_name=classes.FIELD_ERROR),
                rx.cond(
                    note.good,
                    rx.fragment(
                        rx.el.p(
                            icon("check", "size-4.5"),
                            note.good,
                            class_name="mt-1.5 flex items-center gap-1.5 text-sm font-medium "
                            "text-accent",
                        ),
                        rx.cond(note.wait, rx.el.p(note.wait, class_name=classes.HINT)),
                    ),
                    rx.el.p(
                        t("Copy it from your wallet or exchange. It begins with T."),
                        class_name=classes.HINT,
                    ),
                ),
            ),
            id=f"{ADDRESS}-about",
            aria_live="polite",
        ),
        class_name="mt-4",
    )


def _amount(state: Any) -> rx.Component:
    note, typed = state.amount, _debounced(state.type_amount)
    return rx.el.div(
        rx.el.div(
            rx.el.label(t("Amount"), html_for=AMOUNT, class_name="text-sm font-medium"),
            rx.el.button(
                # Translators: a button; writes all that is available into the field of an amount.
                t("All of it"),
                type="button",
                aria_controls=AMOUNT,
                class_name=f"{classes.LONE_LINK} cursor-pointer text-sm",
                custom_attrs={"data-fill": state.source_exact},
            ),
            class_name="mb-1.5 flex items-baseline justify-between gap-4",
        ),
        rx.el.div(
            rx.el.input(
                id=AMOUNT,
                name="amount",
                default_value=state.typed_amount,
                input_mode="decimal",
                max_length=32,
                auto_complete="off",
                dir="ltr",
                required=True,
                aria_invalid=rx.cond(note.problem, "true", "false"),
                aria_describedby=f"{AMOUNT}-about",
                on_change=typed,
                class_name=f"{classes.FIELD} pe-16 tabular-nums rtl:ps-16 rtl:pe-3.5 rtl:text-end",
            ),
            rx.el.span(
                "USDT",
                aria_hidden="true",
                class_name="pointer-events-none absolute end-3.5 top-3 text-sm font-medium "
                "text-muted",
            ),
            class_name="relative",
        ),
        rx.el.div(
            rx.cond(
                note.problem,
                rx.el.p(note.problem, class_name=classes.FIELD_ERROR),
                rx.el.p(state.rules.least, class_name=classes.HINT),
            ),
            id=f"{AMOUNT}-about",
            aria_live="polite",
        ),
        class_name="mt-5",
    )


def _outcome(state: Any) -> rx.Component:
    """Fee and net, before anything is sent."""
    return rx.el.dl(
        _figure(t("Fee, taken from the amount"), state.amount.fee, ""),
        _figure(t("You receive"), state.amount.net, "text-lg font-semibold text-ink"),
        aria_live="polite",
        class_name="mt-5 grid gap-2 rounded-xl bg-sunken px-4 py-3.5",
    )


def _figure(label: str, amount: Any, look: str) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label, class_name="text-sm text-muted"),
        rx.el.dd(
            rx.el.bdi(rx.cond(amount, amount, "—"), dir="ltr"),
            class_name=f"whitespace-nowrap tabular-nums {look}",
        ),
        class_name="flex items-baseline justify-between gap-4",
    )


def _debounced(event: Any) -> Any:
    return event.debounce(350)
