"""What the server writes into the Mini App's document: what it writes into the shop's pages."""

from collections.abc import Mapping

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.site.account.topup.live import topup_part


def mini_app_slots(catalog: Catalog, locale: str) -> Mapping[str, str]:
    """Finished HTML by the name of its slot."""
    form = topup_part(catalog, locale, "").slots["topup-form"]
    return {"topup-form": form}
