"""The answer to a purchase."""

from datetime import tzinfo
from typing import Final

from jiema_app.domain.orders.supplier import (
    NumbersExhausted,
    OutcomeUnknown,
    PurchaseRefused,
    RentedNumber,
)
from jiema_app.integrations.supplier.handler_api import operators, values
from jiema_app.integrations.supplier.handler_api.answers import Answer
from jiema_app.integrations.supplier.handler_api.words import EXHAUSTED, REFUSED

BOUGHT: Final = "ACCESS_NUMBER"
BOUGHT_BEFORE: Final = frozenset({"ORDER_ALREADY_EXISTS"})
"""It says that there was a purchase: anything but a refusal."""

_BAD_REQUEST = 400


def read_purchase(answer: Answer, zone: tzinfo) -> RentedNumber:
    """The number that was bought.

    Raises:
        NumbersExhausted: Nothing was bought.
        PurchaseRefused: Nothing was bought.
        OutcomeUnknown: The answer does not rule out a purchase. That includes one whose
            number cannot be read: nobody can be given it.
    """
    if not answer.word and isinstance(answer.data, dict):
        number = _read_number(answer, zone)
    elif answer.word == BOUGHT:
        number = _read_token(answer)
    else:
        raise _refusal(answer)
    if number is None:
        raise OutcomeUnknown("a purchase without a readable number")
    return number


def _refusal(answer: Answer) -> NumbersExhausted | PurchaseRefused | OutcomeUnknown:
    word = answer.word
    if isinstance(answer.data, dict) and values.identifier(answer.data.get("activationId")):
        # It says no, and names a rental.
        return OutcomeUnknown(f"a refusal with a rental: {word}")
    if word in EXHAUSTED:
        return NumbersExhausted()
    if word in REFUSED or (answer.status >= _BAD_REQUEST and word not in BOUGHT_BEFORE):
        return PurchaseRefused(word)
    # A word that nobody has seen, under a status that promises success.
    return OutcomeUnknown(f"unknown answer {word or 'without a number'}")


def _read_number(answer: Answer, zone: tzinfo) -> RentedNumber | None:
    data = answer.data
    activation_id = values.identifier(data.get("activationId"))
    phone = values.phone(data.get("phoneNumber"))
    if activation_id is None or phone is None:
        return None
    return RentedNumber(
        activation_id=activation_id,
        phone=phone,
        cost_micro=values.micro(data.get("activationCost")),
        ends_at=values.moment(data.get("activationEndTime"), zone),
        operator=operators.name(data.get("activationOperator")),
    )


def _read_token(answer: Answer) -> RentedNumber | None:
    """``ACCESS_NUMBER:id:phone``, which the newer action of some clones still says."""
    head, _, tail = answer.rest.partition(":")
    activation_id, phone = values.identifier(head), values.phone(tail)
    if activation_id is None or phone is None:
        return None
    return RentedNumber(activation_id, phone, None, None)
