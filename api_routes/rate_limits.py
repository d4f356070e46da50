"""Sliding windows, most of 60 seconds, per user across all of their keys.

In one process the windows live in its memory, behind slowapi. With ``REDIS_URL`` they
live in Redis, so that any number of processes together let exactly the limit through.
"""

from dataclasses import dataclass
from typing import Final

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute

from api_routes.addresses import neighbourhood
from api_routes.process_windows import ProcessWindows
from api_routes.shared_windows import SharedWindows
from api_routes.verdicts import Verdict, Windows
from jiema_app.domain.api_keys.service import Principal
from jiema_app.domain.errors import RateLimited
from jiema_app.settings import Settings

LOOKUPS_PER_MINUTE: Final = 10
ALL_LOOKUPS_PER_MINUTE: Final = 60
"""What is beyond them is looked at when it is sent, which has limits too."""


@dataclass(frozen=True, slots=True)
class RateLimits:
    """The limits of the public API.

    Attributes:
        reads: Of one user, all keys together, or of one key.
        writes: Likewise.
        pages: Of one user, all tabs together.
        files: Of one user, files about everything of theirs.
        anonymous: Of one address, without a valid key.
        sign_ins: Of one address, steps of signing in.
        reports: Of one address, reports of abuse in 24 hours.
        lookups: Of one user, questions to the chain while they type.
        all_lookups: Of all users together, likewise: the nodes have limits of their own, and
            payments are found and made through them.
        is_per_key: Whether each key has windows of its own. What a user changes on pages is always
            counted as the user's.
    """

    windows: Windows
    reads: RateLimitItem
    writes: RateLimitItem
    pages: RateLimitItem
    files: RateLimitItem
    anonymous: RateLimitItem
    sign_ins: RateLimitItem
    reports: RateLimitItem
    lookups: RateLimitItem
    all_lookups: RateLimitItem
    is_per_key: bool = False

    def counted_as(self, principal: Principal) -> str:
        """Whose windows a request of the API counts in."""
        return principal.key_id if self.is_per_key else principal.user_id

    async def count_read(self, who: str) -> Verdict:
        """Count a read of a user, or of a key."""
        return await self.windows.hit(self.reads, "read", who)

    async def count_write(self, who: str) -> Verdict:
        """Count a write of a user, or of a key."""
        return await self.windows.hit(self.writes, "write", who)

    async def admit_write(self, who: str) -> None:
        """Count a write of a user.

        Raises:
            RateLimited: It is one too many; nothing was done yet.
        """
        verdict = await self.count_write(who)
        if not verdict.allowed:
            raise RateLimited(
                f"Too many changes. The limit is {verdict.limit} in 60 seconds.",
                retry_after_s=verdict.reset_s,
            )

    async def count_page(self, user: str) -> Verdict:
        """Count a page, or a part of one, that a user has read anew."""
        return await self.windows.hit(self.pages, "page", user)

    async def count_file(self, user: str) -> Verdict:
        """Count a file about everything of a user."""
        return await self.windows.hit(self.files, "file", user)

    async def count_anonymous(self, address: str) -> Verdict:
        """Count a request without a valid key."""
        return await self.windows.hit(self.anonymous, "anonymous", neighbourhood(address))

    async def count_sign_in(self, address: str) -> Verdict:
        """Count a step of signing in."""
        return await self.windows.hit(self.sign_ins, "sign-in", neighbourhood(address))

    async def count_launch(self, telegram_id: int) -> Verdict:
        """Count an exchange of a launch of somebody's Mini App."""
        return await self.windows.hit(self.sign_ins, "launch", str(telegram_id))

    async def admit_report(self, address: str) -> None:
        """Count a report of abuse.

        Raises:
            RateLimited: It is one too many.
        """
        verdict = await self.windows.hit(self.reports, "abuse-report", neighbourhood(address))
        if not verdict.allowed:
            raise RateLimited(
                f"Too many reports. The limit is {verdict.limit} in 24 hours.",
                retry_after_s=verdict.reset_s,
            )

    async def may_ask_chain(self, user: str) -> bool:
        """Count a question to the chain that a user's typing asks; False when it is one too many."""
        own = await self.windows.hit(self.lookups, "lookup", user)
        if not own.allowed:
            return False
        return (await self.windows.hit(self.all_lookups, "lookup", "everybody")).allowed

    async def close(self) -> None:
        """Let go of what the windows hold open."""
        if isinstance(self.windows, SharedWindows):
            await self.windows.close()

    async def is_shut_out(self, address: str) -> bool:
        """Whether an address used up its tries with bad keys."""
        return await self.windows.is_full(self.anonymous, "anonymous", neighbourhood(address))


def build_rate_limits(settings: Settings) -> RateLimits:
    """The limits of the settings, in Redis when there is one."""
    limits = settings.limits
    return RateLimits(
        windows=SharedWindows(settings.redis_url.get_secret_value())
        if settings.redis_url
        else ProcessWindows(),
        reads=RateLimitItemPerMinute(limits.reads_per_minute),
        writes=RateLimitItemPerMinute(limits.writes_per_minute),
        pages=RateLimitItemPerMinute(limits.page_reads_per_minute),
        files=RateLimitItemPerMinute(limits.files_per_minute),
        anonymous=RateLimitItemPerMinute(limits.anonymous_per_minute),
        sign_ins=RateLimitItemPerMinute(limits.sign_ins_per_minute),
        reports=RateLimitItemPerDay(settings.abuse.reports_per_day),
        lookups=RateLimitItemPerMinute(LOOKUPS_PER_MINUTE),
        all_lookups=RateLimitItemPerMinute(ALL_LOOKUPS_PER_MINUTE),
        is_per_key=limits.scope == "key",
    )
