"""What people read and press in chats with our bot: a presentation layer, beside `site`."""
