"""What a review means for whoever waits for it, and a word from them to the reviewer."""

import reflex as rx

from jiema_app.domain.recharges.notes import NOTES_MAX, WORDS_MAX
from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.i18n.review_texts import Answer
from jiema_app.site.account.recharge.display import NoteLine
from jiema_app.site.account.recharge.state import RechargePage
from jiema_app.site.components import classes
from jiema_app.site.components.moment import moment
from jiema_app.site.components.plain_form import plain_form

WORDS = "note-words"


def review_answers() -> rx.Component:
    """What happens now, how long it takes, and what to do."""
    card = RechargePage.recharge
    return rx.cond(
        card.answers,
        rx.el.dl(
            rx.foreach(card.answers, _answer),
            class_name="mt-4 grid gap-3 border-t border-line pt-4",
        ),
    )


def _answer(answer: Answer) -> rx.Component:
    return rx.el.div(
        rx.el.dt(answer.question, class_name="font-medium"),
        rx.el.dd(answer.text, class_name="mt-0.5 leading-relaxed text-muted text-pretty"),
        key=answer.question,
    )


def notes_panel() -> rx.Component:
    """What was said, and the form to say something while it is still read."""
    card = RechargePage.recharge
    return rx.cond(
        card.takes_notes | (card.notes_said > 0),
        rx.el.section(
            rx.el.h2(
                rx.cond(card.takes_notes, t("Add a note for the review"), t("Your notes")),
                class_name="font-semibold",
            ),
            rx.cond(
                card.notes,
                rx.el.ul(
                    # They are only ever added to, so their place names them.
                    rx.foreach(card.notes, _note),
                    aria_label=t("Your notes"),
                    class_name="mt-3 grid gap-3",
                ),
            ),
            rx.cond(card.takes_notes, _form()),
            id="notes",
            class_name=f"{classes.CARD} p-5 sm:p-6",
        ),
    )


def _note(note: NoteLine, place: int) -> rx.Component:
    return rx.el.li(
        rx.el.p(note.words, dir="auto", class_name="leading-relaxed break-words"),
        rx.el.p(moment(note.at, note.at_text), class_name="mt-0.5 text-xs text-muted"),
        key=place,
        class_name="rounded-xl bg-sunken px-4 py-3 text-sm",
    )


def _form() -> rx.Component:
    card = RechargePage.recharge
    # A new one once a note has come in, so that it is empty then; the button keeps the focus.
    said = card.notes_said
    return plain_form(
        rx.el.input(type="hidden", name="locale", value=LOCALE),
        rx.el.label(
            t("What should we know about this payment?"),
            html_for=WORDS,
            class_name=classes.LABEL,
        ),
        rx.el.textarea(
            id=WORDS,
            name="words",
            rows="3",
            required=True,
            max_length=WORDS_MAX,
            dir="auto",
            aria_invalid="false",
            aria_describedby="note-hint note-refusal",
            class_name=f"{classes.FIELD} block py-2.5 leading-relaxed",
            key=f"words-{said}",
        ),
        rx.el.p(
            t(
                "For example, where you sent it from. Up to {count} notes of {most} characters "
                "each. Never write a private key or seed phrase.",
                count=str(NOTES_MAX),
                most=str(WORDS_MAX),
            ),
            id="note-hint",
            class_name=classes.HINT,
        ),
        rx.el.p(
            id="note-refusal",
            role="alert",
            hidden=True,
            class_name=f"mt-3 {classes.notice('bad')}",
            custom_attrs={"data-refusal": ""},
            key=f"refusal-{said}",
        ),
        rx.el.button(
            t("Add note"),
            type="submit",
            class_name=f"{classes.button('secondary')} mt-3 max-sm:w-full",
        ),
        method="post",
        action="/api/shop/recharges/" + card.id + "/notes",
        class_name="mt-3",
        custom_attrs={"data-enhanced": ""},
    )
