"""Pages of a member that only a script can draw: what they say to a browser without any."""

from jiema_app.domain.units import UserId
from jiema_app.i18n.formats import money
from jiema_app.i18n.translation import t
from jiema_app.site.account.statement.state import CSV_ADDRESS
from jiema_app.site.pages.member_parts import MemberPart
from jiema_app.site.pages.rendering import render
from jiema_app.site.states.page_services import page_services


async def script_needed(user_id: UserId, _part: str, locale: str) -> str:
    """Where a member finds without scripts what does not need them."""
    account = await page_services().identity.get_account(user_id)
    return render(
        "account/script_needed.jinja",
        locale,
        balance=money(locale, account.balance_micro),
        statement=CSV_ADDRESS,
    )


SCRIPT_NEEDED_PART = MemberPart(script_needed, lambda locale: t(locale, "Page not found"))
