"""What was earned day by day: a drawing, and the same as a table."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t, tn
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.layouts.account import panel
from jiema_app.site.shop.invite.chart_display import BAR, Bar, DayLine
from jiema_app.site.shop.invite.state import DAYS, PERIODS, InviteState


def chart() -> rx.Component:
    """The chart with the choice of its days."""
    return panel(
        rx.el.div(
            rx.el.div(
                rx.el.h2(t("Earned by day"), class_name="text-lg font-semibold"),
                rx.el.p(
                    rx.el.bdi(InviteState.chart.total, dir="ltr"),
                    class_name="text-sm text-muted tabular-nums",
                ),
            ),
            rx.el.nav(
                *(_period(days) for days in PERIODS),
                aria_label=t("Days of the chart"),
                class_name="flex gap-2",
            ),
            class_name="flex flex-wrap items-start justify-between gap-3",
        ),
        rx.cond(InviteState.chart.bars, _drawing(), _nothing()),
        id="chart",
        class_name="scroll-mt-20 lg:col-span-2",
    )


def _period(days: int) -> rx.Component:
    query = "" if days == PERIODS[0] else f"?{DAYS}={days}"
    return link(
        tn("{n} day", "{n} days", days),
        href=f"/{LOCALE}/invite{query}#chart",
        aria_current=rx.cond(InviteState.days == days, "true", None),
        class_name=classes.CHIP,
    )


def _nothing() -> rx.Component:
    return rx.el.p(
        t("Nothing earned in these days yet."),
        class_name="mt-4 grid min-h-40 place-items-center rounded-xl bg-sunken px-6 text-center "
        "text-muted",
    )


def _drawing() -> rx.Component:
    shown = InviteState.chart
    return rx.fragment(
        rx.el.div(
            rx.el.div(
                rx.el.bdi(shown.top, dir="ltr"),
                rx.el.bdi(shown.middle, dir="ltr"),
                aria_hidden="true",
                class_name="absolute inset-y-0 start-0 z-10 flex h-1/2 flex-col justify-between "
                "text-xs leading-none text-muted tabular-nums [&>*]:bg-surface [&>*]:pe-1.5 "
                "[&>*]:-translate-y-1/2",
            ),
            rx.el.svg(
                rx.el.line(x1="0", x2="100%", y1="0", y2="0", class_name="stroke-line stroke-1"),
                rx.cond(
                    shown.middle,
                    rx.el.line(
                        x1="0", x2="100%", y1="50%", y2="50%", class_name="stroke-line stroke-1"
                    ),
                ),
                rx.el.line(
                    x1="0",
                    x2="100%",
                    y1=shown.zero,
                    y2=shown.zero,
                    class_name="stroke-line-strong stroke-1",
                ),
                rx.foreach(shown.bars, _bar),
                view_box=shown.box,
                role="img",
                aria_label=shown.summary,
                custom_attrs={"preserveAspectRatio": "none"},
                class_name="h-44 w-full overflow-visible [&_line]:[vector-effect:non-scaling-stroke] "
                "rtl:-scale-x-100",
            ),
            class_name="relative mt-6",
        ),
        rx.el.p(
            rx.el.span(shown.first),
            rx.el.span(shown.last),
            aria_hidden="true",
            class_name="mt-2 flex justify-between text-xs text-muted",
        ),
        _table(),
    )


def _bar(bar: Bar) -> rx.Component:
    return rx.el.rect(
        rx.el.title(bar.title),
        x=bar.x,
        y=bar.y,
        width=str(BAR),
        height=bar.height,
        key=bar.x,
        class_name=rx.cond(
            bar.is_loss,
            "fill-danger hover:opacity-70",
            "fill-accent hover:opacity-70",
        ),
    )


def _table() -> rx.Component:
    head = "border-b border-line py-2 text-xs font-semibold text-muted"
    return rx.el.details(
        rx.el.summary(
            t("Show as a table"),
            icon("chevron", "size-4.5 transition-transform group-open:rotate-180"),
            class_name="inline-flex min-h-9 pointer-coarse:min-h-11 cursor-pointer list-none "
            "items-center gap-2 text-sm font-medium text-accent "
            "[&::-webkit-details-marker]:hidden",
        ),
        rx.el.table(
            rx.el.caption(t("Earned by day"), class_name="sr-only"),
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(t("Day"), scope="col", class_name=f"{head} text-start"),
                    rx.el.th(t("Earned"), scope="col", class_name=f"{head} text-end"),
                )
            ),
            rx.el.tbody(rx.foreach(InviteState.chart.lines, _line)),
            class_name="mt-1 w-full max-w-sm border-collapse text-sm",
        ),
        class_name="group mt-3",
    )


def _line(line: DayLine) -> rx.Component:
    return rx.el.tr(
        rx.el.th(line.day, scope="row", class_name="py-1.5 text-start font-normal"),
        rx.el.td(rx.el.bdi(line.amount, dir="ltr"), class_name="py-1.5 text-end tabular-nums"),
        key=line.day,
    )
