"""The page to withdraw: a form, what is to be confirmed, and every withdrawal there was."""

from dataclasses import replace

import reflex as rx

from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.withdrawals.draft_views import Carried, Draft, TypedWithdrawal
from jiema_app.domain.withdrawals.requests import WithdrawalRefused
from jiema_app.domain.withdrawals.statuses import WithdrawalFault
from jiema_app.domain.withdrawals.terms import Rules
from jiema_app.site.account.withdraw.form_display import DraftCard
from jiema_app.site.account.withdraw.form_state import FIRST_SOURCE
from jiema_app.site.account.withdraw.refusals import form_refusal
from jiema_app.site.account.withdraw.steps_state import WithdrawSteps
from jiema_app.site.account.withdraw_address import DRAFT, sign_in_again, withdraw_page
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import locale_of


class WithdrawState(WithdrawSteps, rx.State):
    """What the page shows of its visitor, and what they do there."""

    _resumed: str = ""
    """What the page's address carries, once it was taken up."""

    async def _take_up(self, visitor: Visitor, rules: Rules) -> None:
        """Take up what the page's address carries: a draft to confirm, or a form to be mended."""
        sealed = str(self.router.url.query_parameters.get(DRAFT, ""))
        if not sealed or sealed == self._resumed:
            return
        self._resumed = sealed
        resumed = await page_services().withdrawal_drafts.resume(visitor.user_id, sealed)
        if resumed is None:
            return
        self._fill(resumed.typed)
        self._show_faults(resumed.faults, rules)
        if resumed.draft is not None:
            self._take_draft(visitor, resumed.draft)

    @rx.event
    async def confirm(self) -> None:
        """Ask for what the draft says."""
        self._say_nothing()
        await self._answer(await self._attempt(self._request))

    async def _request(self, visitor: Visitor) -> None:
        drafts = page_services().withdrawal_drafts
        carried = drafts.open(visitor.user_id, self.draft.sealed)
        if carried is None:
            return  # pressed twice: the first time has become a withdrawal
        if not carried.request_key:
            self.draft = DraftCard()
            self.notice = form_refusal("BAD_REQUEST", locale_of(self))
            return
        try:
            await drafts.request(visitor.user_id, carried, visitor.signed_in_at)
        except WithdrawalRefused as refusal:
            await self._mend(visitor, carried, refusal)
            await self._show_refusals([refusal])
        else:
            self.draft = DraftCard()
            self._fill(TypedWithdrawal(address="", amount="", source=FIRST_SOURCE))

    async def _mend(self, visitor: Visitor, carried: Carried, refusal: WithdrawalRefused) -> None:
        """Show what was refused where it can be mended: as a draft, or in the form."""
        if refusal.fault is WithdrawalFault.SIGN_IN_AGAIN:
            self.draft = self._with_way_to_sign_in(self.draft)
            return
        self.draft = DraftCard()
        if refusal.fault is WithdrawalFault.TERMS_CHANGED:
            await self._prepare(visitor, carried.typed, asks_chain=False)

    def _take_draft(self, visitor: Visitor, draft: Draft) -> None:
        super()._take_draft(visitor, draft)
        if page_services().withdrawals.must_sign_in_again(visitor.signed_in_at):
            self.draft = self._with_way_to_sign_in(self.draft)

    def _with_way_to_sign_in(self, draft: DraftCard) -> DraftCard:
        locale = locale_of(self)
        return replace(draft, sign_in=sign_in_again(locale, withdraw_page(locale, draft.sealed)))
