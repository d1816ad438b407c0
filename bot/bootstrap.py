"""The only wiring: the one place that may import everything, and does so only when a process needs it."""

from datetime import UTC, datetime
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING

from bot.config import ROOT, Settings
from bot.privacy.pseudonyms import keyed_hash
from bot.privacy.secrets import Secrets, create_secrets, load_secrets
from bot.storage.engine import Database, open_database
from bot.storage.migrate import migrate

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from bot.quota import Quotas
    from connectors.platform import Platform

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
    from bot.recall import Recalls
    from bot.replies import Replies
    from bot.rounds import Rounds
    from bot.runner import Runner
    from bot.sending import Sending
    from bot.spool import Spool
    from bot.triage import warm_up
    from bot.triage.training import open_model
    from connectors.app import Health, create_bot_app
    from connectors.listening import Listener
    from connectors.platform import PlatformChannel
    from connectors.web.channel import WebChannel
    from connectors.web.client import Hub

    secrets = load_secrets(settings.secrets_dir)
    database = open_database(settings.database)
    wording = load_wording(RESPONSES)
    platforms = open_platforms(settings)
    outbox, spool, quotas = (
        Outbox(secrets.service),
        Spool(settings.spool_dir, secrets.spool),
        quotas_of(settings),
    )
    replies = Replies(wording, {name for name, platform in platforms.items() if not platform.client.deletes})
    model = open_model(settings.cache_dir)
    warm_up(model)
    intake = Intake(database, secrets, outbox, replies, spool, settings, quotas, model)
    dialogue = DialogueClient(settings.dialogue_socket, settings.dialogue_seconds)
    dispatcher = Dispatcher(database, dialogue, outbox, replies, quotas, secrets.service, clock)
    rounds = Rounds(database, outbox, Takeover(outbox, wording), wording, intake, settings)
    # The chat page fetches its lines itself, so that no sender is needed for it.
    senders = {name: platform.client for name, platform in platforms.items()}
    sending = Sending(database, secrets, outbox, Recalls(secrets), quotas, senders, clock)
    runner = Runner(dispatcher, sending, rounds, clock)
    private_only = wording.by_id("utter_private_only")
    channels = [
        PlatformChannel(platform, webhook_secret(secrets, name), intake, sending.send, private_only, clock)
        for name, platform in platforms.items()
    ]
    listeners = [
        Listener(channel, database, clock, webhook_url(settings, channel.name), process_name(settings))
        for channel in channels
    ]
    hub = Hub()
    runner.on_answer = hub.notify
    answer_seconds = settings.burst_seconds + settings.dialogue_seconds + ANSWER_MARGIN_SECONDS
    web = WebChannel(database, secrets, intake, outbox, hub, clock, answer_seconds)

    async def closing() -> None:
        await dialogue.close()
        database.close()

    pushed = channels if settings.public_url else []
    return create_bot_app(
        [*web.routes(), *(route for channel in pushed for route in channel.routes())],
        runner,
        listeners,
        Health(database, spool, runner, dialogue, sending, listeners, model),
        end_streams=hub.close,
        closing=closing,
    )


def quotas_of(settings: Settings) -> "Quotas":
    """The platforms' monthly allowances."""
    from bot.quota import Quotas

    return Quotas({"zalo_bot": settings.zalo_bot_quota})


def open_platforms(settings: Settings) -> "dict[str, Platform]":
    """The platforms that have a token, by channel name."""
    from bot.escalation.wording import load_wording
    from connectors.telegram import channel as telegram
    from connectors.zalo_bot import channel as zalo_bot

    opened = []
    if token := settings.telegram_token.get_secret_value():
        opened.append(telegram.platform(token, settings.telegram_api))
    if token := settings.zalo_bot_token.get_secret_value():
        choose = load_wording(RESPONSES).by_id("utter_choose_number").text
        opened.append(zalo_bot.platform(token, settings.zalo_bot_api, choose))
    return {platform.name: platform for platform in opened}


def webhook_secret(secrets: Secrets, channel: str) -> str:
    """What a platform must show with each update; follows from the installation's own key."""
    return keyed_hash(secrets.service, "webhook", channel)


def webhook_url(settings: Settings, channel: str) -> str:
    """Where a platform pushes to; empty while messages are fetched."""
    from connectors.platform import webhook_path

    return settings.public_url + webhook_path(channel) if settings.public_url else ""


def process_name(settings: Settings) -> str:
    """The same after a restart, another for every bot process that can run at once."""
    return keyed_hash(b"bot process", gethostname(), str(settings.home.absolute()), str(settings.bot_port))[
        :16
    ]


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
