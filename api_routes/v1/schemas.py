"""The public shapes. They describe the answers; the routes write them directly.

Amounts in cents are strings, so that no client loses precision.
"""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from jiema_app.domain.ids import ID_PATTERN

Data = TypeVar("Data")

CentsText = Annotated[str, Field(pattern=r"^\d+$", examples=["32"])]
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
    """A successful answer."""

    ok: Literal[True]
    data: Data


class Problem(Shape):
    """Every answer of status 400 and above."""

    ok: Literal[False]
    code: str = Field(description="Stable; switch on it.", examples=["RATE_LIMITED"])
    message: str = Field(description="One English sentence for a person.")
    requestId: str = Field(description="Quote it to support.")


class AccountOut(Shape):
    """The owner of the key."""

    id: str
    balanceCents: CentsText = Field(description="What may be spent, in US cents, rounded down.")
    referralCode: str
    displayName: str
    lang: str


class ServiceOut(Shape):
    """A service on sale, over all countries."""

    code: str = Field(examples=["tg"])
    slug: str = Field(examples=["telegram"])
    name: str = Field(examples=["Telegram"])
    minCostUsd: float | None = Field(
        description="Cheapest price in stock; last known when none is; null when never offered."
    )
    totalCount: int = Field(ge=0, description="Numbers in stock over all countries.")
    countryCount: int = Field(ge=0, description="Countries with stock.")
    category: str
    notice: str | None = Field(description="Why this service may refuse temporary numbers.")


class ServicesOut(Shape):
    """Every service on sale, most popular first."""

    items: list[ServiceOut]
    generatedAt: Timestamp


class CountryOut(Shape):
    """A country whose numbers are for rent."""

    id: int = Field(ge=0, description="0 is Russia.", examples=[7])
    slug: str = Field(examples=["my"])
    name: str = Field(examples=["Malaysia"])
    flag: str = Field(examples=["🇲🇾"])
    iso2: str = Field(examples=["MY"])
    dialCode: str = Field(examples=["+60"])
    localName: str = Field(default="", description="The name in `lang`, when that was given.")


class CountriesOut(Shape):
    """Every country on sale, most popular first."""

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
        description="Share of numbers that received a code in the last 30 days, rounded down to "
        "three decimals; null below 20 numbers.",
        examples=[0.923],
    )
    medianSeconds: int | None = Field(
        ge=0,
        description="Half of these codes arrived within so many seconds of the purchase; null "
        "below 20 numbers, or if no code arrived.",
        examples=[12],
    )
    sample: int | None = Field(
        ge=20, description="How many numbers that is; null below 20.", examples=[143]
    )


class PricesOut(Shape):
    """The prices of one service: in stock first, then cheapest first."""

    service: str = Field(description="The service's code, also when its slug was sent.")
    items: list[PriceOut]
    generatedAt: Timestamp


class OrderIn(BaseModel):
    """A wish for one number. Unknown fields are ignored."""

    service: Annotated[StrictStr, Field(min_length=1, max_length=64)] = Field(
        description="Code or slug of a service.", examples=["tg"]
    )
    country: (
        Annotated[StrictInt, Field(ge=0, le=99_999)]
        | Annotated[StrictStr, Field(min_length=1, max_length=64)]
    ) = Field(description="Numeric id or slug of a country; 0 is Russia.", examples=[7, "my"])
    mode: Literal["sms"] = Field(default="sms", description="Only `sms` for now.")
    maxPriceCents: Annotated[StrictInt, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="Refuse with NO_NUMBERS rather than pay more than this."
    )


class NewOrderOut(Shape):
    """An order at its beginning."""

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
    code: str | None = Field(description="The one-time code found in the text.")
    receivedAt: Timestamp


class OrderOut(NewOrderOut):
    """An order."""

    smsBody: str | None = Field(description="The latest SMS; null before one came and after 24 h.")
    smsCode: str | None = Field(description="The one-time code found in it.")
    smsHistory: list[SmsOut] = Field(description="Oldest first; empty 24 h after the end.")
    smsReceivedAt: Timestamp | None
    refundedCents: CentsText = Field(description="What went back to the balance.")
    reason: str | None = Field(description="Why it ended.", examples=["EXPIRED"])
    createdAt: Timestamp
    endedAt: Timestamp | None


class OrdersOut(Shape):
    """A page of orders, newest first."""

    items: list[OrderOut]
    nextCursor: OrderIdText | None


class ChangedOrderOut(Shape):
    """What a change made of an order."""

    id: OrderIdText
    status: PublicStatus
