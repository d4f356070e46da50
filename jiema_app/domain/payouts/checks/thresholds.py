"""The figures that payouts are judged by."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Where a check passes and where it fails.

    Attributes:
        head_age_max: Of a node's youngest block. A block comes every 3 s.
        head_ahead_max: By how much it may be ahead of our clock.
        solid_lag_max: Blocks from the youngest final one to the youngest: 18 or 19 when the
            chain is well.
        nodes_apart_max: Blocks between the heads of two nodes.
        list_age_max: Of the list of sanctioned addresses.
        reading_lag_max: Blocks from the last that we read to the youngest final one.
        fee_limit_cap_sun: No transaction may cost more energy than this in sun (40 TRX).
        fee_limit_percent: Of what the dry run needs: prices and state change until the block.
        transaction_bytes: Of a signed transfer with its result. A token's takes some 345.
        energy_to_holder: A transfer to an address that holds the token already (measured
            2026-09-30 on mainnet).
        energy_to_newcomer: To one that holds none.
        energy_alert_percent: A dry run that differs from those by more is pointed out.
        energy_wide_percent: Above this part of the dearer one, or below the cheaper one divided
            by it, it is not the contract that we know, or a very busy one: a person looks.
        results_age_max: Of all results, when a transaction is signed by them.
    """

    head_age_max: timedelta = timedelta(seconds=30)
    head_ahead_max: timedelta = timedelta(seconds=30)
    solid_lag_max: int = 40
    nodes_apart_max: int = 20
    list_age_max: timedelta = timedelta(days=7)
    reading_lag_max: int = 60
    fee_limit_cap_sun: int = 40_000_000
    fee_limit_percent: int = 130
    transaction_bytes: int = 345
    energy_to_holder: int = 64_285
    energy_to_newcomer: int = 130_285
    energy_alert_percent: int = 20
    energy_wide_percent: int = 200
    results_age_max: timedelta = timedelta(seconds=30)
