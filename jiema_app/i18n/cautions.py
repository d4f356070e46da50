"""What to know before a number is used with a service that is particular about numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from jiema_app.domain.catalog.snapshot import ServiceView
from jiema_app.domain.compliance.classes import ComplianceClass
from jiema_app.i18n.translation import t


@dataclass(frozen=True, slots=True)
class Caution:
    """A remark about a service, in the words of a page.

    Attributes:
        label: Two or three words, for a list.
        text: The whole of it, for the service's own page.
    """

    label: str
    text: str


def find_caution(service: ServiceView, locale: str) -> Caution | None:
    """What to say about a service; None when it takes temporary numbers like any other."""
    if service.compliance is not ComplianceClass.WARN:
        return None
    return _CAUTIONS.get(service.reason or "", _strict_terms)(service, locale)


def _strict_terms(service: ServiceView, locale: str) -> Caution:
    return Caution(
        t(locale, "May flag accounts"),
        t(
            locale,
            "{service} may flag accounts that use temporary numbers, and its terms may "
            "not allow them. Read its terms first, and don't use this number for an "
            "account you can't afford to lose.",
            service=service.name,
        ),
    )


def _holds_money(service: ServiceView, locale: str) -> Caution:
    return Caution(
        t(locale, "Handles money"),
        t(
            locale,
            "{service} handles money and may ask for this number again, long after it's "
            "gone. Don't rely on it to protect funds. If its terms require your own "
            "number, use that instead.",
            service=service.name,
        ),
    )


def _wants_own_number(service: ServiceView, locale: str) -> Caution:
    return Caution(
        t(locale, "Expects your own number"),
        t(
            locale,
            "{service} expects a number you keep, and may close accounts that use "
            "temporary ones. Read its terms first.",
            service=service.name,
        ),
    )


def _refuses(service: ServiceView, locale: str) -> Caution:
    return Caution(
        t(locale, "Often rejects numbers"),
        t(
            locale,
            "{service} often rejects temporary numbers without saying so: no SMS arrives, "
            "and no error is shown. If that happens, you get a full refund. Countries "
            "with more numbers in stock work more often.",
            service=service.name,
        ),
    )


def _adults(service: ServiceView, locale: str) -> Caution:
    return Caution(
        t(locale, "Adults only"),
        t(
            locale,
            "{service} is for adults only and may ask for proof of age in other ways.",
            service=service.name,
        ),
    )


_CAUTIONS: Final[dict[str, Callable[[ServiceView, str], Caution]]] = {
    "tos_strict": _strict_terms,
    "exchange": _holds_money,
    "wallet": _holds_money,
    "real_identity": _wants_own_number,
    "refuses_temporary": _refuses,
    "age_restricted": _adults,
    "adult": _adults,
}
"""By the reason that the catalogue gives."""
