"""Every step of a payout that is kept somewhere, found in the code that takes it.

A step is a statement that writes: a constant with SQL in one of the packages below. Beside these
there are the signer's journal and the sending itself. Nobody has to remember to name a new one.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from typing import Final

WRITES: Final = re.compile(
    r"\b(insert\s+into|update\s+\w+(\s+\w+)?\s+set|delete\s+from|ledger_post)\b", re.IGNORECASE
)

PACKAGES: Final = ("signer", "jiema_app.domain.payouts", "jiema_app.domain.withdrawals")

OF_THE_READER: Final = "jiema_app.domain.chain.queries"

JOURNAL: Final = "signer.journal.append"
BROADCAST: Final = "chain.broadcast"

NO_STEP: Final[Mapping[str, str]] = {
    "payouts.halts.BEAT": "a pulse",
    "payouts.halts.PAUSE": "a person's word, in a statement of its own",
    "payouts.halts.RESUME": "likewise",
    "payouts.queries.RETIRE_HOUSE_WALLETS": "settings, at the start of a process",
    "payouts.queries.ADD_HOUSE_WALLET": "likewise",
    "payouts.queries.REVIVE_HOUSE_WALLET": "likewise",
    "withdrawals.queries.SET_TERMS": "what withdrawals cost, in a statement of its own",
    "chain.queries.GO_BACK": "by reading blocks that were taken back: see tests/services/test_chain_*",
    "chain.queries.HALT": "likewise",
    "chain.queries.RESUME": "a person's word, in a statement of its own",
    "chain.queries.SEE": "what may still be taken back: shown to people, and decides nothing",
}
"""Writes that are no step of a payout, and why."""

OF_OTHER_PAYOUTS: Final[Mapping[str, str]] = {
    "signer.energy.FEED": "TRX for wallets of the pool",
    "signer.subject_queries.HOLD_WALLET": "sweeps",
    "payouts.refund_queries.ORDER": "refunds",
    "payouts.sweep_queries.QUEUE": "sweeps",
    "payouts.sweep_queries.AUDIT": "sweeps",
    "withdrawals.queries.SETTLE_OTHERWISE": "a person's statement: see test_withdrawal_*",
    "withdrawals.queries.TELL": "likewise",
    "payouts.refund_sending.TELL": "refunds",
}
"""Steps that withdrawals do not take. From the signature on the others go the same way."""


def find_writes() -> Mapping[str, str]:
    """Every constant with SQL that writes: its text, by a short name of where it is defined."""
    found: dict[str, str] = {}
    for module in _modules():
        for name, value in vars(importlib.import_module(module)).items():
            if name.isupper() and isinstance(value, str) and WRITES.search(value):
                known = found.setdefault(_short(module, name), value)
                assert known == value, "two constants of one name"
    # One that is imported elsewhere is found there too: it is known by its first home.
    homes: dict[str, str] = {}
    for name, text in sorted(found.items(), key=lambda one: ("queries" not in one[0], one[0])):
        homes.setdefault(text, name)
    return {name: text for text, name in homes.items()}


def find_steps() -> Mapping[str, str]:
    """The statements by which a withdrawal goes from the request to its end, by name."""
    return {
        name: text
        for name, text in find_writes().items()
        if name not in NO_STEP and name not in OF_OTHER_PAYOUTS
    }


def _modules() -> Iterator[str]:
    for package in PACKAGES:
        path = importlib.import_module(package).__path__
        for module in pkgutil.walk_packages(path, f"{package}."):
            if not module.name.endswith("__main__"):
                yield module.name
    yield OF_THE_READER


def _short(module: str, name: str) -> str:
    return f"{module.removeprefix('jiema_app.domain.')}.{name}"
