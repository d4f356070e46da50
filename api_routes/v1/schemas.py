"""The public shapes. They describe the answers; the routes write them directly.

Amounts in cents are strings, so that no client loses precision.
"""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from jiema_app.domain.figures.ranking import SAMPLE_MIN
from jiema_app.domain.ids import ID_PATTERN

Data = TypeVar("Data")

CentsText = Annotated[str, Field(pattern=r"^\d+$", examples=["32"])]
SignedCentsText = Annotated[str, Field(pattern=r"^-?\d+$", examples=["200", "-5"])]
Timestamp = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", examples=["2026-05-22T08:30:00.000Z"]
    ),
]
OrderIdText = Annotated[str, Field(pattern=ID_PATTERN, examples=["cmpj0a1b2c3d4e5f6g7h8i9j0"])]
PublicStatus = Literal["WAITING", "RECEIVED", "COMPLETED", "FAILED", "CANCELLED"]


class Shape(BaseModel):
    """Base of every shape: no unknown fields in answers."""

    model_config = ConfigDict(extra="forbid")


class Ok(Shape, Generic[Data]):
    """A successful response."""

    ok: Literal[True]
    data: Data


class Problem(Shape):
    """Every response with status 400 and above."""

    ok: Literal[False]
    code: str = Field(
        description="Never changes. Base your logic on it.", examples=["RATE_LIMITED"]
    )
    message: str = Field(description="A short English text for people.")
    requestId: str = Field(description="Include it when you contact support.")


class AccountOut(Shape):
    """The owner of the key."""

    id: str
    balanceCents: CentsText = Field(description="What you can spend, in US cents, rounded down.")
    commissionCents: SignedCentsText = Field(
        description="What you've earned by inviting people, in US cents, rounded down. You can move "
        "it to your balance or withdraw it. Negative if commission was taken back after you had "
        "moved or withdrawn it."
    )
    pendingCommissionCents: CentsText = Field(
        description="Commission of orders that are still open or under review, in US cents, "
        "rounded down."
    )
    referralCode: str
    displayName: str
    lang: str


class ServiceOut(Shape):
    """A service, across all countries."""

    code: str = Field(examples=["tg"])
    slug: str = Field(examples=["telegram"])
    name: str = Field(examples=["Telegram"])
    minCostUsd: float | None = Field(
        description="Lowest price in stock. Last known price if sold out, null if never offered."
    )
    totalCount: int = Field(ge=0, description="Numbers in stock across all countries.")
    countryCount: int = Field(ge=0, description="Countries with numbers in stock.")
    category: str
    notice: str | None = Field(description="Why this service may reject temporary numbers.")


class ServicesOut(Shape):
    """All services, most popular first."""

    items: list[ServiceOut]
    generatedAt: Timestamp


class CountryOut(Shape):
    """A country you can get numbers from."""

    id: int = Field(ge=0, description="0 is Russia.", examples=[7])
    slug: str = Field(examples=["my"])
    name: str = Field(examples=["Malaysia"])
    flag: str = Field(examples=["🇲🇾"])
    iso2: str = Field(examples=["MY"])
    dialCode: str = Field(examples=["+60"])
    localName: str = Field(default="", description="The name in `lang`, if given.")


class CountriesOut(Shape):
    """All countries, most popular first."""

    items: list[CountryOut]
    generatedAt: Timestamp


class PriceOut(Shape):
    """One country's price and stock for a service, and how well its numbers do."""

    countryId: int = Field(ge=0)
    countrySlug: str
    priceCents: CentsText
    count: int = Field(ge=0)
    successRate: float | None = Field(
        ge=0,
        le=1,
        description="Share of numbers that received a code in the last {figures_time}, rounded down to "
        "three decimals; null below {figures_min} numbers.",
        examples=[0.923],
    )
    medianSeconds: int | None = Field(
        ge=0,
        description="Half of these codes arrived within so many seconds of the purchase; null "
        "below {figures_min} numbers, or if no code arrived.",
        examples=[12],
    )
    sample: int | None = Field(
        ge=SAMPLE_MIN,
        description="How many numbers were counted; null below {figures_min}.",
        examples=[143],
    )


class PricesOut(Shape):
    """The prices of one service: in stock first, then cheapest first."""

    service: str = Field(description="The service code, even if you sent its slug.")
    items: list[PriceOut]
    generatedAt: Timestamp


class OrderIn(BaseModel):
    """A request for one number. Unknown fields are ignored."""

    service: Annotated[StrictStr, Field(min_length=1, max_length=64)] = Field(
        description="Service code or slug.", examples=["tg"]
    )
    country: (
        Annotated[StrictInt, Field(ge=0, le=99_999)]
        | Annotated[StrictStr, Field(min_length=1, max_length=64)]
    ) = Field(description="Country ID or slug. 0 is Russia.", examples=[7, "my"])
    mode: Literal["sms"] = Field(default="sms", description="Only `sms` for now.")
    maxPriceCents: Annotated[StrictInt, Field(ge=1, le=1_000_000)] | None = Field(
        default=None,
        description="The most you're willing to pay. Above it, the request fails with NO_NUMBERS.",
    )


class NewOrderOut(Shape):
    """A new order."""

    id: OrderIdText
    status: PublicStatus
    service: str
    country: str = Field(examples=["7"])
    phone: str = Field(description="E.164.", examples=["+60123456789"])
    expiresAt: Timestamp
    chargedCents: CentsText


class SmsOut(Shape):
    """One SMS."""

    body: str
    code: str | None = Field(description="The one-time code found in the SMS.")
    receivedAt: Timestamp


class OrderOut(NewOrderOut):
    """An order."""

    smsBody: str | None = Field(
        description="The latest SMS. Null before one arrives, and {kept} after the order ends."
    )
    smsCode: str | None = Field(description="The one-time code found in it.")
    smsHistory: list[SmsOut] = Field(description="Oldest first. Empty {kept} after the order ends.")
    smsReceivedAt: Timestamp | None
    refundedCents: CentsText = Field(description="What went back to your balance.")
    reason: str | None = Field(description="Why the order ended.", examples=["EXPIRED"])
    createdAt: Timestamp
    endedAt: Timestamp | None


class OrdersOut(Shape):
    """A page of orders, newest first."""

    items: list[OrderOut]
    nextCursor: OrderIdText | None


class ChangedOrderOut(Shape):
    """An order after a change."""

    id: OrderIdText
    status: PublicStatus
