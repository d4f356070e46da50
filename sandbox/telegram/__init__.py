"""The stand-in of Telegram: its Bot API, and the phones of the people who write to the bot."""
