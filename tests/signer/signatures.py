"""What tests write into journals. It loads quickly, as processes are started with it."""

from datetime import UTC, datetime
from typing import Any, Final

from signer.journal_lines import Signature
from signer.kinds import Asset, Kind

HOT: Final = "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr3"
OTHER: Final = "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC"
USDT: Final = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
NOON: Final = datetime(2026, 5, 1, 12, tzinfo=UTC)


def signature(number: int = 1, **changes: Any) -> Signature:
    """A withdrawal of 5 USDT, the same for the same number."""
    fields: dict[str, Any] = {
        "signed_at": NOON,
        "payout_id": f"payout-{number}",
        "attempt": 1,
        "kind": Kind.WITHDRAWAL,
        "asset": Asset.USDT,
        "source": HOT,
        "receiver": OTHER,
        "amount": 5_000_000,
        "fee_limit_sun": 30_000_000,
        "txid": f"{number:064x}",
        "expiration_ms": 1_788_859_776_552,
        "signed_json": '{"signature":["…"],"x":"' + "0" * (number % 700) + '"}',
    }
    return Signature(**(fields | changes))
