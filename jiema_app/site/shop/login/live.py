"""The ways to sign in that this deployment offers."""

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.settings import Settings, get_settings
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.rendering import render


def login_part(_catalog: Catalog, locale: str, _part: str) -> LivePart:
    """Which providers there are is a setting, so the build cannot know it."""
    return LivePart(slots={"sign-in": ways_in(locale, get_settings())})


def ways_in(locale: str, settings: Settings) -> str:
    """The buttons of a deployment, and what may have gone wrong before."""
    return render(
        "shop/login/login.jinja",
        locale,
        providers=settings.sign_in_providers,
        is_sandbox=settings.env == "sandbox",
        welcome_usd=settings.welcome_usd,
    )
