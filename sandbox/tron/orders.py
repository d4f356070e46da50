"""What can be ordered of the chain, and what makes sense of it."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from sandbox.tron.addresses import AddressError
from sandbox.tron.amounts import Amount, to_units
from sandbox.tron.contracts import TOKENS
from sandbox.tron.faults import Fault
from sandbox.tron.nodes import NodeName
from sandbox.tron.treasury import Failure, Payment, find_person

_MOST_TRANSFERS = 10_000


def _person(text: str) -> str:
    try:
        return find_person(text)
    except AddressError as error:
        raise ValueError(str(error)) from None


Person = Annotated[str, AfterValidator(_person)]
TokenName = Literal["usdt", "fake"]


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Receiver(_Order):
    """One more receiver of a transaction that pays several."""

    to: Person
    amount: Amount


class TransferOrder(_Order):
    """A payment to be made by the sandbox."""

    to: Person
    amount: Amount
    token: Literal["usdt", "fake", "trx"] = Field(default="usdt")
    sender: Person = Field(default_factory=lambda: find_person("alice"), alias="from")
    method: Literal["transfer", "transferFrom"] = "transfer"
    fail: Failure | None = None
    also: list[Receiver] = Field(default_factory=list, max_length=20)
    mine: bool = False

    @model_validator(mode="after")
    def _fits_trx(self) -> "TransferOrder":
        if self.is_trx and (self.also or self.fail or self.method != "transfer"):
            raise ValueError("TRX is sent to one receiver, by its owner, and cannot fail")
        return self

    @property
    def is_trx(self) -> bool:
        """Whether no token is sent, but the chain's own coin."""
        return self.token not in TOKENS

    def payment(self) -> Payment:
        """Return which tokens are to be sent."""
        more = [(one.to, to_units(one.amount)) for one in self.also]
        return Payment(
            token=TOKENS[self.token],
            receivers=[(self.to, to_units(self.amount)), *more],
            sender=self.sender,
            by_spender=self.method == "transferFrom",
            fail=self.fail,
        )


class TransfersOrder(_Order):
    """Many payments at once."""

    transfers: list[TransferOrder] = Field(max_length=_MOST_TRANSFERS)


class FaucetOrder(_Order):
    """What an account is given."""

    address: Person
    trx: Amount = "0"
    usdt: Amount = "0"
    fake: Amount = "0"
    energy: int | None = Field(default=None, ge=0)
    mine: bool = True


class MineOrder(_Order):
    """Blocks to make now, and whether more come by themselves."""

    blocks: int = Field(default=1, ge=0, le=10_000)
    auto: bool | None = None


class ReorgOrder(_Order):
    """How many of the newest blocks are undone."""

    depth: int = Field(ge=1)
    drop: bool = False


class ListingOrder(_Order):
    """Whom the token refuses to be sent by; with a node, what that one alone says of it."""

    address: Person
    listed: bool = True
    token: TokenName = Field(default="usdt")
    node: NodeName | None = None


class TokenOrder(_Order):
    """What the issuer does to a token; with a node, what that one alone says of it."""

    token: TokenName = Field(default="usdt")
    paused: bool | None = None
    deprecated: bool | None = None
    basis_points_rate: int | None = Field(default=None, ge=0, le=20, alias="basisPointsRate")
    maximum_fee: Amount | None = Field(default=None, alias="maximumFee")
    node: NodeName | None = None


class LiesOrder(_Order):
    """What a node says that somebody holds, whatever is true."""

    node: NodeName = "second"
    address: Person | None = None
    usdt: Amount | None = None
    fake: Amount | None = None
    trx: Amount | None = None
    forget: bool = False
    """Whether the lies told so far are forgotten, those about tokens and lists too."""

    @model_validator(mode="after")
    def _about_somebody(self) -> "LiesOrder":
        amounts = (self.usdt, self.fake, self.trx)
        if (self.address is None) != all(amount is None for amount in amounts):
            raise ValueError("an address goes with at least one of usdt, fake and trx")
        return self


class FaultOrder(Fault):
    """A fault, and the node that it is ordered for."""

    node: NodeName = "first"

    def fault(self) -> Fault:
        """Return the fault itself."""
        return Fault.model_validate(self.model_dump(exclude={"node"}))
