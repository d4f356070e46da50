"""Light, dark, or as the system has it; ``assets/js/shop.js`` applies and remembers it."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components.icons import icon


def theme_choice(class_name: str = "") -> rx.Component:
    """Three buttons, of which the chosen one is pressed."""
    return rx.el.div(
        *(
            rx.el.button(
                icon(drawing, "size-5"),
                label,
                type="button",
                class_name="flex min-h-11 grow cursor-pointer items-center justify-center gap-2 "
                "rounded-lg px-3 text-sm font-medium text-muted hover:bg-sunken hover:text-ink "
                "aria-pressed:bg-tint aria-pressed:text-ink",
                custom_attrs={"data-theme-choice": theme},
            )
            for theme, drawing, label in (
                ("light", "sun", t("Light")),
                ("dark", "moon", t("Dark")),
                ("system", "screen", t("System")),
            )
        ),
        role="group",
        aria_label=t("Theme"),
        class_name=f"flex gap-1 {class_name}",
    )
