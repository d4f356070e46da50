"""Everything a caller is expected to handle, as opposed to a bug.

DomainError
├── Refusal            the request cannot be met as it is
│   ├── BadRequest         BAD_REQUEST         malformed or out of range
│   ├── BadService         BAD_SERVICE         no such service on sale
│   ├── BadCountry         BAD_COUNTRY         no such country on sale
│   ├── InsufficientBalance INSUFFICIENT       the balance does not cover the price
│   ├── NoNumbers          NO_NUMBERS          nothing in stock at this price
│   ├── NotOpen            NOT_OPEN            the order's status does not allow it
│   ├── CodeReceived       CODE_RECEIVED       a code arrived, so no refund
│   ├── AlreadyChanged     ALREADY_CHANGED     somebody else changed it first
│   ├── HasOpenOrder       HAS_OPEN_ORDER      one open recharge exists already
│   └── IdempotencyConflict IDEMPOTENCY_CONFLICT  the key belongs to another request
├── Unauthenticated    we do not know who asks
│   ├── AuthMissing        AUTH_MISSING
│   └── AuthInvalid        AUTH_INVALID
├── Forbidden          FORBIDDEN           we know, and may not serve
├── NotFound           NOT_FOUND           it does not exist, or is not theirs
├── RateLimited        RATE_LIMITED        later
└── Turbulence         the outside world failed; worth a retry
    ├── UpstreamError      UPSTREAM_ERROR
    └── RechargesPaused    RECHARGES_PAUSED    nobody can be given a wallet now

Codes are part of the public API and never change. So is the status of a kind: a refusal is
a 400; only authentication, access, absence and rate have one of their own. What is none of
these is a fault of ours: a 500.
"""

from typing import ClassVar


class DomainError(Exception):
    """An expected outcome that is not success.

    Attributes:
        code: Stable machine name, part of the public API.
        status: That of an HTTP answer which tells the caller; of the kind, like the code.
        message: One English sentence for the caller.
    """

    code: ClassVar[str]
    status: ClassVar[int]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Refusal(DomainError):
    """The request cannot be met as it is."""

    status = 400


class Unauthenticated(DomainError):
    """We do not know who asks."""

    status = 401


class Turbulence(DomainError):
    """The outside world failed; the same request may succeed later."""

    status = 400


class BadRequest(Refusal):
    """The request is malformed or a value is out of range."""

    code = "BAD_REQUEST"


class BadService(Refusal):
    """The service is unknown or not on sale."""

    code = "BAD_SERVICE"

    def __init__(self, service: str) -> None:
        super().__init__(f"Unknown service {service[:40]!r}. See GET /api/v1/services.")


class BadCountry(Refusal):
    """The country is unknown or not on sale."""

    code = "BAD_COUNTRY"

    def __init__(self, country: str) -> None:
        super().__init__(f"Unknown country {country[:40]!r}. See GET /api/v1/countries.")


class InsufficientBalance(Refusal):
    """The balance does not cover the price. Nothing was held."""

    code = "INSUFFICIENT"

    def __init__(self) -> None:
        super().__init__("Your balance doesn't cover this order. Top up and try again.")


class NoNumbers(Refusal):
    """Nothing is in stock. Nothing was charged."""

    code = "NO_NUMBERS"

    def __init__(
        self, message: str = "No numbers are available for this service and country."
    ) -> None:
        super().__init__(message)


class NotOpen(Refusal):
    """The order's status does not allow this."""

    code = "NOT_OPEN"


class CodeReceived(Refusal):
    """A code has arrived on this number, so it cannot be refunded."""

    code = "CODE_RECEIVED"

    def __init__(self) -> None:
        super().__init__("A code has arrived, so this order can't be refunded.")


class AlreadyChanged(Refusal):
    """It changed at the same moment. Read it again."""

    code = "ALREADY_CHANGED"

    def __init__(self, what: str = "order") -> None:
        super().__init__(f"The {what} has just changed. Fetch it again before you retry.")


class HasOpenOrder(Refusal):
    """One open recharge exists already."""

    code = "HAS_OPEN_ORDER"


class IdempotencyConflict(Refusal):
    """The idempotency key belongs to another request, or one still running."""

    code = "IDEMPOTENCY_CONFLICT"


class AuthMissing(Unauthenticated):
    """No API key was sent, or the browser is not signed in."""

    code = "AUTH_MISSING"

    def __init__(
        self,
        message: str = "Send your API key as 'Authorization: Bearer jm_…' or 'X-API-Key: jm_…'.",
    ) -> None:
        super().__init__(message)


class AuthInvalid(Unauthenticated):
    """What was shown proves nothing: the API key is unknown or revoked, the launch too old."""

    code = "AUTH_INVALID"

    def __init__(self, message: str = "This API key is unknown or revoked.") -> None:
        super().__init__(message)


class Forbidden(DomainError):
    """The caller is known and may not be served."""

    code = "FORBIDDEN"
    status = 403


class NotFound(DomainError):
    """It does not exist, or belongs to somebody else."""

    code = "NOT_FOUND"
    status = 404


class RateLimited(DomainError):
    """Too much in too short a time.

    Attributes:
        retry_after_s: Whole seconds after which the same call may pass.
    """

    code = "RATE_LIMITED"
    status = 429

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = max(1, retry_after_s)


class UpstreamError(Turbulence):
    """The number provider failed or did not answer. Nothing stays charged."""

    code = "UPSTREAM_ERROR"

    def __init__(
        self,
        message: str = "The number provider isn't responding. You won't be charged. Try again.",
    ) -> None:
        super().__init__(message)


class RechargesPaused(Turbulence):
    """No wallet is free, or nobody is watching the chain. Nothing was opened."""

    code = "RECHARGES_PAUSED"

    def __init__(self) -> None:
        super().__init__("Top-ups are paused for now. No top-up was opened. Try again soon.")
