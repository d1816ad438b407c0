"""``lachan eval triage | ask``: what triage and finding the topic are worth on a file of labelled lines."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bot.knowledge.figures import Report as Answers
    from bot.triage.figures import Report

TEMPLATE = Path(__file__).with_name("evaluation.html")


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Measure on labelled data.", no_args_is_help=True, rich_markup_mode=None)
    for command in (triage, ask):
        group.command()(command)
    app.add_typer(group, name="eval")


def triage(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Labelled JSON lines.", show_default=False)],
    page: Annotated[
        Path | None, typer.Option("--html", help="Write a page with plots here.", show_default=False)
    ] = None,
    rules_only: Annotated[bool, typer.Option("--rules", help="Without the learned model.")] = False,
) -> None:
    """Print recall, false alarms, precision, calibration and every miss; docs/triage.md explains them.

    The file holds messages or conversations as docs/writing-examples.md describes.

    \b
    Examples:
      ./lachan eval triage bot/triage/examples/tune/t.jsonl
      ./lachan eval triage my.jsonl --html report.html
    """
    from bot.config import load_settings
    from bot.errors import BadInput, ContentError
    from bot.triage.evaluating import judge, judge_talks
    from bot.triage.examples import read_labelled
    from bot.triage.figures import report
    from bot.triage.training import open_model

    try:
        messages, talks = read_labelled(file)
    except ContentError as error:
        raise BadInput(str(error)) from error
    except OSError as error:
        raise BadInput(f"cannot read {file}: {error.strerror}") from error
    model = None if rules_only else open_model(load_settings().cache_dir)
    measured = report(judge(messages, model), judge_talks(talks, model))
    print("\n".join(lines(measured)))
    if page is not None:
        page.write_text(as_page(measured, file.name), encoding="utf-8")


def ask(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Labelled JSON lines.", show_default=False)],
) -> None:
    """Print how often the right topic is found, per role, style and topic, and what is confused with what.

    A line: {"id","text","role","topics","style"}; topics are what answers the question, the best first.

    \b
    Examples:
      ./lachan eval ask tests/data/ask_test/questions.jsonl
    """
    from bot.config import ROOT, load_settings
    from bot.errors import BadInput
    from bot.knowledge.cache import open_retriever
    from bot.knowledge.figures import judge, read_questions, report
    from bot.triage.training import open_model

    try:
        questions = read_questions(file)
    except OSError as error:
        raise BadInput(f"cannot read {file}: {error.strerror}") from error
    settings = load_settings()
    retriever = open_retriever(ROOT / "nlu", settings.cache_dir)
    measured = report(judge(questions, retriever, open_model(settings.cache_dir)))
    print("\n".join(answer_lines(measured)))


def answer_lines(measured: "Answers") -> list[str]:
    """The report on answers for a terminal."""
    shown: list[str] = []
    for title, shares in measured.sections.items():
        shown += ["", title, *(f"  {one}" for one in shares)]
    shown += ["", "asked for -> found"]
    shown += [
        f"  {count:>3}  {asked} -> {found}" for (asked, found), count in measured.confused.most_common(40)
    ]
    shown += ["", f"misses ({len(measured.misses)})"]
    return shown + [
        f"  {one.question.id}  {'/'.join(one.question.topics)} read as {one.name}  {one.question.text[:160]}"
        for one in measured.misses
    ]


def lines(measured: "Report") -> list[str]:
    """The report for a terminal."""
    from bot.triage.assessment import Risk

    shown: list[str] = []
    for title, shares in measured.sections.items():
        shown += ["", title, *(f"  {one}" for one in shares)]
    shown += ["", "precision", *(f"  {name:<34} {value:.3f}" for name, value in measured.precision.items())]
    shown += ["", "label -> found", "  " + " ".join(f"{risk.code:>10}" for risk in ("", *Risk) if risk != "")]
    for label in Risk:
        counts = " ".join(f"{measured.confusion[label, found]:>10}" for found in Risk)
        shown.append(f"  {counts}  {label.code}")
    shown += ["", "calibration of the model (said, true, lines)"]
    shown += [f"  {said:.2f}  {true:.2f}  {count}" for said, true, count in measured.calibration]
    shown += ["", f"misses ({len(measured.misses)} messages, {len(measured.late)} conversations)"]
    shown += [f"  {_miss(one)}" for one in measured.misses]
    shown += [f"  {_late(talk)}" for talk in measured.late]
    return shown


def _miss(one: Any) -> str:
    wanted, found = one.example, one.found
    return f"{wanted.id}  {wanted.risk.code}/{wanted.category} read as {found.risk.code}/{found.category}  {wanted.text[:160]}"


def _late(talk: Any) -> str:
    due = " ".join(risk.code[0] for risk in talk.talk.risk_by_turn)
    return f"{talk.talk.id}  due {due}  found {' '.join(risk.code[0] for risk in talk.found)}"


def as_page(measured: "Report", name: str) -> str:
    """The same as one HTML page that needs nothing else."""
    from jinja2 import Template
    from markupsafe import Markup

    from bot.triage.assessment import Risk

    template = Template(TEMPLATE.read_text(encoding="utf-8"), autoescape=True)
    plots = [Markup(plot) for plot in (_recalls(measured), _calibration(measured))]  # noqa: S704 - our own SVG
    return str(template.render(report=measured, name=name, risks=list(Risk), plots=plots))


def _recalls(measured: "Report") -> str:
    from matplotlib.figure import Figure

    parts = [name for name in measured.sections if name.startswith("urgent recall by")]
    shares = [one for name in parts for one in measured.sections[name]]
    figure = Figure(figsize=(7, 0.24 * len(shares) + 0.8))
    axes = figure.subplots()
    for row, one in enumerate(reversed(shares)):
        axes.plot([one.low, one.high], [row, row], color="#7a8794", linewidth=2)
        axes.plot([one.value], [row], "o", color="#0b5d6b")
    axes.set_yticks(range(len(shares)), [f"{one.name} ({one.count})" for one in reversed(shares)])
    axes.axvline(0.95, color="#b3261e", linewidth=1, linestyle=":")
    axes.set_xlim(0, 1.02)
    axes.set_xlabel("urgent recall, 95 % interval")
    return _svg(figure)


def _calibration(measured: "Report") -> str:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="#7a8794", linewidth=1)
    axes.plot(
        [said for said, _, _ in measured.calibration], [true for _, true, _ in measured.calibration], "o-"
    )
    axes.set_xlabel("probability that the model gives")
    axes.set_ylabel("share that is urgent")
    return _svg(figure)


def _svg(figure: Any) -> str:
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", bbox_inches="tight")
    return drawn.getvalue().partition("<svg")[1] + drawn.getvalue().partition("<svg")[2]
