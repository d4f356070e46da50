"""The JSON rows of both dialects, with the jitter of the real wire.

Ids, codes and flags flip between string and number there. With jitter on, each row
picks its types from its own id, so that the same row always looks the same.
"""

import time
from datetime import UTC, datetime
from typing import Any

from sandbox.supplier.activations import Activation, Sms
from sandbox.supplier.catalogue import Country
from sandbox.supplier.hashing import mix
from sandbox.supplier.money import to_text, to_wire

USD = 840
Row = dict[str, Any]


class RowWriter:
    """Writes rows in one dialect, with or without jitter."""

    __slots__ = ("_countries", "_jitter", "_seed")

    def __init__(self, countries: dict[int, Country], seed: int, *, jitter: bool) -> None:
        """Fix the choices of one request."""
        self._countries = countries
        self._seed = seed
        self._jitter = jitter

    def bought(self, activation: Activation) -> Row:
        """Return the hero answer of getNumberV2."""
        country = self._countries[activation.country]
        bits = self._bits(activation)
        can_retry = bool(country.retry)
        return {
            "activationId": activation.id if bits & 1 else str(activation.id),
            "phoneNumber": activation.phone,
            "activationCost": _cost(activation, as_text=bool(bits & 2)),
            "currency": USD,
            "countryCode": str(country.id) if bits & 4 else country.id,
            "countryPhoneCode": country.dial,
            "canGetAnotherSms": _flag(can_retry, bits >> 3) if bits & 8 else can_retry,
            "activationTime": zoned(activation.created_at),
            "activationEndTime": zoned(activation.ends_at),
            "activationOperator": activation.operator,
            "verificationType": "sms",
            "subtype": 1,
            "serviceCode": activation.service,
            "status": int(activation.status),
        }

    def bought_legacy(self, activation: Activation) -> Row:
        """Return the legacy answer of getNumberV2."""
        bits = self._bits(activation)
        return {
            "activationId": activation.id if bits & 1 else str(activation.id),
            "phoneNumber": activation.phone,
            "activationCost": _cost(activation, as_text=bool(bits & 2)),
            "currency": USD,
            "countryCode": str(activation.country),
            "canGetAnotherSms": str(self._countries[activation.country].retry),
            "activationTime": zoneless(activation.created_at),
            "activationOperator": activation.operator,
        }

    def active(self, activation: Activation, *, legacy: bool) -> Row:
        """Return one row of getActiveActivations."""
        country = self._countries[activation.country]
        bits = self._bits(activation)
        last = activation.sms[-1] if activation.sms else None
        code: Any = last.code if last else None
        if legacy and last:
            code = [sms.code for sms in activation.sms]
        status = int(activation.status)
        row: Row = {
            "activationId": activation.id if bits & 1 else str(activation.id),
            "serviceCode": activation.service,
            "phoneNumber": activation.phone,
            "activationCost": _cost(activation, as_text=bool(bits & 2)),
            "activationStatus": status if bits & 16 else str(status),
            "smsCode": code,
            "smsText": last.text if last else None,
            "activationTime": zoneless(activation.created_at),
            "discount": "0",
            "repeated": "0",
            "countryCode": country.id if bits & 4 else str(country.id),
            "countryName": country.eng,
            "canGetAnotherSms": (
                _flag(bool(country.retry), bits >> 3) if bits & 8 else str(country.retry)
            ),
            "currency": USD if bits & 32 else str(USD),
        }
        if not legacy:
            row["verificationType"] = "sms"
            row["subtype"] = 1
        return row

    def history(self, activation: Activation) -> Row:
        """Return one row of getHistory; cancelled rows keep the list price."""
        bits = self._bits(activation)
        return {
            "id": activation.id if bits & 1 else str(activation.id),
            "date": zoneless(activation.created_at),
            "phone": activation.phone,
            "sms": activation.sms[-1].text if activation.sms else None,
            "cost": 0 if activation.is_open else _cost(activation, as_text=bool(bits & 2)),
            "status": str(int(activation.status)),
            "currency": USD,
        }

    def _bits(self, activation: Activation) -> int:
        return mix(self._seed, activation.id) >> 5 if self._jitter else 0


def message(activation: Activation, sms: Sms) -> Row:
    """Return one SMS as getAllSms and the newer getStatusV2 show it."""
    return {
        "id": str(sms.id),
        "phoneFrom": sms.phone_from,
        "code": sms.code,
        "text": sms.text,
        "service": activation.service,
        "date": zoned(sms.received_at),
        "type": "sms",
    }


def zoned(at: float) -> str:
    """Return 2026-02-18T16:11:33+00:00."""
    return datetime.fromtimestamp(int(at), UTC).isoformat()


def zoneless(at: float) -> str:
    """Return 2026-02-18 16:11:33 in UTC, as older replies do."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))


def _cost(activation: Activation, *, as_text: bool) -> int | float | str:
    if as_text:
        return to_text(activation.cost_micro)
    return to_wire(activation.cost_micro)


def _flag(value: bool, bits: int) -> int | str | bool:  # noqa: FBT001 -- the value
    if bits & 2:
        return int(value)
    return value if bits & 4 else str(int(value))
