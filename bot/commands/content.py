"""``lachan content``: what is missing, stale or unsigned, and the way to experts and back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="Check articles, send them to an expert, bring them back.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command()(check)
    group.command()(export)
    group.command("import")(bring_in)
    app.add_typer(group, name="content")


Topics = Annotated[
    list[str] | None,
    typer.Option("--topic", help="Only this topic or group; may be repeated.", show_default=False),
]


def check() -> None:
    """List what is missing, stale or unsigned; a broken file is one clear error.

    \b
    Examples:
      ./lachan content check
    """
    from bot.config import ROOT
    from bot.knowledge import load_knowledge
    from bot.knowledge.examples import load_examples
    from bot.knowledge.overview import overview

    today = datetime.now(UTC).date()
    knowledge = load_knowledge(today=today)
    for title, lines in overview(knowledge, load_examples(ROOT / "nlu"), today).items():
        typer.echo(f"{title}: {len(lines)}")
        for line in lines:
            typer.echo(f"  {line}")


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE.docx", show_default=False)],
    topic: Topics = None,
    unsigned: Annotated[bool, typer.Option("--unsigned", help="Only what nobody has signed.")] = False,
) -> None:
    """Write articles as a Word document with a place to sign under each.

    \b
    Examples:
      ./lachan content export duyet.docx --unsigned
      ./lachan content export images.docx --topic images
    """
    from bot.errors import BadInput
    from bot.knowledge import load_knowledge
    from bot.knowledge.review import export as as_document

    knowledge = load_knowledge()
    wanted = set(topic or [])
    if unknown := wanted - knowledge.topics.keys() - {one.group for one in knowledge.topics.values()}:
        raise BadInput(f"no such topic or group: {', '.join(sorted(unknown))}")
    chosen = [
        name
        for name, one in knowledge.topics.items()
        if name in knowledge.articles
        and (not wanted or {name, one.group} & wanted)
        and not (unsigned and knowledge.articles[name].is_signed)
    ]
    if not chosen:
        raise BadInput("nothing to export")
    file.write_bytes(as_document(knowledge, chosen))
    typer.echo(f"{len(chosen)} articles in {file}")


def bring_in(file: Annotated[Path, typer.Argument(metavar="FILE.docx", show_default=False)]) -> None:
    """Bring an expert's edits and signatures back into the article files: all of them or none.

    \b
    Examples:
      ./lachan content import duyet.docx
    """
    from bot.knowledge import load_knowledge
    from bot.knowledge.review import bring_back, read_reviewed

    reviewed = read_reviewed(file)
    changes = bring_back(reviewed, load_knowledge(), datetime.now(UTC).date())
    for change in changes:
        for code in change.edited:
            typer.echo(f"edited  {code}")
        if change.reviewer:
            typer.echo(f"signed  {change.topic}: {change.reviewer}")
        elif change.edited:
            typer.echo(f"unsigned  {change.topic}: edited without a signature")
        if change.opinion:
            typer.echo(f"opinion  {change.topic}: {change.opinion}")
    typer.echo(f"{len(changes)} articles changed or commented; {len(reviewed.texts)} texts read")
