"""Imports run one way, the environment has one reader, files stay short. Each failure names file, line and fault."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TREES = ("bot", "actions", "connectors", "nlu/components")

OUTER = ("actions", "connectors", "nlu")
WIRING = ("bot.bootstrap", "bot.cli", "bot.commands")
DIALOGUE_ENGINE = ("rasa", "rasa_sdk", "sanic", "telegram", "aiogram", "zalo", "slack_sdk", "twilio")
WEB = ("fastapi", "starlette", "uvicorn", "httpx", "requests", "aiohttp", "jinja2", "bot.console")
DATABASE = ("sqlalchemy", "alembic", "psycopg2", "sqlite3", "bot.storage")
PURE = (
    "bot.language",
    "bot.triage",
    "bot.privacy.redact",
    "bot.escalation.states",
    "bot.referrals.anonymise",
)

# Files that may read or write the environment, each with its reason.
ENVIRONMENT = {
    "bot/config.py": "the one reader of settings",
    "bot/cli.py": "decides how loud a crash is before settings can be read",
    "bot/commands/suite.py": "hands the environment on to a child process",
    "connectors/dialogue/compat.py": "sets variables that Rasa and TensorFlow read while being imported",
}
# Files of 300 lines or more, each with its reason.
LONG = {
    "bot/storage/tables.py": "one table of tables: the whole schema in one place",
    "bot/storage/migrations/versions/0001_first_tables.py": "a migration is written once and not split",
}
# Files outside console that may see the web framework, each with its reason.
WEB_FRAMEWORK: dict[str, str] = {}
LIMIT = 300


@dataclass(frozen=True)
class Import:
    file: str
    line: int
    module: str
    lazy: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


def python_files(root: Path) -> list[Path]:
    return sorted(path for tree in TREES for path in (root / tree).rglob("*.py"))


def imports_of(root: Path, path: Path) -> Iterator[Import]:
    file = path.relative_to(root).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lazy = {id(inner) for node in ast.walk(tree) if _defers(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for module in _modules(node, file):
                yield Import(file, node.lineno, module, id(node) in lazy)


def _defers(node: ast.AST) -> bool:
    """Whether what stands inside runs later, or, under TYPE_CHECKING, never."""
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


def _modules(node: ast.AST, file: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            package = file.removesuffix(".py").split("/")[: -node.level]
            base = ".".join([*package, base]).rstrip(".")
        return [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return []


def is_in(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def module_name(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def faults_of(found: Import) -> Iterator[str]:
    importer = module_name(found.file)
    tree = importer.split(".")[0]
    target = found.module.split(".")[0]
    if tree == "bot":
        yield from _faults_in_bot(importer, found)
    elif target in OUTER and target != tree:
        yield f"{found}: actions, connectors and nlu never import each other"


def _faults_in_bot(importer: str, found: Import) -> Iterator[str]:
    wiring = is_in(importer, WIRING)
    if is_in(found.module, OUTER) and not (wiring and found.lazy):
        yield f"{found}: bot never imports what stands outside it, but the wiring, lazily"
    if is_in(found.module, DIALOGUE_ENGINE) and not (wiring and found.lazy):
        yield f"{found}: bot knows neither Rasa nor a channel's SDK"
    if is_in(importer, PURE) and is_in(found.module, DATABASE):
        yield f"{found}: rules know no database"
    if is_in(importer, PURE) and is_in(found.module, WEB):
        yield f"{found}: rules know no web"
    if found.module in ("sqlalchemy.create_engine", "sqlalchemy.engine.create_engine") and not is_in(
        importer, ("bot.storage",)
    ):
        yield f"{found}: only storage makes engines"
    if is_in(found.module, ("fastapi", "starlette")) and not _may_see_the_web(importer, found):
        yield f"{found}: only console sees the web framework"


def _may_see_the_web(importer: str, found: Import) -> bool:
    return (
        is_in(importer, ("bot.console",))
        or found.file in WEB_FRAMEWORK
        or (is_in(importer, WIRING) and found.lazy)
    )


def import_faults(root: Path) -> list[str]:
    found = [one for path in python_files(root) for one in imports_of(root, path)]
    return list(dict.fromkeys(fault for one in found for fault in faults_of(one)))


def environment_faults(root: Path) -> list[str]:
    return [
        f"{file}:{line} uses {name}: only bot/config.py reads the environment"
        for path in python_files(root)
        if (file := path.relative_to(root).as_posix()) not in ENVIRONMENT
        for line, name in _environment_uses(path)
    ]


def _environment_uses(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Attribute, ast.ImportFrom)) and (name := _environment_use(node)):
            yield node.lineno, name


def _environment_use(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
        return f"os.{node.attr}" if node.attr in ("environ", "environb", "getenv") else None
    if isinstance(node, ast.ImportFrom) and node.module == "os":
        return next(
            (f"os.{alias.name}" for alias in node.names if alias.name in ("environ", "environb", "getenv")),
            None,
        )
    return None


def length_faults(root: Path) -> list[str]:
    lengths = {
        path.relative_to(root).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files(root)
    }
    return [
        f"{file} has {length} lines: split it by topic"
        for file, length in lengths.items()
        if length >= LIMIT and file not in LONG
    ]


def test_imports_run_one_way() -> None:
    assert not import_faults(ROOT), "\n" + "\n".join(import_faults(ROOT))


def test_the_environment_has_one_reader() -> None:
    assert not environment_faults(ROOT), "\n" + "\n".join(environment_faults(ROOT))


def test_files_stay_short() -> None:
    assert not length_faults(ROOT), "\n" + "\n".join(length_faults(ROOT))


def test_every_exception_to_a_rule_still_exists() -> None:
    listed = {*ENVIRONMENT, *LONG, *WEB_FRAMEWORK}
    assert not [file for file in listed if not (ROOT / file).exists()]


@pytest.mark.parametrize(
    ("file", "source", "fault"),
    [
        ("bot/intake.py", "import rasa", "bot knows neither"),
        ("bot/intake.py", "from rasa_sdk.events import SlotSet", "bot knows neither"),
        ("bot/intake.py", "import connectors.telegram", "bot never imports"),
        ("bot/intake.py", "def go():\n    from actions import ask", "bot never imports"),
        ("bot/cli.py", "import connectors.dialogue", "bot never imports"),
        ("bot/triage/rules.py", "from bot.storage import tables", "no database"),
        ("bot/triage/rules.py", "from bot import storage", "no database"),
        ("bot/triage/rules.py", "from .. import storage", "no database"),
        ("bot/language/view.py", "import httpx", "no web"),
        ("bot/privacy/redact/phone.py", "import sqlalchemy", "no database"),
        ("bot/outbox.py", "from sqlalchemy import create_engine", "only storage"),
        ("bot/outbox.py", "from fastapi import FastAPI", "only console"),
        ("actions/ask.py", "from connectors.telegram import client", "never import each other"),
        ("connectors/web/channel.py", "import actions", "never import each other"),
        ("nlu/components/topic.py", "import actions.ask", "never import each other"),
    ],
)
def test_a_forbidden_import_is_found(tmp_path: Path, file: str, source: str, fault: str) -> None:
    _write(tmp_path, file, source)
    faults = import_faults(tmp_path)
    assert faults
    assert file in faults[0]
    assert any(fault in one for one in faults)


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("bot/bootstrap.py", "def start():\n    from connectors.dialogue import server"),
        ("bot/cli.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from starlette import Any"),
        ("bot/storage/engine.py", "from sqlalchemy import create_engine"),
        ("bot/console/app.py", "from fastapi import FastAPI"),
        ("actions/ask.py", "from bot.knowledge import load\nimport rasa_sdk"),
        ("connectors/telegram/client.py", "import httpx\nfrom bot.messages import Reply"),
        ("bot/triage/rules.py", "from bot.language import fold"),
    ],
)
def test_an_allowed_import_passes(tmp_path: Path, file: str, source: str) -> None:
    _write(tmp_path, file, source)
    assert import_faults(tmp_path) == []


@pytest.mark.parametrize(
    "source", ["import os\nHOME = os.environ['HOME']", "import os\nos.getenv('A')", "from os import environ"]
)
def test_a_second_reader_of_the_environment_is_found(tmp_path: Path, source: str) -> None:
    _write(tmp_path, "bot/outbox.py", source)
    assert environment_faults(tmp_path)[0].startswith("bot/outbox.py:")


def test_a_long_file_is_found(tmp_path: Path) -> None:
    _write(tmp_path, "bot/outbox.py", "\n" * LIMIT)
    assert length_faults(tmp_path) == [f"bot/outbox.py has {LIMIT} lines: split it by topic"]


def _write(root: Path, file: str, source: str) -> None:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
