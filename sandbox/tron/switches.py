"""How the chain and its nodes behave until told otherwise."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from sandbox.tron.execution import ENERGY_PRICE


class NodeSwitches(BaseModel):
    """What can be switched at one node alone; spelled in camel case on the wire."""

    model_config = ConfigDict(
        extra="forbid", populate_by_name=True, alias_generator=to_camel, frozen=True
    )

    lag_seconds: float = Field(default=0.0, ge=0, le=10**7)
    """It knows no block, and no balance, that is younger than this."""
    stuck_head: bool = False
    """It hears of no more blocks: its head and its solid block stand still."""
    wrong_genesis: bool = False
    """The first block has another id, as on another network."""
    latency_ms: float = Field(default=0.0, ge=0, le=60_000)
    """Pause before every answer of the node."""

    def to_json(self) -> dict[str, Any]:
        """Return them as the control API spells them."""
        return self.model_dump(by_alias=True)


class Switches(NodeSwitches):
    """What can be switched of the chain, and of the node that is asked first."""

    auto: bool = True
    """Whether blocks come by themselves."""
    block_seconds: float = Field(default=3.0, ge=0.05, le=3600)
    """Pause between them."""
    solid_lag: int = Field(default=2, ge=0, le=1000)
    """How many blocks must follow before one is solid; 18 on the real network."""
    transactions_per_block: int | None = Field(default=None, ge=1)
    """Most that one block takes in."""
    stuck_solid: bool = False
    """Blocks come, but none becomes solid any more."""
    clock_skew_seconds: float = Field(default=0.0, ge=-(10**7), le=10**7)
    """How far the clock of blocks and nodes is ahead of the world's."""
    energy_price: int = Field(default=ENERGY_PRICE, ge=1, le=10_000)
    """Sun for one unit of energy that is not staked for."""

    @property
    def block_ms(self) -> int:
        """Pause between blocks in milliseconds."""
        return int(self.block_seconds * 1000)
