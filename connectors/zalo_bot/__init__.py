"""The Zalo Bot Platform's channel: python-zalo-bot, wrapped, and a tolerant parser of our own."""
