"""Templates, the words they use, and how pages answer."""

from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.console import labels, referral_labels
from bot.console.door import console_of
from bot.console.permissions import may
from bot.console.sessions import Visit
from bot.console.wall_time import day_hour, hour, waited

FOLDER = Path(__file__).resolve().parent.parent
STATIC = FOLDER / "static"


def load_templates() -> Jinja2Templates:
    """Everything is escaped, and a name that a template misses is an error, not a gap."""
    env = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(words=labels, referral_words=referral_labels, may=may)
    env.filters.update(hour=hour, day_hour=day_hour, waited=waited, word=word)
    return Jinja2Templates(env=env)


def word(code: object, table: dict[Any, str]) -> str:
    """The Vietnamese word; a code that has none yet is shown as it is rather than hidden."""
    return table.get(code, str(code))


def page(request: Request, template: str, visit: Visit, status: int = 200, **content: Any) -> Response:
    """Render for the person behind ``visit``."""
    console = console_of(request)
    context = {"visit": visit, "now": console.clock(), **content}
    return console.templates.TemplateResponse(request, template, context, status_code=status)
