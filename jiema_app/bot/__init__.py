"""What people read and press in their private chat with the bot.

A layer of presentation, as pages are: it asks services, makes words in the reader's language, and
decides nothing about orders or money. It sends nothing itself: what it has to say are deliveries.
"""
