"""Commands to paste, on a dark ground."""

import reflex as rx


def terminal(caption: str, *lines: str) -> rx.Component:
    """Show shell commands, one per line. They scroll sideways and never wrap."""
    return rx.el.figure(
        rx.el.figcaption(
            rx.el.span(
                *(
                    rx.el.span(class_name="size-2.5 rounded-full bg-terminal-muted/40")
                    for _ in range(3)
                ),
                aria_hidden="true",
                class_name="flex gap-1.5",
            ),
            caption,
            class_name="flex items-center gap-3 border-b border-white/10 px-5 py-3 "
            "text-xs text-terminal-muted",
        ),
        rx.el.pre(
            rx.el.code(
                *(_line(line, last=line is lines[-1]) for line in lines),
            ),
            tab_index=0,
            aria_label=caption,
            class_name="overflow-x-auto px-5 py-5 text-[13px] leading-7 text-on-terminal",
        ),
        dir="ltr",
        class_name="overflow-hidden rounded-2xl border border-line bg-terminal shadow-xl "
        "shadow-black/10",
    )


def _line(line: str, *, last: bool) -> rx.Component:
    # The newline belongs to the text: copied commands stay separate.
    word, _, rest = line.partition(" ")
    return rx.el.span(
        rx.el.span(word, class_name="text-terminal-accent" if word == "curl" else ""),
        f" {rest}" + ("" if last else "\n"),
    )
