"""Vietnam's public holidays as yearly data: duty lists and promised times depend on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.errors import ContentError

FILE = Path(__file__).parent / "holidays_vn.yml"


@dataclass(frozen=True)
class HolidayYear:
    """One year's days off. ``confirmed`` once an operator has compared it with the announcement."""

    confirmed: bool
    days: Mapping[date, str]


def load_holidays(path: Path = FILE) -> dict[int, HolidayYear]:
    """Read the years; a malformed file raises ``ContentError`` naming year and fault."""
    try:
        years = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except (OSError, YAMLError) as error:
        raise ContentError(f"{path.name}: cannot be read ({type(error).__name__})") from error
    if not isinstance(years, dict):
        raise ContentError(f"{path.name}: required: one block a year")
    return {_whole(path, year): _year(path, year, block) for year, block in years.items()}


def is_holiday(day: date, years: Mapping[int, HolidayYear]) -> bool:
    """``day`` is a date in Vietnam; a year without data has no holidays, and ``lachan doctor`` says so."""
    return day.year in years and day in years[day.year].days


def _whole(path: Path, year: Any) -> int:
    if not isinstance(year, int):
        raise ContentError(f"{path.name}: {year}: required: a year")
    return year


def _year(path: Path, year: int, block: Any) -> HolidayYear:
    if not isinstance(block, dict) or not isinstance(block.get("confirmed"), bool):
        raise ContentError(f"{path.name}: {year}: confirmed: required: true or false")
    days = block.get("days")
    if not isinstance(days, dict) or not days:
        raise ContentError(f"{path.name}: {year}: days: required: at least one day")
    for day in days:
        if not isinstance(day, date) or day.year != year:
            raise ContentError(f"{path.name}: {year}: days: {day}: required: a date of that year")
    return HolidayYear(block["confirmed"], days)
