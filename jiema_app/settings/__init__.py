"""Every setting of the product, and the only module that reads the environment.

Each group is one class, each field one variable: the class's prefix followed by the
field's name (``SUPPLIER_`` + ``API_KEY``). ``python -m jiema_app doctor`` prints them
all with where each value came from.
"""

from jiema_app.settings.forms import SettingsRefused, described
from jiema_app.settings.identity_client import IdentityClient
from jiema_app.settings.limits import LimitSettings
from jiema_app.settings.mixture import SANDBOX_SECRET_KEY
from jiema_app.settings.orders import OrderSettings
from jiema_app.settings.places import GeoSettings
from jiema_app.settings.reading import GROUPS, get_settings, read_settings
from jiema_app.settings.recharges import RechargeSettings, TronNode, TronSettings
from jiema_app.settings.sign_in import (
    GOOGLE_METADATA_URL,
    SANDBOX_GOOGLE_CLIENT,
    SANDBOX_GOOGLE_SECRET,
    GoogleSettings,
)
from jiema_app.settings.suppliers import (
    SANDBOX_SUPPLIER_KEY,
    SANDBOX_WEBHOOK_PATH,
    SupplierList,
    SupplierSettings,
)
from jiema_app.settings.telegram import (
    SANDBOX_BOT_TOKEN,
    SANDBOX_TELEGRAM_CLIENT,
    SANDBOX_TELEGRAM_SECRET,
    TELEGRAM_SCRIPT_COPY,
    BotAccount,
)
from jiema_app.settings.whole import Settings

__all__ = [
    "GOOGLE_METADATA_URL",
    "GROUPS",
    "SANDBOX_BOT_TOKEN",
    "SANDBOX_GOOGLE_CLIENT",
    "SANDBOX_GOOGLE_SECRET",
    "SANDBOX_SECRET_KEY",
    "SANDBOX_SUPPLIER_KEY",
    "SANDBOX_TELEGRAM_CLIENT",
    "SANDBOX_TELEGRAM_SECRET",
    "SANDBOX_WEBHOOK_PATH",
    "TELEGRAM_SCRIPT_COPY",
    "BotAccount",
    "GeoSettings",
    "GoogleSettings",
    "IdentityClient",
    "LimitSettings",
    "OrderSettings",
    "RechargeSettings",
    "Settings",
    "SettingsRefused",
    "SupplierList",
    "SupplierSettings",
    "TronNode",
    "TronSettings",
    "described",
    "get_settings",
    "read_settings",
]
