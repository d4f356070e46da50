"""People in chats with our bot: who can be written to, what they told us, what they are sent.

Knows Telegram's words and nothing of its network.
"""
