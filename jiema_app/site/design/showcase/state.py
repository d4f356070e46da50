"""What the page of components has to count down."""

from typing import Final

import reflex as rx

from jiema_app.site.states.page_services import page_services

WINDOW_S: Final = 900


class ComponentsPage(rx.State):
    """A moment a quarter of an hour away."""

    until: int = 0
    """Unix seconds."""

    @rx.event
    def begin(self) -> None:
        """Start a countdown that is some way on already."""
        self.until = int(page_services().clock.now().timestamp()) + WINDOW_S * 2 // 3
