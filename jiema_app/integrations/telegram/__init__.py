"""Telegram's Bot API, by python-telegram-bot: the only place that speaks to it."""
