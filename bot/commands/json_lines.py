"""``lachan triage | ask | redact``: JSON lines in, JSON lines out, nothing before all input is valid."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.errors import BadInput

Source = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE]", help="JSON lines; standard input when left out.", show_default=False),
]


def register(app: typer.Typer) -> None:
    for command in (triage, ask, redact):
        app.command()(command)


def triage(
    file: Source = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why, for people; plain lines will do.")
    ] = False,
) -> None:
    """Assess messages or conversations (JSON lines).

    In: {"id","text"} or {"id","turns":[...]}, optional "role". A turn is a string (the person's
    message) or {"from":"user|bot|counsellor","text"}.
    Out: {"id","risk","category","about","check_in","rules","risk_by_turn"}.

    \b
    Examples:
      echo '{"id":1,"text":"may ban tren mang doi anh cua em"}' | ./lachan triage
      ./lachan triage conversations.jsonl
      echo 'chu ay bat em giau me' | ./lachan triage --explain
    """
    from bot.config import load_settings
    from bot.triage.command import as_record, triage_lines, validate
    from bot.triage.explaining import explain as explained
    from bot.triage.training import open_model

    lines = read(file)
    records = validate(map(as_record, lines) if explain else lines)
    model = open_model(load_settings().cache_dir)
    if not explain:
        write(triage_lines(records, model))
        return
    for record in records:
        for line in explained(record, model):
            typer.echo(line)


def ask(file: Source = None) -> None:
    """Answer questions as the chat would (JSON lines).

    In: {"id","text"}, optional "role" (child, parent, teacher, other, unknown).
    Out: {"id","topic","score","options","answer"}.

    \b
    Examples:
      echo '{"id":1,"text":"mat khau the nao la manh","role":"child"}' | ./lachan ask
    """
    from bot.config import ROOT, load_settings
    from bot.knowledge import load_knowledge
    from bot.knowledge.cache import open_retriever
    from bot.knowledge.command import ask_lines, validate
    from bot.triage import assess
    from bot.triage.assessment import Role
    from bot.triage.training import open_model

    records = validate(read(file))
    settings = load_settings()
    model = open_model(settings.cache_dir)

    def urgent(text: str, role: Role) -> bool:
        return assess(text, role=role, model=model)[0].is_urgent

    retriever = open_retriever(ROOT / "nlu", settings.cache_dir)
    knowledge = load_knowledge(signed_only=settings.stage == "live")
    write(ask_lines(records, knowledge, retriever, urgent))


def redact(file: Source = None) -> None:
    """Replace what could name a person (JSON lines).

    In: {"id","text"}. Out: {"id","text","spans":[{"start","end","type"}]}, offsets in code points
    of the NFC text.

    \b
    Examples:
      echo '{"id":1,"text":"cháu tên Lan, số 0912345678"}' | ./lachan redact
    """
    from bot.privacy.redact_command import redact_lines, validate

    write(redact_lines(validate(read(file))))


def read(file: Path | None) -> list[str]:
    """All lines, split at line feeds alone: other separators may stand inside a JSON string."""
    try:
        data = sys.stdin.buffer.read() if file is None else file.read_bytes()
    except OSError as error:
        raise BadInput(f"cannot read {file}: {error.strerror}") from error
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return [_decode(number, line) for number, line in enumerate(lines, start=1)]


def write(answers: Iterable[dict[str, Any]]) -> None:
    """One JSON object a line, in UTF-8 whatever the terminal's own encoding is."""
    for answer in answers:
        sys.stdout.buffer.write(_encode(answer) + b"\n")
    sys.stdout.buffer.flush()


def _decode(number: int, line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise BadInput(f"line {number}: not UTF-8") from None


def _encode(answer: dict[str, Any]) -> bytes:
    try:
        return json.dumps(answer, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair came in as an escape; it leaves as one.
        return json.dumps(answer).encode()
