"""The web process: ``granian --interface asgi --factory jiema_app.asgi:create``."""

import signal
import sys
from collections.abc import Mapping
from typing import Final

from starlette.types import ASGIApp

from api_routes.addresses import neighbourhood
from jiema_app.domain.clock import SystemClock
from jiema_app.observability.logs import configure_logs
from jiema_app.observability.output import capture_output
from jiema_app.processes.fingerprints import current_build
from jiema_app.processes.memory import give_back_large_blocks, give_back_memory
from jiema_app.processes.parent_death import die_with_parent
from jiema_app.processes.reflex_environment import use_for_serving
from jiema_app.processes.serve import forget_the_dead
from jiema_app.processes.start_gate import wait_until_prepared
from jiema_app.serving.account_language import AccountLanguage
from jiema_app.serving.cors import take_cors_out
from jiema_app.serving.dispatcher import Dispatcher
from jiema_app.serving.event_arguments import rules_of_pages
from jiema_app.serving.mini_app_page import MiniAppPage
from jiema_app.serving.not_found import not_found_html
from jiema_app.serving.offline import OFFLINE_FOLDER, offline_html
from jiema_app.serving.page_events import page_events
from jiema_app.serving.page_server import PageServer
from jiema_app.serving.page_socket import PageSocket, crowd_of
from jiema_app.serving.picture_files import PictureFiles
from jiema_app.serving.renewal import Renewal
from jiema_app.serving.session_cookie import session_cookie_of
from jiema_app.serving.static_files import StaticFile, is_page, load_build, static_file
from jiema_app.serving.strict_transport import with_strict_transport
from jiema_app.settings import TELEGRAM_SCRIPT_COPY, Settings, get_settings
from jiema_app.site.live_registry import LIVE_PARTS, MEMBER_PARTS, PART_FINDERS

HANDED_OVER_S: Final = 0.001
"""How long the event loop waits for the interpreter while the thread that makes pages has it. An
answer needs it several times: with Python's own 5 ms who buys during a crawl waits twice as long
(p99), and the crawl is no faster."""


class PagesNotBuilt(RuntimeError):
    """There is no build of the present sources."""


def sandbox_origins(settings: Settings) -> tuple[str, ...]:
    """Origins under which the sandbox's own pages are looked at."""
    return tuple(f"http://{host}:{settings.sandbox_port}" for host in ("localhost", "127.0.0.1"))


def _assets(files: Mapping[str, StaticFile], script: str) -> dict[str, StaticFile]:
    """What is no page; the copy of Telegram's script only where it is what pages load."""
    return {
        path: file
        for path, file in files.items()
        if not is_page(path) and path not in {TELEGRAM_SCRIPT_COPY} - {script}
    }


def create() -> ASGIApp:
    """Build the whole web application.

    Raises:
        PagesNotBuilt: Run ``make build``.
    """
    # We are granian's worker. It stops us in good order, unless it was killed itself.
    die_with_parent(signal.SIGKILL)()
    forget_the_dead()
    sys.setswitchinterval(HANDED_OVER_S)
    give_back_large_blocks()
    use_for_serving()
    settings = get_settings()
    # Before libraries speak: their own ways to say things write all that strangers send.
    configure_logs(form=settings.log_format, level=settings.log_level, process="web")
    capture_output()
    # Reflex reads its environment when it is imported.
    from jiema_app.jiema_app import api, app, pages  # noqa: PLC0415
    from jiema_app.serving.api_mount import (  # noqa: PLC0415
        api_lifespan_state,
        keep_to_exact_addresses,
    )
    from jiema_app.site.registry import served_pages  # noqa: PLC0415

    build = current_build(settings.locales)
    if not build.exists():
        raise PagesNotBuilt("The web pages are missing or stale: run `make build`.")
    reflex = app()
    # The inner one is private: Reflex has no public way to it.
    take_cors_out(reflex, app._api, api)  # noqa: SLF001
    keep_to_exact_addresses(reflex, app._api)  # noqa: SLF001
    files = load_build(build, settings.origin)
    offline = {
        f"{OFFLINE_FOLDER}{locale}": static_file(offline_html(locale), "/offline.html")
        for locale in settings.locales
    }
    cookie = session_cookie_of(settings.origin, settings.session.days)
    with app.set_contexts():
        rules = rules_of_pages()
    # Without a bot nothing opens it.
    opened = [] if settings.mini_app_token is None else pages
    mini_app = MiniAppPage(
        opened,
        files,
        locales=settings.locales,
        catalog=lambda: api.state.context.services.live_catalog.current,
        script=settings.telegram_script_url,
        # The page that plays the phone is another origin's.
        frames=sandbox_origins(settings) if settings.env == "sandbox" else (),
    )
    dispatcher = Dispatcher(
        reflex=reflex,
        events=PageSocket(
            page_events(app),
            rules=rules,
            crowd=crowd_of(settings.limits),
            cookie=cookie,
            # Looked up for each connection: the context is there once the server has started.
            address_of=lambda scope: api.state.context.addresses.of(scope),  # noqa: PLW0108
            counts_as=neighbourhood,
        ),
        api=api,
        api_state=api_lifespan_state,
        pages=PageServer(
            served_pages(pages, settings.env),
            files,
            LIVE_PARTS,
            origin=settings.origin,
            locales=settings.locales,
            catalog=lambda: api.state.context.services.live_catalog.current,
            # The context is there once the server has started.
            changes=lambda: api.state.context.services.catalog.read_changes(),  # noqa: PLW0108
            pictures=PictureFiles(
                lambda: api.state.context.services.live_catalog.current,
                settings.locales,
                files,
                settings.data_dir,
            ),
            finders=PART_FINDERS,
            own=MEMBER_PARTS,
        ),
        mini_app=mini_app,
        files=_assets(files, settings.telegram_script_url) | offline,
        not_found={
            locale: static_file(not_found_html(locale), "/404.html") for locale in settings.locales
        },
        locales=settings.locales,
        renewal=Renewal(
            cookie,
            SystemClock(),
            lambda: api.state.context.services.sessions,
        ),
        account=AccountLanguage(cookie, lambda: api.state.context.services.sessions),
        allowed_origins=frozenset({settings.origin}),
    )
    del files
    # The API opens its database when the server starts us up.
    wait_until_prepared(settings.data_dir)
    give_back_memory()  # 25 MB of pages as they were built
    return with_strict_transport(dispatcher) if settings.env == "production" else dispatcher
