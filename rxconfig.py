"""Configuration of Reflex; read by its build and by its backend."""

from pathlib import Path
from typing import Any

import reflex as rx
from reflex.plugins import Plugin
from reflex_base.constants import StateManagerMode

from jiema_app.processes.artwork_files import copy_telegram_script, draw_artwork
from jiema_app.processes.built_files import (
    add_page_scripts,
    call_own_origin,
    prerender_templates,
)
from jiema_app.processes.paths import WORKSHOP
from jiema_app.site.browser.bundling import browser_files, with_our_bundler
from jiema_app.site.design.artwork import PACKAGES, TELEGRAM_SDK
from jiema_app.site.design.theme import TAILWIND_CONFIG


class SameOrigin(Plugin):
    """Make built pages call the origin that served them, whatever its host and port.

    Reflex bakes the address of its development server into the pages.
    """

    def pre_compile(self, **context: Any) -> None:
        """Have the pages whose address has a variable part prerendered too, as templates."""
        context["add_modify_task"]("react-router.config.js", prerender_templates)

    def post_build(self, *, static_dir: Path, **_context: Any) -> None:
        """Rewrite the built files."""
        call_own_origin(static_dir)


class FewScripts(Plugin):
    """Have pages load our few lines where they would load libraries."""

    def pre_compile(self, **context: Any) -> None:
        """Write them, and tell the bundler."""
        context["add_save_task"](browser_files)
        context["add_modify_task"]("vite.config.js", with_our_bundler)

    def provides_entry_client(self) -> bool:
        """Reflex's own entry would start the whole of React Router."""
        return True


class PageScripts(Plugin):
    """Take scripts from the folders of their pages."""

    def post_build(self, *, static_dir: Path, **_context: Any) -> None:
        """Put them beside those of ``assets/js``."""
        add_page_scripts(static_dir)


class Artwork(Plugin):
    """Put icons, flags and a copy of Telegram's script into the build."""

    def post_build(self, *, static_dir: Path, **_context: Any) -> None:
        """Draw them."""
        draw_artwork(WORKSHOP / "node_modules", static_dir)
        copy_telegram_script(WORKSHOP / "node_modules", static_dir)


config = rx.Config(
    app_name="jiema_app",
    plugins=[
        rx.plugins.TailwindV4Plugin(TAILWIND_CONFIG),
        SameOrigin(),
        FewScripts(),
        PageScripts(),
        Artwork(),
    ],
    # We write our own sitemap, with the languages of each page.
    disable_plugins=[rx.plugins.SitemapPlugin],
    frontend_packages=[*PACKAGES, TELEGRAM_SDK],
    telemetry_enabled=False,
    show_built_with_reflex=False,
    # Files of a language are made and compressed afterwards: see jiema_app/processes/localising.
    frontend_compression_formats=[],
    frontend_lazy_bundled_libraries=True,
    # It would double the time of a build, and our pages are too small to gain from it.
    react_compiler=False,
    # Pages call their own origin only. Who may open a WebSocket is decided by
    # jiema_app/serving/dispatcher.py; an empty list here means "no CORS headers".
    cors_allowed_origins=[],
    # A page rebuilds its state from cookie and address: nothing needs a disk, nor a Redis. With
    # one, Reflex has processes share whose connection is whose, and a tab that was duplicated
    # after Redis had lost its memory would leave the first one deaf.
    redis_url=None,
    state_manager_mode=StateManagerMode.MEMORY,
)
