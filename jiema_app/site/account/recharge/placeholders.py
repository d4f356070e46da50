"""What stands in place of a recharge until it is there."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes
from jiema_app.site.components.owned_item import loading
from jiema_app.site.components.skeleton import bar


def skeleton() -> rx.Component:
    """Grey shapes where the parts of an open recharge will stand."""
    return loading(
        t("Loading the top-up"),
        heading=(bar("h-7 w-56 max-w-full"),),
        main=(
            rx.el.div(
                bar("h-6 w-48"),
                rx.el.div(
                    rx.el.div(
                        bar("h-4 w-24"),
                        bar("mt-3 h-9 w-52 max-w-full"),
                        bar("mt-7 h-4 w-32"),
                        bar("mt-3 h-6 w-full"),
                        bar("mt-4 h-11 w-full rounded-xl!"),
                        class_name="min-w-0",
                    ),
                    bar("mx-auto size-48 rounded-xl! sm:size-44"),
                    class_name="mt-6 grid items-center gap-6 "
                    "sm:grid-cols-[minmax(0,1fr)_auto] sm:gap-8",
                ),
                class_name=f"{classes.CARD} min-h-[25rem] p-5 sm:p-6",
            ),
            rx.el.div(
                bar("h-11 w-32 max-sm:grow"),
                bar("h-11 w-28 max-sm:grow"),
                class_name="flex gap-3",
            ),
        ),
        aside=("h-32", "h-80"),
    )
