"""What the server writes into a member's page, for a browser without scripts."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.units import UserId
from jiema_app.site.pages.rendering import render


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a page, and for what of it.

    Attributes:
        part: The id in the page's address, or nothing.
        query: What the address says besides, not yet believed.
    """

    visitor: Visitor
    part: str
    query: Mapping[str, str]


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

    async def html_for(self, asked: Asked, locale: str) -> str:
        """What stands in the page. Raises NotFound."""
        return await self.write(asked.visitor.user_id, asked.part, locale)

    def missing_html(self, locale: str) -> str:
        """What stands in the page then."""
        return render("account/without_script_missing.jinja", locale, title=self.missing(locale))


@dataclass(frozen=True, slots=True)
class AskedPart:
    """What a page shows of one user by what its address says, and by how they signed in.

    Attributes:
        write: Its HTML: who asks for what, and the locale. There is always something.
    """

    write: Callable[[Asked, str], Awaitable[str]]

    async def html_for(self, asked: Asked, locale: str) -> str:
        """What stands in the page."""
        return await self.write(asked, locale)

    def missing_html(self, _locale: str) -> str:
        """Nothing is missing there."""
        return ""
