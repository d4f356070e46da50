"""Settings of what is written to support in the bot's chat."""

from pydantic import Field

from jiema_app.settings.forms import Group, group


class SupportSettings(Group):
    """Support in the bot's chat: a person answers there."""

    model_config = group("SUPPORT_")

    answer_hours: int = Field(default=24, ge=1, le=14 * 24)
    """Within so long a first answer comes, as a rule; people are told so."""
    messages_per_minute: int = Field(default=5, ge=1, le=100)
    """What one person may write in a minute. Telegram takes 20 a minute of us in a group, of all people."""
    silence_hours: int = Field(default=72, ge=1, le=60 * 24)
    """An answered case in which nobody writes for so long is resolved."""
