"""Reading the settings from the environment, and saying what is wrong with them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, TypeVar, cast

from pydantic import ValidationError

from jiema_app.settings.channel import ChannelSettings
from jiema_app.settings.contact import ContactSettings
from jiema_app.settings.database import DatabaseSettings
from jiema_app.settings.forms import (
    Group,
    SettingsRefused,
    describe,
    described,
)
from jiema_app.settings.limits import LimitSettings
from jiema_app.settings.orders import OrderSettings
from jiema_app.settings.payouts import PayoutSettings
from jiema_app.settings.places import GeoSettings
from jiema_app.settings.recharges import (
    RechargeSettings,
    TronSettings,
)
from jiema_app.settings.sign_in import (
    GoogleSettings,
    SessionSettings,
)
from jiema_app.settings.suppliers import (
    SupplierList,
    SupplierSettings,
)
from jiema_app.settings.support import SupportSettings
from jiema_app.settings.telegram import (
    TelegramSettings,
)
from jiema_app.settings.texts import AbuseSettings, LegalSettings, PriceRangeSettings
from jiema_app.settings.whole import Settings

GroupT = TypeVar("GroupT", bound=Group)


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        SystemExit: A variable is wrong; the message names each that is.
    """
    try:
        return read_settings()
    except SettingsRefused as refused:
        raise SystemExit(
            "\n".join(f"error: settings: {complaint}" for complaint in refused.complaints)
        ) from None


def read_settings() -> Settings:
    """The settings of the environment.

    Raises:
        SettingsRefused: A variable is wrong. All that are, are named at once.
    """
    complaints: list[str] = []
    groups: dict[str, Group] = {name: _read(one, complaints) for name, one in GROUPS.items()}
    listed = groups["supplier_list"]
    assert isinstance(listed, SupplierList)
    further = tuple(_read(one, complaints) for one in listed.groups)
    has_whole_groups = not complaints
    try:
        settings = Settings(**groups, further_suppliers=further)  # type: ignore[arg-type]
    except ValidationError as error:
        # What groups say of each other is not known while one of them is wrong.
        own = [problem for problem in error.errors() if has_whole_groups or problem["loc"]]
        complaints += [describe(problem, "") for problem in own]
    if complaints:
        raise SettingsRefused(complaints)
    return settings


def _read(group_class: type[GroupT], complaints: list[str]) -> GroupT:
    """A group as the environment has it; as it would be without, when that is wrong."""
    try:
        return group_class()
    except ValidationError as error:
        complaints += described(error, group_class.model_config.get("env_prefix", ""))
        return cast("GroupT", group_class.model_construct())


GROUPS: Final[Mapping[str, type[Group]]] = {
    "database": DatabaseSettings,
    "supplier": SupplierSettings,
    "supplier_list": SupplierList,
    "orders": OrderSettings,
    "limits": LimitSettings,
    "geo": GeoSettings,
    "contact": ContactSettings,
    "session": SessionSettings,
    "google": GoogleSettings,
    "telegram": TelegramSettings,
    "tron": TronSettings,
    "recharge": RechargeSettings,
    "payout": PayoutSettings,
    "price_range": PriceRangeSettings,
    "legal": LegalSettings,
    "abuse": AbuseSettings,
    "support": SupportSettings,
    "channel": ChannelSettings,
}
