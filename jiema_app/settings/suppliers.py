"""Who sells numbers to us: one group of settings for each supplier, each under its own prefix.

The first one's variables begin with ``SUPPLIER_``. ``SUPPLIERS`` names further ones, and the
variables of one that it calls ``second`` begin with ``SUPPLIER_SECOND_``.
"""

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Final, Literal

from pydantic import Field, SecretStr, field_validator

from jiema_app.settings.forms import CommaList, Group, group, split_list
from jiema_app.settings.values import (
    DAY_S,
    Count,
    Name,
    Networks,
    Origin,
    Pace,
    PathPart,
    Patience,
    Secret,
    Zone,
)

SANDBOX_SUPPLIER_KEY: Final = "sandbox-supplier-key"
SANDBOX_WEBHOOK_PATH: Final = "sandbox-webhook-path"

FURTHER_MAX: Final = 15
"""Each is looked at every second, and a webhook's path is compared with that of each."""

_LABEL: Final = re.compile(r"[a-z][a-z0-9_]{0,19}")

Kind = Literal["handler_api"]
"""Whom an adapter speaks to: the keys of ``integrations/supplier/registry.py``."""


class SupplierSettings(Group):
    """A wholesale supplier of numbers. The sandbox's by default."""

    model_config = group("SUPPLIER_")

    kind: Kind = "handler_api"
    """Which adapter speaks to it; see ``integrations/supplier/registry.py``."""
    name: Name = "primary"
    """How rows name it. Never shown to a user."""
    base_url: Origin | None = None
    """Origin of its API, no path. Unset: the sandbox on ``SANDBOX_PORT``."""
    api_key: Secret = SecretStr(SANDBOX_SUPPLIER_KEY)
    dialect: Literal["hero", "legacy"] = "hero"
    requests_per_second: Pace = 45
    """Pace of one process, all actions together; 0 lifts it. The published limit is
    50 per second and account, but 429 was seen far below: 5 is a wise start in
    production, and the pace halves by itself after each 429."""
    purchase_timeout_s: Patience = 12
    """After this a purchase has an unknown outcome and is left to reconciliation."""
    read_timeout_s: Patience = 8
    bulk_timeout_s: Patience = 60
    """For the whole price list (about 1 MB)."""
    min_cancel_s: int = Field(default=120, ge=0, le=DAY_S)
    """It refuses to cancel a younger activation."""
    timezone: Zone = "UTC"
    """Zone of its zoneless timestamps."""
    webhook_path: PathPart = SecretStr(SANDBOX_WEBHOOK_PATH)
    """Unguessable last part of ``/webhooks/supplier/…``; its calls are unsigned."""
    webhook_sources: Networks = ("127.0.0.1/32", "::1/128")
    """Networks it may call from."""
    breaker_failures: Count = 8
    """Consecutive failures that open the circuit."""
    breaker_reset_s: Patience = 5
    """How long an open circuit refuses calls before one is let through."""

    split = field_validator("webhook_sources", mode="before")(split_list)


class SupplierList(Group):
    """The suppliers beside the first one."""

    model_config = group("")

    labels: CommaList = Field(default=(), alias="SUPPLIERS")
    """What the variables of each are called by: ``second`` is ``SUPPLIER_SECOND_…``."""

    @field_validator("labels", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        labels = split_list(value)
        if value and not labels:
            raise ValueError("names nobody")
        return labels

    @field_validator("labels")
    @classmethod
    def _one_group_each(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(_LABEL.fullmatch, labels)):
            raise ValueError(
                "must be a comma list of names such as second or shop_b: small letters, digits "
                "and _, at most 20 of them each"
            )
        if len(set(labels)) < len(labels):
            raise ValueError("names one supplier twice")
        if len(labels) > FURTHER_MAX:
            raise ValueError(f"names more than {FURTHER_MAX} suppliers")
        return labels

    @property
    def groups(self) -> tuple[type[SupplierSettings], ...]:
        """The group of settings of each, not read yet."""
        return tuple(_group_of(label) for label in self.labels)


def read_further() -> tuple[SupplierSettings, ...]:
    """The suppliers beside the first one, as the environment has them."""
    return tuple(one() for one in SupplierList().groups)


def _group_of(label: str) -> type[SupplierSettings]:
    """The group of a further supplier. Rows name it by its label, unless it is given a name."""

    class FurtherSupplierSettings(SupplierSettings):
        model_config = group(f"SUPPLIER_{label.upper()}_")

        name: Name = label

    return FurtherSupplierSettings


def clashes(suppliers: Sequence[SupplierSettings], sandbox_url: str) -> Iterator[str]:
    """What two suppliers have in common that must tell them apart.

    Args:
        suppliers: All of them, the first one first.
        sandbox_url: Where one without an address is.
    """
    yield from _shared(suppliers, lambda one: one.name, ("name",), "rows need a name for each")
    yield from _shared(
        suppliers, lambda one: one.webhook_path, ("webhook_path",), "nobody could tell who calls"
    )
    # Each would find the other's rentals on its list, and give them to orders of its own.
    yield from _shared(
        suppliers,
        lambda one: (origin_of(one, sandbox_url), one.api_key),
        ("base_url", "api_key"),
        "that is one account, named twice",
    )


def _shared(
    suppliers: Sequence[SupplierSettings],
    of: Callable[[SupplierSettings], Hashable],
    fields: tuple[str, ...],
    why: str,
) -> Iterator[str]:
    """A complaint about each supplier that has in some fields what one before it has."""
    owners: dict[Hashable, SupplierSettings] = {}
    for one in suppliers:
        first = owners.setdefault(of(one), one)
        if first is not one:
            own, others = (" and ".join(map(who.variable, fields)) for who in (one, first))
            yield f"{own}: the same as {others}: {why}"


def origin_of(supplier: SupplierSettings, sandbox_url: str) -> str:
    """Origin of a supplier's API, without a trailing slash."""
    return (supplier.base_url or sandbox_url).rstrip("/")
