"""Telegram's channel: python-telegram-bot as client and parser, our own way in and out."""
