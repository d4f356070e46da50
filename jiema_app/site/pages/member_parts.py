"""What the server writes into a member's page, for a browser without scripts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from jiema_app.domain.units import UserId
from jiema_app.site.pages.rendering import render


@dataclass(frozen=True, slots=True)
class MemberPart:
    """What a page shows of one user.

    Attributes:
        write: Its HTML: for whom, the id in the page's address or nothing, and the locale. Raises NotFound.
        missing: What to say when there is none: the same for an item that never was and
            for somebody else's.
    """

    write: Callable[[UserId, str, str], Awaitable[str]]
    missing: Callable[[str], str]

    def missing_html(self, locale: str) -> str:
        """What stands in the page then."""
        return render("account/without_script_missing.jinja", locale, title=self.missing(locale))
