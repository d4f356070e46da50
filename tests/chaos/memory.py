"""What the users were told. Whatever happened, it must stay true."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from tests.support.shop import Customer

ENDED = frozenset({"COMPLETED", "FAILED", "CANCELLED"})
REFUNDED = frozenset({"FAILED", "CANCELLED"})


@dataclass(slots=True)
class Known:
    """An order that its buyer was told about."""

    id: str
    user: int
    phone: str
    charged_cents: str
    key: str | None
    codes: set[str] = field(default_factory=set)
    ended_as: str | None = None

    def copy(self) -> "Known":
        """What is known now, whatever is heard later."""
        return replace(self, codes=set(self.codes))


@dataclass
class Memory:
    """Everything that all users heard, and the lies that were noticed at once."""

    customers: list[Customer]
    orders: dict[str, Known] = field(default_factory=dict)
    by_user: defaultdict[int, list[Known]] = field(default_factory=lambda: defaultdict(list))
    ids_by_key: defaultdict[tuple[int, str], set[str]] = field(
        default_factory=lambda: defaultdict(set)
    )
    credited_micro: Counter[int] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    lies: list[str] = field(default_factory=list)

    def hear_created(self, user: int, key: str | None, data: Any) -> None:
        """An order was placed, or placed before with the same key."""
        if key is not None:
            self.ids_by_key[user, key].add(data["id"])
        known = self.orders.get(data["id"])
        if known is None:
            known = Known(data["id"], user, data["phone"], data["chargedCents"], key)
            self.orders[known.id] = known
            self.by_user[user].append(known)
        elif (known.user, known.phone, known.charged_cents, known.key) != (
            user, data["phone"], data["chargedCents"], key,
        ):  # fmt: skip
            self.lies.append(f"order {known.id} was told twice, differently")

    def hear_state(self, known: Known, data: Any, then: Known) -> None:
        """An order was read.

        Args:
            known: The order.
            data: The answer.
            then: What was known when it was asked for. What was heard since may be younger
                than the answer, which can have been under way for long.
        """
        codes = {sms["code"] for sms in data["smsHistory"]}
        status = data["status"]
        if (data["phone"], data["chargedCents"]) != (known.phone, known.charged_cents):
            self.lies.append(f"order {known.id} changed its phone or price")
        if not codes >= then.codes:
            self.lies.append(f"order {known.id} lost a code it had shown")
        if known.codes and status in REFUNDED:
            self.lies.append(f"order {known.id} showed a code and is {status}")
        over = known.ended_as if status in ENDED else then.ended_as
        if over not in {None, status}:
            self.lies.append(f"order {known.id} was {over} and is {status}")
        known.codes |= codes
        if status in ENDED:
            known.ended_as = status

    def hear_cancelled(self, known: Known) -> None:
        """A cancellation was confirmed."""
        if known.codes:
            self.lies.append(f"order {known.id} showed a code and was cancelled")
        if known.ended_as not in {None, "CANCELLED"}:
            self.lies.append(f"order {known.id} was {known.ended_as} and then cancelled")
        known.ended_as = "CANCELLED"

    def hear_missing(self, known: Known) -> None:
        """An order that was told about is not found."""
        self.lies.append(f"order {known.id} was told about and is not found")
