"""Whether an address that somebody typed can be paid to, by our books and by the chain."""

from dataclasses import dataclass
from pathlib import Path

import structlog

from jiema_app.domain.chain.port import ChainError
from jiema_app.domain.compliance.sanctioned_addresses import (
    BadAddressList,
    find_sanctioned_addresses,
)
from jiema_app.domain.payouts import queries
from jiema_app.domain.payouts.destinations import Destination, describe_address
from jiema_app.domain.payouts.port import ContractFacts, ListingFacts, PayoutChain
from jiema_app.domain.transaction import Database

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Destinations:
    """Looks at addresses before anything is held for them.

    The signer's checks have the last word; this one is for people, while they type.

    Attributes:
        token: Address of the token's contract.
        sanctions_file: Addresses that may not be paid; None: no list is configured.
        chain: What can be asked; None in a process without a node.
    """

    database: Database
    token: str
    sanctions_file: Path | None
    chain: PayoutChain | None

    async def describe(self, text: str, *, asks_chain: bool = True) -> Destination:
        """Say what is wrong with an address, if anything.

        Args:
            text: As it was typed, of any length.
            asks_chain: Whether the node is asked too, which takes a moment. When it does not
                answer nothing is known against the address: it is asked again before a payout.
        """
        found = describe_address(text, token=self.token)
        if not found.ok:
            return found
        async with self.database.connection() as connection:
            is_ours = await connection.fetchval(queries.IS_OURS, found.address)
        ours = {found.address} if is_ours else set()
        contract, listing = None, None
        if asks_chain and not is_ours:
            contract, listing = await self._ask(found.address)
        return describe_address(
            text,
            token=self.token,
            ours=ours,
            sanctioned=self._sanctioned(found.address),
            contract=contract,
            listing=listing,
        )

    def _sanctioned(self, address: str) -> set[str]:
        try:
            listed = find_sanctioned_addresses(self.sanctions_file)
        except BadAddressList:
            # Nobody is paid while the list cannot be read: the checks see to that.
            return set()
        return {address} if listed is not None and address in listed else set()

    async def _ask(self, address: str) -> tuple[ContractFacts | None, ListingFacts | None]:
        contract, listing = None, None
        if self.chain is not None:
            try:
                contract = await self.chain.destination(address)
                listing = await self.chain.listing(address)
            except ChainError as error:
                log.info("address not asked about", reason=str(error)[:200])
        return contract, listing
