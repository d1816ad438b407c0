"""What ``lachan up`` does, step by step, and what it tells the operator."""

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bot.bootstrap import ready_database, ready_secrets, train_dialogue
from bot.config import Settings
from bot.errors import ConfigError
from bot.supervisor import Part, Supervisor, only_one

PARTS = ("dialogue", "bot", "console")
PROBE_SECONDS = 0.25
# A Unix socket's path must fit the kernel's field.
LONGEST_SOCKET_PATH = 107
SLOW_SECONDS = 90


def up(settings: Settings) -> int:
    """Run until Ctrl-C; the exit status is 0 after an orderly stop."""
    _refuse_long_path(settings.dialogue_socket)
    private_folders(settings)
    with only_one(settings.home / "run" / "up.lock"):
        check_ports(settings)
        ready_secrets(settings)
        database = ready_database(settings)
        database.close()
        model = train_dialogue(settings)
        say("starting " + ", ".join(PARTS))
        supervisor = Supervisor([part(settings, name, model) for name in PARTS], say)
        supervisor.stop_on_signals()
        supervisor.start()
        supervisor.keep_running(Readiness(settings).tick)
    say("stopped")
    return 0


def part(settings: Settings, name: str, model: Path) -> Part:
    """A process that runs this very program and ends when this one does.

    The model is handed over: sources that change meanwhile must not keep the dialogue from coming back.
    """
    command: tuple[str, ...] = (sys.executable, "-m", "bot.cli", "serve", name, "--parent", str(os.getpid()))
    if name == "dialogue":
        command += ("--model", str(model))
    return Part(name, command, settings.home / "log" / f"{name}.log")


def private_folders(settings: Settings) -> None:
    """What people wrote lies in here, sealed; still nobody else may even look."""
    for folder in (settings.home, settings.home / "run", settings.home / "log"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)


def check_ports(settings: Settings) -> None:
    """Both ports must be free before anything starts; raises ``ConfigError`` naming port and setting."""
    wanted = (
        ("LACHAN_BOT", settings.bot_host, settings.bot_port),
        ("LACHAN_CONSOLE", settings.console_host, settings.console_port),
    )
    if settings.bot_port == settings.console_port:
        raise ConfigError(
            f"LACHAN_BOT_PORT and LACHAN_CONSOLE_PORT are both {settings.bot_port}; they must differ"
        )
    for prefix, host, port in wanted:
        _check_port(prefix, host, port)


def _check_port(prefix: str, host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigError(
                f"cannot listen on {host}:{port} ({error.strerror}); free it or set {prefix}_PORT or {prefix}_HOST"
            ) from None


def _refuse_long_path(path: Path) -> None:
    if len(os.fsencode(path.absolute())) > LONGEST_SOCKET_PATH:
        raise ConfigError(f"LACHAN_HOME: the path is too long for {path.name}; use a shorter one")


class Readiness:
    """Asks the parts now and then whether they answer, and greets the operator once when all do."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._next = 0.0
        self._done = self._warned = False

    def tick(self) -> None:
        now = time.monotonic()
        if self._done or now < self._next:
            return
        self._next = now + PROBE_SECONDS
        if self._all_answer():
            self._done = True
            print("\n".join(greeting(self._settings, seconds_since_start())), flush=True)
        elif not self._warned and seconds_since_start() > SLOW_SECONDS:
            self._warned = True
            say(f"not ready after {SLOW_SECONDS} s; {address(self._settings)}/readyz names what is missing")

    def _all_answer(self) -> bool:
        return _answers(f"{address(self._settings)}/readyz") and _answers(console_address(self._settings))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - always our own http address
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (OSError, ValueError):
        return False


def greeting(settings: Settings, seconds: float) -> Iterator[str]:
    """What an operator wants to know first."""
    yield f"Lá Chắn is ready after {seconds:.1f} s"
    yield f"  chat page  {address(settings)}/chat"
    yield f"  console    {console_address(settings)}"
    yield f"  accounts   {_accounts(settings)}"
    for channel, state in channels(settings):
        yield f"  {channel:<9}  {state}"
    if settings.stage == "pilot":
        yield "  stage      pilot: articles without an expert's signature are served; see ./lachan doctor"
    yield f"  logs       {settings.home / 'log'}"
    yield "Ctrl-C stops everything."


def channels(settings: Settings) -> Iterator[tuple[str, str]]:
    """Each channel with on, or why it is off."""
    yield "web", "on"
    for name, setting, token in (
        ("telegram", "LACHAN_TELEGRAM_TOKEN", settings.telegram_token),
        ("zalo_bot", "LACHAN_ZALO_BOT_TOKEN", settings.zalo_bot_token),
    ):
        yield name, _way_in(settings) if token.get_secret_value() else f"off: {setting} is not set"


def _way_in(settings: Settings) -> str:
    """Whether it works is seen a moment later; the log and ``channels status`` say so."""
    if settings.public_url:
        return "on, by webhook (set it once: ./lachan channels connect)"
    return "on, fetching messages (see ./lachan channels status)"


def _accounts(settings: Settings) -> str:
    from sqlalchemy import func, select

    from bot.storage.tables import UserRow

    database = ready_database(settings)
    with database.read() as session:
        count = session.scalar(select(func.count()).select_from(UserRow)) or 0
    database.close()
    return str(count) if count else "none yet; make the first: ./lachan user add NAME --role supervisor"


def address(settings: Settings) -> str:
    return f"http://{_reachable(settings.bot_host)}:{settings.bot_port}"


def console_address(settings: Settings) -> str:
    return f"http://{_reachable(settings.console_host)}:{settings.console_port}/"


def _reachable(host: str) -> str:
    """An address that means "all of them" cannot be visited."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, never bound
    return f"[{shown}]" if ":" in shown else shown


def seconds_since_start() -> float:
    """Since this process began, installing included: the start script becomes this very process."""
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def say(line: str) -> None:
    """One write a line: the parts' logs are read in threads, and lines must not run into each other."""
    sys.stderr.write(f"lachan: {line}\n")
    sys.stderr.flush()
