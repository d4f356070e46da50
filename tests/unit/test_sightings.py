"""What may be concluded from what nodes know of a transaction."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jiema_app.domain.chain.port import ChainIncomplete
from jiema_app.domain.payouts.sightings import Sighting, Sightings, SolidReceipt
from tests.unit.payout_facts import NOW, REVERTED, absent, block, final, receipt, seen

EXPIRED = NOW - timedelta(seconds=58)
SILENT = Sighting(node="second", trouble="no answer")
AWAY = replace(SILENT, is_away=True)


def test_a_receipt_holds_when_every_node_tells_it() -> None:
    assert seen(final()).find_receipt() == receipt()
    assert seen(final(), final("second")).find_receipt() == receipt()
    assert seen(final(), AWAY).find_receipt() == receipt()


@pytest.mark.parametrize(
    "sightings",
    [
        seen(),
        seen(absent()),
        seen(final(), absent("second")),
        seen(final(), SILENT),
        seen(SILENT),
        seen(AWAY),
    ],
)
def test_there_is_no_receipt_while_a_node_has_none(sightings: Sightings) -> None:
    assert sightings.find_receipt() is None


@pytest.mark.parametrize(
    "other",
    [
        REVERTED,
        receipt(header=block(951, 147)),
        receipt(header=block(950, 150, "ef")),
        receipt(transfers=()),
        receipt(fee_sun=1),
    ],
)
def test_receipts_that_differ_are_a_contradiction(other: SolidReceipt) -> None:
    with pytest.raises(ChainIncomplete, match="disagree"):
        seen(final(), replace(final("second"), solid=other)).find_receipt()


def test_what_is_absent_after_its_expiration_never_comes() -> None:
    assert seen(absent()).is_absent_since(EXPIRED)
    assert seen(absent(), absent("second")).is_absent_since(EXPIRED)
    # Still in a pool: no block may take it any more.
    assert seen(absent(is_pending=True)).is_absent_since(EXPIRED)


@pytest.mark.parametrize(
    "sightings",
    [
        seen(),
        seen(absent(solid_head=block(982, 58))),
        seen(absent(), absent("second", solid_head=block(981, 60))),
        seen(absent(solid_head=None)),
        seen(absent(is_known=True)),
        seen(final()),
        seen(absent(), final("second", REVERTED)),
        seen(absent(), SILENT),
        # What is paid twice is lost, and what waits is not.
        seen(absent(), AWAY),
    ],
)
def test_what_may_still_come_is_not_absent(sightings: Sightings) -> None:
    assert not sightings.is_absent_since(EXPIRED)
    assert sightings.is_known == any(one.is_known for one in sightings.nodes)
