"""The only wiring: the one place that may import everything, and does so only when a process needs it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import ROOT, Settings
from bot.privacy.secrets import Secrets, create_secrets, load_secrets
from bot.storage.engine import Database, open_database
from bot.storage.migrate import migrate

if TYPE_CHECKING:
    from starlette.applications import Starlette

RESPONSES = ROOT / "domain" / "responses"
# A web answer waits a little longer than the dialogue's budget, so that the calm reply comes the same way.
ANSWER_MARGIN_SECONDS = 2.0


def clock() -> datetime:
    """The time as everything inside receives it: aware, UTC."""
    return datetime.now(UTC)


def ready_secrets(settings: Settings) -> Secrets:
    """The installation's secrets, made if it has none."""
    _own_folder(settings.home)
    create_secrets(settings.secrets_dir)
    return load_secrets(settings.secrets_dir)


def ready_database(settings: Settings) -> Database:
    """The database with the newest tables; made if there is none."""
    _own_folder(settings.home)
    database = open_database(settings.database)
    migrate(database)
    return database


def train_dialogue(settings: Settings, *, force: bool = False) -> Path:
    """The model of the sources as they are now; trained if there is none."""
    from connectors.dialogue.training import model_path, train_if_needed

    _own_folder(settings.home)
    if force:
        model_path(ROOT, settings.models_dir.absolute()).unlink(missing_ok=True)
    return train_if_needed(ROOT, settings.models_dir.absolute())


def dialogue_model(settings: Settings) -> Path:
    """Where the model of the present sources lies or would lie."""
    from connectors.dialogue.training import model_path

    return model_path(ROOT, settings.models_dir.absolute())


def build_bot(settings: Settings) -> "Starlette":
    """The web application of the bot process; its loops start when it is served."""
    from bot.dialogue import DialogueClient
    from bot.dispatcher import Dispatcher
    from bot.escalation.takeover import Takeover
    from bot.escalation.wording import load_wording
    from bot.intake import Intake
    from bot.outbox import Outbox
    from bot.replies import Replies
    from bot.rounds import Rounds
    from bot.runner import Runner
    from bot.spool import Spool
    from bot.triage import warm_up
    from bot.triage.training import open_model
    from connectors.app import Health, create_bot_app
    from connectors.web.channel import WebChannel
    from connectors.web.client import Hub

    secrets = load_secrets(settings.secrets_dir)
    database = open_database(settings.database)
    wording = load_wording(RESPONSES)
    outbox, replies, spool = (
        Outbox(secrets.service),
        Replies(wording),
        Spool(settings.spool_dir, secrets.spool),
    )
    model = open_model(settings.cache_dir)
    warm_up(model)
    intake = Intake(database, secrets, outbox, replies, spool, settings, model)
    dialogue = DialogueClient(settings.dialogue_socket, settings.dialogue_seconds)
    dispatcher = Dispatcher(database, dialogue, outbox, replies, secrets.service, clock)
    rounds = Rounds(database, outbox, Takeover(outbox, wording), wording, intake, settings)
    # The chat page fetches its lines itself, so that no sender is needed for it.
    runner = Runner(database, secrets, dispatcher, outbox, {}, rounds, clock)
    hub = Hub()
    runner.on_answer = hub.notify
    answer_seconds = settings.burst_seconds + settings.dialogue_seconds + ANSWER_MARGIN_SECONDS
    web = WebChannel(database, secrets, intake, outbox, hub, clock, answer_seconds)

    async def closing() -> None:
        await dialogue.close()
        database.close()

    return create_bot_app(
        web.routes(),
        runner,
        Health(database, spool, runner, dialogue),
        end_streams=hub.close,
        closing=closing,
    )


def serve_bot(settings: Settings) -> None:
    from bot.serving import Server

    app = build_bot(settings)
    Server(app, settings.bot_host, settings.bot_port, app.state.end_streams).run()


def serve_console(settings: Settings) -> None:
    from bot.console.server import serve

    serve(settings)


def serve_dialogue(settings: Settings, model: Path | None = None) -> None:
    """Serve ``model``, or else the one of the sources as they are now."""
    from connectors.dialogue.server import serve

    serve(settings.dialogue_socket, model or dialogue_model(settings), settings.database)


def _own_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
