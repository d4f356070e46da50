"""How the node behaves until told otherwise."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Switches(BaseModel):
    """Everything that can be switched; spelled in camel case on the wire."""

    model_config = ConfigDict(
        extra="forbid", populate_by_name=True, alias_generator=to_camel, frozen=True
    )

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
    """How far the node's clock is ahead of the world's."""
    wrong_genesis: bool = False
    """The first block has another id, as on another network."""
    latency_ms: float = Field(default=0.0, ge=0, le=60_000)
    """Pause before every answer of the node."""

    @property
    def block_ms(self) -> int:
        """Pause between blocks in milliseconds."""
        return int(self.block_seconds * 1000)

    def to_json(self) -> dict[str, Any]:
        """Return them as the control API spells them."""
        return self.model_dump(by_alias=True)
