"""The stand-ins of Google and Telegram as providers of identities."""
