"""Settings of how people reach us."""

from jiema_app.settings.forms import Group, group
from jiema_app.settings.values import (
    Handle,
)


class ContactSettings(Group):
    """Our names on Telegram, without the @."""

    model_config = group("CONTACT_")

    support: Handle = "jiema_my_admin"
    channel: Handle = "jiema_my"
