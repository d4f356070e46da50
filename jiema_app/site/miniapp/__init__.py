"""The Mini App: the whole of the shop in Telegram's window, with other chrome.

Its views are the states and sections of the shop's pages; what stands here is the frame around
them, what a phone in Telegram wants otherwise, and how a view is chosen.
"""
