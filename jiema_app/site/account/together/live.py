"""Several orders for a browser without scripts, which could not draw them itself."""

from typing import Final

from jiema_app.domain.units import UserId
from jiema_app.i18n.translation import t
from jiema_app.site.account.shortages import shortage_anchor, shortage_reasons
from jiema_app.site.account.together.display import together_row, together_sums
from jiema_app.site.account.together.state import orders_of, topup_for
from jiema_app.site.pages.member_parts import MemberPart
from jiema_app.site.pages.rendering import render
from jiema_app.site.states.page_services import page_services

FOR_MONEY: Final = shortage_anchor("INSUFFICIENT")


async def together_of(user_id: UserId, part: str, locale: str) -> str:
    """A user's orders of one address, written for them.

    Raises:
        NotFound: None of them is theirs.
    """
    services = page_services()
    found = await orders_of(services.orders, user_id, part)
    topup = topup_for(found[0], locale)
    return render(
        "account/together/without_script.jinja",
        locale,
        rows=[
            together_row(order, locale=locale, catalog=services.catalog.current) for order in found
        ],
        sums=together_sums(found, locale),
        reasons=[
            (anchor, text, topup if anchor == FOR_MONEY else "")
            for anchor, text in shortage_reasons(locale)
        ],
    )


TOGETHER_PART = MemberPart(together_of, lambda locale: t(locale, "Orders not found"))
