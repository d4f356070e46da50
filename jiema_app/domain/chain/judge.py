"""What the reading of the chain asks of whoever decides about the payments that it brought."""

from typing import Protocol


class PaymentsNotJudged(Exception):
    """A payment could not be judged, by a fault of ours. It waits; nothing is lost."""


class Judge(Protocol):
    """Decides about payments."""

    async def run(self) -> int:
        """Judge everything new.

        Returns:
            How many payments there were.

        Raises:
            PaymentsNotJudged: Some wait. The others are judged all the same.
        """
        ...
