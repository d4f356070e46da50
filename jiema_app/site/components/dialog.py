"""Questions that are asked before something that cannot be taken back."""

from typing import Any

import reflex as rx

from jiema_app.site.components import classes


def dialog(identity: Any, title: Any, *body: Any, actions: tuple[Any, ...]) -> rx.Component:
    """A native dialog. ``data-dialog-open`` with its id opens it, ``data-dialog-close`` closes it.

    Args:
        identity: Its id; unique on the page.
        title: What is asked.
        *body: What one should know before answering.
        actions: The answers, as buttons. The one that changes nothing comes first.
    """
    return rx.el.dialog(
        rx.el.div(
            rx.el.h2(title, class_name="text-lg font-semibold text-balance"),
            rx.el.div(*body, class_name="mt-2 leading-relaxed text-muted"),
            rx.el.div(
                *actions,
                class_name="mt-6 flex flex-wrap justify-end gap-3 "
                "max-sm:[&>*]:grow max-sm:[&>form>button]:w-full",
            ),
            class_name="p-6",
        ),
        id=identity,
        aria_label=title,
        class_name="m-auto w-[calc(100%-2rem)] max-w-md rounded-2xl border border-line bg-surface "
        "p-0 text-start text-base whitespace-normal text-ink shadow-xl shadow-black/20 "
        "backdrop:bg-black/50",
    )


def close_button(label: str) -> rx.Component:
    """The answer that changes nothing."""
    return rx.el.button(
        label,
        type="button",
        class_name=classes.button("secondary"),
        custom_attrs={"data-dialog-close": ""},
    )


def opener(
    identity: Any, *words: Any, tone: classes.Tone, size: classes.Size = "normal"
) -> rx.Component:
    """The button that asks the question.

    Args:
        identity: The dialog's id.
        *words: What it does, once the question is answered.
        tone: As of ``classes.button``.
        size: Likewise.
    """
    return rx.el.button(
        *words,
        type="button",
        class_name=classes.button(tone, size),
        custom_attrs={"data-dialog-open": identity},
    )


def confirmation(
    identity: Any,
    title: str,
    *body: Any,
    keep: str,
    act: str,
    on_click: Any,
    tone: classes.Tone = "danger",
) -> rx.Component:
    """A dialog with two answers: one that changes nothing, and one that does what was asked.

    Args:
        identity: Its id.
        title: What is asked.
        *body: What one should know before answering.
        keep: The answer that changes nothing.
        act: The other one.
        on_click: What that does.
        tone: How it looks; most such things cannot be taken back.
    """
    return dialog(
        identity,
        title,
        *body,
        actions=(
            close_button(keep),
            rx.el.button(
                act,
                type="button",
                on_click=on_click,
                class_name=classes.button(tone),
                custom_attrs={"data-dialog-close": ""},
            ),
        ),
    )
