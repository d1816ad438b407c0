"""Joins this platform's client and parser for the helpline."""

from connectors.platform import Platform
from connectors.telegram.client import TelegramClient
from connectors.telegram.facts import CHANNEL, SECRET_HEADER
from connectors.telegram.payload import parse


def platform(token: str, api: str) -> Platform:
    return Platform(CHANNEL, TelegramClient(token, api), parse, SECRET_HEADER)
