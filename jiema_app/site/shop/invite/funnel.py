"""From a click to what it earned."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.layouts.account import panel
from jiema_app.site.shop.invite.display import Step
from jiema_app.site.shop.invite.state import InviteState


def funnel() -> rx.Component:
    """The steps beside each other; on a phone two and two."""
    return panel(
        rx.el.h2(t("What your link has done"), class_name="text-lg font-semibold"),
        rx.el.dl(
            rx.foreach(InviteState.steps, _step),
            class_name="mt-4 grid grid-cols-2 gap-x-4 gap-y-5 sm:grid-cols-4",
        ),
    )


def _step(step: Step) -> rx.Component:
    return rx.el.div(
        rx.el.dt(step.label, class_name="text-sm text-muted"),
        rx.el.dd(
            rx.el.bdi(step.value, dir="ltr"),
            class_name="mt-0.5 text-xl font-semibold tracking-tight tabular-nums",
        ),
        rx.cond(step.share, rx.el.dd(step.share, class_name="text-sm text-muted")),
        key=step.label,
        class_name="min-w-0 border-s-2 border-line ps-3.5",
    )
