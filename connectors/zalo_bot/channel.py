"""Joins this platform's client and parser for the helpline."""

from connectors.platform import Platform
from connectors.zalo_bot.client import ZaloBotClient
from connectors.zalo_bot.facts import CHANNEL, SECRET_HEADER
from connectors.zalo_bot.payload import parse


def platform(token: str, api: str, choose: str) -> Platform:
    """``choose`` is the line that stands under numbered answers."""
    return Platform(CHANNEL, ZaloBotClient(token, api, choose), parse, SECRET_HEADER)
