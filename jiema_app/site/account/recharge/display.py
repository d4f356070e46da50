"""A recharge as its owner's pages show it: every word and figure in the page's language."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from jiema_app.domain.recharges.notes import NOTES_MAX
from jiema_app.domain.recharges.review_times import ReviewTime
from jiema_app.domain.recharges.statuses import PaymentStatus, RechargeStatus
from jiema_app.domain.recharges.views import OwnersNote, PaymentView, RechargeView
from jiema_app.domain.units import MicroUsdt
from jiema_app.i18n.formats import day_and_time, iso_time, usdt, usdt_digits
from jiema_app.i18n.recharge_stages import (
    LIVELY,
    ODDITY_WORDS,
    STAGE_MOODS,
    STAGE_WORDS,
    Stage,
    is_under_way,
    stage_of,
)
from jiema_app.i18n.recharge_texts import (
    PAYMENT_MOODS,
    PAYMENT_WORDS,
    headline,
    status_text,
)
from jiema_app.i18n.review_texts import Answer, answers
from jiema_app.i18n.translation import t
from jiema_app.site.account.chain_text import ADDRESS_ENDS, TXID_ENDS, address_groups, ends
from jiema_app.site.account.recharge.exchange_fees import how_to_send
from jiema_app.site.components.status_badge import StatusLine
from jiema_app.site.design.qr_code import qr_drawing

PAYABLE: Final = frozenset(
    {RechargeStatus.OPEN, RechargeStatus.IN_REVIEW, RechargeStatus.DISMISSED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLine:
    """A transfer that arrived.

    Attributes:
        credited: What of it is on the balance, where that is another amount.
        refund_txid: What sent it back.
    """

    id: str = ""
    amount: str = ""
    status_word: str = ""
    mood: str = "neutral"
    oddity: str = ""
    credited: str = ""
    at: str = ""
    at_text: str = ""
    txid: str = ""
    txid_shown: str = ""
    refund_txid: str = ""
    refund_txid_shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLine:
    """What its owner said to the reviewer."""

    words: str = ""
    at: str = ""
    at_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RechargeCard(StatusLine):
    """One recharge with all that its page shows.

    Attributes:
        stage: A word of ``Stage``.
        is_payable: Whether to show how to pay.
        is_cancellable: Whether there is nothing yet to wait for.
        address_groups: The address in pieces; without anything between, so that a
            selection of all of them is the address.
        address_ends: Enough of it to tell it from others, where it is not to be paid to.
        closes_at: Unix seconds; 0 when the window does not matter any more.
        how_to_send: What to do about fees, so that exactly the amount arrives.
        answers: What a review means for its owner; none when nothing is under review.
        takes_notes: Whether its owner may say something to the reviewer.
        progress: Per cent of the confirmations that are wanted.
    """

    version: int = 0
    stage: str = ""
    is_payable: bool = False
    is_cancellable: bool = False
    has_ended: bool = False
    has_actions: bool = False
    title: str = ""
    amount: str = ""
    amount_digits: str = ""
    send_text: str = ""
    how_to_send: list[str] = field(default_factory=list)
    received: str = ""
    credited: str = ""
    address: str = ""
    address_groups: list[str] = field(default_factory=list)
    address_ends: str = ""
    qr_path: str = ""
    qr_box: str = "0 0 1 1"
    opened_at: str = ""
    closes_at: int = 0
    window_s: int = 0
    headline: str = ""
    status_text: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    notes: list[NoteLine] = field(default_factory=list)
    notes_said: int = 0
    takes_notes: bool = False
    is_seen: bool = False
    confirmations: str = ""
    progress: int = 0
    payments: list[PaymentLine] = field(default_factory=list)


def recharge_card(
    view: RechargeView,
    *,
    locale: str,
    now: datetime,
    dust: MicroUsdt,
    final_after: int,
    usual: ReviewTime | None = None,
) -> RechargeCard:
    """Everything the page of a recharge shows.

    Args:
        view: The recharge with its payments.
        locale: Of the page.
        now: By the server's clock.
        dust: Less than this takes nobody's place.
        final_after: Confirmations after which a block is final.
        usual: How long reviews take; None when nothing is under review.
    """
    stage = stage_of(view, now, dust)
    is_payable = can_be_paid(view, now, dust)
    drawing = qr_drawing(view.address)
    done = min(view.confirmations, final_after)
    amount = usdt(view.amount_micro)
    return RechargeCard(
        id=view.id,
        version=view.version,
        stage=stage,
        status_word=STAGE_WORDS[stage](locale),
        mood=STAGE_MOODS[stage],
        is_waiting=stage in LIVELY,
        is_payable=is_payable,
        is_cancellable=stage is Stage.WAITING and not view.received_micro,
        has_ended=stage not in LIVELY,
        has_actions=stage not in {Stage.CREDITED, Stage.CONFIRMING},
        title=t(locale, "Top-up {amount}", amount=f"\u2068{amount}\u2069"),
        amount=amount,
        amount_digits=usdt_digits(view.amount_micro),
        how_to_send=how_to_send(view.amount_micro, locale) if is_payable else [],
        send_text=t(locale, "Send {amount}", amount=amount),
        received=usdt(view.received_micro) if view.received_micro else "",
        credited=usdt(view.credited_micro) if view.credited_micro else "",
        address=view.address,
        address_groups=address_groups(view.address),
        address_ends=ends(view.address, ADDRESS_ENDS),
        qr_path=drawing.path,
        qr_box=drawing.view_box,
        opened_at=iso_time(view.created_at),
        closes_at=int(view.closes_at.timestamp()) if stage in LIVELY or is_payable else 0,
        window_s=int((view.expires_at - view.created_at).total_seconds()),
        headline=headline(view, stage, locale),
        status_text=status_text(view, stage, locale, is_payable=is_payable),
        answers=answers(view, locale, is_payable=is_payable, usual=usual, now=now)
        if stage is Stage.REVIEW
        else [],
        notes=[_note_line(note, locale) for note in view.notes],
        notes_said=len(view.notes),
        takes_notes=stage is Stage.REVIEW and len(view.notes) < NOTES_MAX,
        is_seen=is_under_way(view, dust),
        confirmations=t(locale, "Confirmation {n} of {total}", n=done, total=final_after),
        progress=round(100 * done / final_after),
        payments=[_payment_line(payment, locale) for payment in reversed(view.payments)],
    )


def can_be_paid(view: RechargeView, now: datetime, dust: MicroUsdt) -> bool:
    """Whether an exact payment made now is credited by itself.

    A fake token or dust, which anybody may send to anybody, does not take its place, nor does
    what we sent ourselves: the same rule as that of those who judge payments.
    """
    if view.status not in PAYABLE or view.closes_at <= now or is_under_way(view, dust):
        return False
    takes_its_place = min(dust, view.amount_micro)
    return not any(one.is_money and one.amount >= takes_its_place for one in view.payments)


def _note_line(note: OwnersNote, locale: str) -> NoteLine:
    return NoteLine(
        words=note.words,
        at=iso_time(note.created_at),
        at_text=day_and_time(locale, note.created_at),
    )


def _payment_line(payment: PaymentView, locale: str) -> PaymentLine:
    is_partly = payment.status is PaymentStatus.CREDITED and (
        payment.credited_micro != payment.amount
    )
    return PaymentLine(
        id=payment.id,
        # How many decimals a strange token has is not known, so its figure says nothing.
        amount=usdt(MicroUsdt(payment.amount)) if payment.is_genuine else t(locale, "Not USDT"),
        status_word=STAGE_WORDS[Stage.RETURNING](locale)
        if payment.is_refund_owed
        else PAYMENT_WORDS[payment.status](locale),
        mood="waiting" if payment.is_refund_owed else PAYMENT_MOODS.get(payment.status, "neutral"),
        oddity="" if payment.oddity is None else ODDITY_WORDS[payment.oddity](locale),
        credited=t(locale, "{amount} credited", amount=usdt(payment.credited_micro))
        if is_partly
        else "",
        at=iso_time(payment.block_time),
        at_text=day_and_time(locale, payment.block_time),
        txid=payment.txid,
        txid_shown=ends(payment.txid, TXID_ENDS),
        refund_txid=payment.refund_txid or "",
        refund_txid_shown=ends(payment.refund_txid, TXID_ENDS) if payment.refund_txid else "",
    )
