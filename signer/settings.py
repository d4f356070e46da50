"""Settings of the signer: its own, so that nothing else decides what it signs."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from jiema_app.integrations.tron.addresses import is_address
from jiema_app.settings import Settings, SettingsRefused, described, read_settings
from jiema_app.settings.forms import Group, group
from jiema_app.settings.mixture import SANDBOX_WALLETS
from jiema_app.settings.values import Count, Folder, Usdt

SUN_PER_TRX: Final = 1_000_000


def _address(text: str) -> str:
    if not is_address(text):
        raise ValueError("must be an address of the chain, T and 33 characters")
    return text


def _place(path: Path) -> Path:
    if path.is_dir():
        raise ValueError("must be a file, not a folder")
    return path


Trx = Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=6)]
Address = Annotated[str, AfterValidator(_address)]
FilePlace = Annotated[Path, AfterValidator(_place)]
"""A file that may not be there yet."""


class SignerSettings(Group):
    """The signer. ``SIGNER_KEK``, which is no field, is read once and forgotten."""

    model_config = group("SIGNER_")

    kek_file: FilePlace | None = None
    """Holds the key-encryption key, 32 bytes in hex or base64, readable by the signer alone.
    Instead of it ``SIGNER_KEK`` may hold the key."""
    key_folder: Folder | None = None
    """Where sealed keys lie. Unset: ``signer/keys`` in ``JIEMA_DATA_DIR``."""
    journal_file: FilePlace | None = None
    """What was ever signed. Unset: ``signer/journal.jsonl`` in ``JIEMA_DATA_DIR``."""
    pause_file: FilePlace | None = None
    """While there is such a file, nothing is signed. Unset: ``signer/PAUSE`` in
    ``JIEMA_DATA_DIR``."""
    treasury_address: Address | None = None
    """The house's wallet whose key is elsewhere. Unset: money goes to the hot wallet alone."""
    expiration_s: int = Field(default=600, ge=30, le=3600)
    """How long a signed payment may be taken into a block, from the chain's newest one."""
    rebroadcast_s: int = Field(default=15, ge=1, le=600)
    """The same bytes are sent again so often until then."""
    checks_max_age_s: int = Field(default=30, ge=1, le=300)
    """Nothing is signed on checks that are older."""
    fee_limit_max_trx: Trx = Decimal(40)
    """The most that one payment may cost."""
    attempts_max: int = Field(default=3, ge=1, le=20)
    """So often a payment is signed anew by itself; then a person looks at it."""

    @model_validator(mode="after")
    def _is_sent_more_than_once(self) -> Self:
        if self.rebroadcast_s >= self.expiration_s:
            raise ValueError("SIGNER_REBROADCAST_S is not below SIGNER_EXPIRATION_S")
        return self


class CapSettings(Group):
    """What the signer never exceeds, whatever the database asks of it."""

    model_config = group("SIGNER_CAP_")

    payment_usdt: Usdt = Decimal(2000)
    """One withdrawal or refund."""
    day_usdt: Usdt = Decimal(5000)
    """All of them together, in any 24 hours."""
    address_day_usdt: Usdt = Decimal(2000)
    """Those to one address, in any 24 hours."""
    payments_per_hour: Count = 60
    """How many of them, in any hour."""
    sweep_usdt: Usdt = Decimal(20_000)
    """One sweep, which goes to wallets of the house alone."""
    gas_trx: Trx = Decimal(100)
    """TRX for one wallet of the pool at a time."""
    gas_day_trx: Trx = Decimal(1000)
    """For all of them together, in any 24 hours."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that a signer is told.

    Attributes:
        product: What all processes share: the environment, the chain, the database.
        signer: The signer's own.
        caps: Likewise.
    """

    product: Settings
    signer: SignerSettings
    caps: CapSettings

    @property
    def home(self) -> Path:
        """The signer's folder in the data folder."""
        return self.product.data_dir / "signer"

    @property
    def key_folder(self) -> Path:
        """Where sealed keys lie."""
        return self.signer.key_folder or self.home / "keys"

    @property
    def journal_file(self) -> Path:
        """What was ever signed."""
        return self.signer.journal_file or self.home / "journal.jsonl"

    @property
    def pause_file(self) -> Path:
        """While there is such a file, nothing is signed."""
        return self.signer.pause_file or self.home / "PAUSE"

    @property
    def fee_limit_max_sun(self) -> int:
        """The most that one payment may cost."""
        return sun_of(self.signer.fee_limit_max_trx)


def read_configuration() -> Configuration:
    """The settings of the environment.

    Raises:
        SettingsRefused: A variable is wrong. All that are, are named at once.
    """
    complaints: list[str] = []
    found: dict[str, Any] = {}
    for name, one in (("signer", SignerSettings), ("caps", CapSettings)):
        try:
            found[name] = one()
        except ValidationError as error:
            complaints += described(error, one.model_config.get("env_prefix", ""))
    try:
        found["product"] = read_settings()
    except SettingsRefused as refused:
        complaints = [*refused.complaints, *complaints]
    if not complaints:
        complaints += _unfit(found["product"], found["signer"])
    if complaints:
        raise SettingsRefused(complaints)
    return Configuration(**found)


def _unfit(product: Settings, own: SignerSettings) -> list[str]:
    """What keeps the signer from moving real money."""
    if product.env == "production" and own.treasury_address in SANDBOX_WALLETS:
        return ["SIGNER_TREASURY_ADDRESS is the sandbox's: everybody has its key"]
    return []


def sun_of(trx: Decimal) -> int:
    """Sun of an amount in TRX, such as a setting's."""
    return int(trx * SUN_PER_TRX)
