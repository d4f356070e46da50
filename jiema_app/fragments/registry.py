"""Which pages have a live part, and who makes it."""

from collections.abc import Mapping
from typing import Final

from jiema_app.fragments.api_docs import api_docs_part
from jiema_app.fragments.browse import browse_part
from jiema_app.fragments.countries import countries_part
from jiema_app.fragments.country import country_part
from jiema_app.fragments.home import home_part
from jiema_app.fragments.live import LiveMaker
from jiema_app.fragments.login import login_part
from jiema_app.fragments.service import service_part
from jiema_app.fragments.topup import topup_part

LIVE_PARTS: Final[Mapping[str, LiveMaker]] = {
    "": home_part,
    "browse": browse_part,
    "service/[slug]": service_part,
    "countries": countries_part,
    "country/[slug]": country_part,
    "login": login_part,
    "api-docs": api_docs_part,
    "account/topup": topup_part,
}
"""By the page's path, as its ``Page`` has it."""
