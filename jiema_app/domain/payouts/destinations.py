"""Whether an address can be paid to, said in a word while somebody types it. Pure."""

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jiema_app.domain.chain.addresses import ZERO_ADDRESS, fault_of_address
from jiema_app.domain.payouts.port import ContractFacts, ListingFacts

TYPED_MAX: Final = 200
"""Characters that are looked at: an address has 34, and blanks around it when it was copied."""

_AROUND: Final = " \t\r\n\v\f\u00a0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""What comes with a copied address and cannot be seen."""


class DestinationFault(StrEnum):
    """Why an address cannot be paid to."""

    EMPTY = "EMPTY"
    NOT_TRON = "NOT_TRON"
    """No address of this chain: ``0x…``, ``bc1…``, one of another network, or something else."""
    CHECKSUM = "CHECKSUM"
    """It looks like an address, and a character is wrong."""
    ZERO = "ZERO"
    """Nobody's: what is sent there is burnt."""
    TOKEN_CONTRACT = "TOKEN_CONTRACT"  # noqa: S105 - the token is money
    """The token's own contract: what is sent there is lost."""
    OURS = "OURS"
    """A wallet of our own."""
    SANCTIONED = "SANCTIONED"
    """It is on the list of those who may not be paid."""
    CONTRACT = "CONTRACT"
    """A contract: a bridge, an exchange's old deposit, or a trap. Only a node knows."""
    BLACKLISTED = "BLACKLISTED"
    """The token's issuer has blocked it: what it gets it can never move. Only a node knows."""


@dataclass(frozen=True, slots=True)
class Destination:
    """What was typed, as an address.

    Attributes:
        address: Without what stood around it; no longer than ``TYPED_MAX``.
        fault: Why it cannot be paid to; None when nothing is known against it.
    """

    address: str
    fault: DestinationFault | None

    @property
    def ok(self) -> bool:
        """Whether nothing is known against it."""
        return self.fault is None


def describe_address(
    text: str,
    *,
    token: str,
    ours: Container[str] = (),
    sanctioned: Container[str] = (),
    contract: ContractFacts | None = None,
    listing: ListingFacts | None = None,
) -> Destination:
    """Say whether what somebody typed can be paid to.

    Args:
        text: As it was typed, of any length.
        token: Address of the token's contract.
        ours: Every address of our own: pool, hot wallet and treasury.
        sanctioned: Addresses that may not be paid.
        contract: What the nodes say of the address; None while nobody asked them.
        listing: What the token's issuer says of it; None likewise.
    """
    typed = text[: TYPED_MAX + 1].strip(_AROUND)
    if len(text) > TYPED_MAX:
        return Destination(typed[:TYPED_MAX], DestinationFault.NOT_TRON)
    return Destination(typed, _fault_of(typed, token, ours, sanctioned, contract, listing))


def _fault_of(
    typed: str,
    token: str,
    ours: Container[str],
    sanctioned: Container[str],
    contract: ContractFacts | None,
    listing: ListingFacts | None,
) -> DestinationFault | None:
    if not typed:
        return DestinationFault.EMPTY
    fault = fault_of_address(typed)
    if fault is not None:
        return DestinationFault(fault.value)
    against = (
        (typed == ZERO_ADDRESS, DestinationFault.ZERO),
        (typed == token, DestinationFault.TOKEN_CONTRACT),
        (typed in ours, DestinationFault.OURS),
        (typed in sanctioned, DestinationFault.SANCTIONED),
        (contract is not None and contract.is_contract, DestinationFault.CONTRACT),
        (listing is not None and listing.is_blacklisted, DestinationFault.BLACKLISTED),
    )
    return next((one for is_so, one in against if is_so), None)
