"""What stands in place of an order until it is there."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes
from jiema_app.site.components.owned_item import loading
from jiema_app.site.components.skeleton import bar


def skeleton() -> rx.Component:
    """Grey shapes where the parts of an order will stand, as large as they will be."""
    return loading(
        t("Loading the order"),
        heading=(
            bar("size-13 rounded-2xl"),
            rx.el.div(bar("h-6 w-40"), bar("mt-2 h-4 w-28"), class_name="grow basis-0"),
            rx.el.div(
                bar("h-5 w-32 rounded-full"),
                class_name="max-sm:-mt-1 max-sm:basis-full max-sm:ps-17",
            ),
        ),
        main=(
            rx.el.div(
                rx.el.div(
                    rx.el.div(bar("h-4 w-28"), bar("mt-2 h-8 w-56 max-w-full"), class_name="grow"),
                    bar("h-11 w-40 max-sm:w-full"),
                    class_name=f"{classes.CARD} flex min-h-26 flex-wrap items-center "
                    "justify-between gap-x-6 gap-y-4 rounded-b-none p-5 sm:p-6",
                ),
                rx.el.div(
                    bar("size-24 shrink-0 rounded-full"),
                    rx.el.div(
                        bar("h-5 w-44 max-w-full"),
                        bar("mt-3 h-4 w-64 max-w-full"),
                        class_name="min-w-0 grow",
                    ),
                    class_name="flex min-h-56 items-center gap-5 rounded-2xl rounded-t-none "
                    "border border-t-0 border-line bg-surface p-5 sm:min-h-54 sm:gap-6 sm:p-6",
                ),
            ),
            rx.el.div(
                bar("h-11 w-56 max-sm:grow"),
                bar("h-11 w-40 max-sm:grow"),
                class_name="flex flex-wrap gap-3",
            ),
        ),
        aside=("h-40", "h-36", "h-16"),
    )
