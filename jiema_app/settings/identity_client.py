"""What we are at providers of identities."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class IdentityClient:
    """What we are at one of them."""

    client_id: str
    client_secret: str = field(repr=False)
    metadata_url: str
