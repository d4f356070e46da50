"""The form of a withdrawal, and what is to be confirmed: in the page's language."""

from dataclasses import dataclass, field
from typing import Final

from jiema_app.domain.referrals.commissions import CommissionPurse
from jiema_app.domain.typed_amounts import typed_text
from jiema_app.domain.units import MICRO_PER_USDT, MicroUsdt
from jiema_app.domain.withdrawals.draft_views import AddressLook, Draft
from jiema_app.domain.withdrawals.terms import Quote, Rules
from jiema_app.i18n.formats import basis_points, day_and_time, duration, iso_time, money, usdt
from jiema_app.i18n.translation import t
from jiema_app.i18n.withdrawal_texts import SOURCE_WORDS
from jiema_app.site.account.chain_text import address_groups

EXAMPLE_MICRO: Final = MicroUsdt(20 * MICRO_PER_USDT)
"""In the example of what one receives, unless less cannot be asked for."""


@dataclass(frozen=True, slots=True)
class RulesCard:
    """What holds for withdrawals, in sentences.

    Attributes:
        wait: How long a changed address waits; empty where it does not.
    """

    least: str = ""
    fee: str = ""
    wait: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A balance that can be paid out.

    Attributes:
        exact: All of it, as the form takes it.
    """

    name: str = ""
    label: str = ""
    amount: str = ""
    exact: str = ""


@dataclass(frozen=True, slots=True)
class PurseCard:
    """What there is to withdraw.

    Attributes:
        held: Empty while nothing waits to be paid out.
        too_little: Why there is no form, where no balance has the least amount; else empty.
    """

    available: str = ""
    pending: str = ""
    held: str = ""
    sources: list[Source] = field(default_factory=list)
    has_choice: bool = False
    too_little: str = ""


@dataclass(frozen=True, slots=True)
class AddressNote:
    """What is known of an address that stands in the form.

    Attributes:
        problem: Why it cannot be paid to; empty while nothing is known against it.
        good: That it can be.
        wait: That it would have to wait.
    """

    problem: str = ""
    good: str = ""
    wait: str = ""


@dataclass(frozen=True, slots=True)
class AmountNote:
    """What becomes of an amount that stands in the form."""

    problem: str = ""
    fee: str = ""
    net: str = ""


@dataclass(frozen=True, slots=True)
class DraftCard:
    """A withdrawal to be confirmed.

    Attributes:
        not_before: For an address that has to wait; for programs, empty for others.
        sign_in: Where to sign in and come back to confirm; empty where the sign-in is young enough.
    """

    address: str = ""
    address_groups: list[str] = field(default_factory=list)
    amount: str = ""
    fee: str = ""
    net: str = ""
    source: str = ""
    not_before: str = ""
    not_before_text: str = ""
    sealed: str = ""
    sign_in: str = ""


def rules_card(rules: Rules, locale: str) -> RulesCard:
    """The rules of now."""
    example = rules.quote(max(EXAMPLE_MICRO, rules.amount_min_micro))
    wait = ""
    if rules.address_wait_s:
        wait = t(
            locale,
            "If you change the address, we wait {time} before we send anything to the new one, so "
            "that you notice if it wasn't you. Your first address doesn't have to wait.",
            time=duration(locale, rules.address_wait_s),
        )
    return RulesCard(
        least=t(locale, "Minimum: {amount}", amount=money(locale, rules.amount_min_micro)),
        fee=_fee_sentence(rules, example, locale),
        wait=wait,
    )


def _fee_sentence(rules: Rules, example: Quote, locale: str) -> str:
    share = basis_points(locale, rules.fee_bp)
    least = money(locale, rules.fee_min_micro)
    if not example.fee:
        return t(locale, "There's no fee.")
    figures = {"amount": money(locale, example.amount), "net": usdt(example.net)}
    if rules.fee_bp and rules.fee_min_micro:
        return t(
            locale,
            "The fee is {share} of the amount, at least {least}. It's taken out of the amount: if "
            "you withdraw {amount}, you receive {net}.",
            share=share,
            least=least,
            **figures,
        )
    return t(
        locale,
        "The fee is {fee}. It's taken out of the amount: if you withdraw {amount}, you receive "
        "{net}.",
        fee=share if rules.fee_bp else least,
        **figures,
    )


def purse_card(purse: CommissionPurse, balance: MicroUsdt, rules: Rules, locale: str) -> PurseCard:
    """What there is to withdraw.

    Args:
        purse: Of commission.
        balance: What they may order with.
        rules: What holds now.
        locale: Of the page.
    """
    amounts = {"commission": purse.available}
    if rules.takes_spending:
        amounts["spending"] = balance
    too_little = ""
    if purse.available < 0:
        too_little = t(
            locale,
            "We took back commission that you had already moved or withdrawn. You can withdraw "
            "again when what you earn has covered it.",
        )
    elif max(amounts.values()) < rules.amount_min_micro:
        too_little = t(
            locale,
            "The smallest withdrawal is {amount}.",
            amount=money(locale, rules.amount_min_micro),
        )
    return PurseCard(
        available=money(locale, purse.available),
        pending=money(locale, purse.pending) if purse.pending else "",
        held=money(locale, purse.held) if purse.held else "",
        sources=[
            Source(
                name,
                SOURCE_WORDS[name](locale),
                money(locale, amount),
                typed_text(MicroUsdt(max(amount, 0))),
            )
            for name, amount in amounts.items()
        ],
        has_choice=len(amounts) > 1,
        too_little=too_little,
    )


def address_note(look: AddressLook, problem: str, locale: str) -> AddressNote:
    """What to say of an address.

    Args:
        look: What is known.
        problem: Why it cannot be paid to; empty when nothing is known against it.
        locale: Of the page.
    """
    if problem:
        return AddressNote(problem)
    wait = ""
    if look.usable_from is not None:
        wait = t(
            locale,
            "This is a new address for your account. If you request now, we send nothing to it "
            "before {time}.",
            time=day_and_time(locale, look.usable_from),
        )
    return AddressNote(good=t(locale, "This address can be paid."), wait=wait)


def amount_note(quote: Quote) -> AmountNote:
    """What becomes of an amount."""
    return AmountNote(fee=usdt(quote.fee), net=usdt(quote.net))


def draft_card(draft: Draft, *, sealed: str, locale: str, sign_in: str = "") -> DraftCard:
    """A withdrawal to be confirmed.

    Args:
        draft: What would be asked for.
        sealed: The same, as an address carries it.
        locale: Of the page.
        sign_in: Where to sign in first; empty where there is no need.
    """
    not_before = draft.usable_from
    return DraftCard(
        address=draft.address,
        address_groups=address_groups(draft.address),
        amount=usdt(draft.quote.amount),
        fee=usdt(draft.quote.fee),
        net=usdt(draft.quote.net),
        source=SOURCE_WORDS[draft.source](locale),
        not_before="" if not_before is None else iso_time(not_before),
        not_before_text="" if not_before is None else day_and_time(locale, not_before),
        sealed=sealed,
        sign_in=sign_in,
    )
