"""The start script, with a stand-in for Python that writes down what it was asked to do."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.config import ROOT

TOOLS = "bash env dirname readlink sha256sum cut cat flock grep stat mkdir rm chmod cp sleep touch".split()
# `-m venv` makes a folder with this same stand-in as its python, and one as its uv.
PYTHON = """#!/usr/bin/env bash
echo "$*" >> "$CALLS"
case "$*" in
  *"import ensurepip"*) [ -z "${NO_VENV:-}" ] || exit 1 ;;
  "-m venv"*) for target; do :; done
    mkdir -p "$target/bin"; cp "$0" "$target/bin/python"; cp "$0" "$target/bin/uv" ;;
  "-m bot.cli"*) echo "$PYTHONPATH|${PYTHONDONTWRITEBYTECODE-unset}|$TF_CPP_MIN_LOG_LEVEL|$RASA_TELEMETRY_ENABLED" ;;
  *"pip sync"*) sleep 0.3; [ -z "${NO_NETWORK:-}" ] || exit 1 ;;
esac
"""


class Clone:
    """A clone with nothing but the script, and a machine with nothing but these tools."""

    def __init__(self, folder: Path) -> None:
        self.root, self.bin, self.calls = folder / "clone", folder / "bin", folder / "calls"
        (self.root / "deploy").mkdir(parents=True)
        self.bin.mkdir()
        shutil.copy(ROOT / "lachan", self.root / "lachan")
        (self.root / "requirements.lock").write_text("one==1\n")
        (self.root / "deploy" / "uv.txt").write_text("uv==1\n")
        for tool in TOOLS:
            (self.bin / tool).symlink_to(str(shutil.which(tool)))
        self.add("git", "#!/usr/bin/env bash\n")
        self.add("python3.11", PYTHON)
        self.calls.touch()

    def add(self, name: str, script: str) -> None:
        (self.bin / name).write_text(script)
        (self.bin / name).chmod(0o755)

    def start(self, *arguments: str, **env: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [str(self.root / "lachan"), *arguments],
            env={"PATH": str(self.bin), "CALLS": str(self.calls), "PYTHONDONTWRITEBYTECODE": "1", **env},
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **env)
        shown, said = process.communicate(timeout=20)
        return subprocess.CompletedProcess(arguments, process.returncode, shown, said)

    def syncs(self) -> int:
        return self.calls.read_text().count("pip sync")


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


@pytest.mark.parametrize(
    ("tool", "package"), [("python3.11", "apt-get install python3.11 "), ("git", "apt-get install git")]
)
def test_a_missing_tool_gets_one_line_naming_its_package(tool: str, package: str, clone: Clone) -> None:
    (clone.bin / tool).unlink()
    refused = clone.run("version")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert package in refused.stderr + " "
    assert refused.stderr.count("\n") == 1


def test_a_missing_venv_module_gets_one_line_naming_its_package(clone: Clone) -> None:
    refused = clone.run("version", NO_VENV="1")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "apt-get install python3.11-venv" in refused.stderr


def test_the_first_start_installs_and_then_runs_the_command(clone: Clone) -> None:
    done = clone.run("version", HOME=str(clone.root))
    assert done.returncode == 0, done.stderr
    assert "--require-hashes --compile-bytecode requirements.lock" in clone.calls.read_text()
    assert clone.calls.read_text().endswith("-m bot.cli version\n")


def test_standard_output_is_the_commands_alone(clone: Clone) -> None:
    assert clone.run("version").stdout == f"{clone.root}|unset|3|false\n"


def test_the_second_start_installs_nothing(clone: Clone) -> None:
    clone.run("version")
    second = clone.run("version")
    assert (second.stderr, clone.syncs()) == ("", 1)


@pytest.mark.parametrize("file", ["requirements.lock", "deploy/uv.txt"])
def test_a_changed_lock_installs_again(file: str, clone: Clone) -> None:
    clone.run("version")
    with (clone.root / file).open("a") as lock:
        lock.write("two==2\n")
    clone.run("version")
    assert clone.syncs() == 2


def test_two_first_starts_at_once_install_once(clone: Clone) -> None:
    both = [clone.start("version"), clone.start("version")]
    said = [process.communicate(timeout=20)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert clone.syncs() == 1
    assert any("waiting for it" in text for text in said)


def test_a_failed_install_is_tried_again_next_time(clone: Clone) -> None:
    failed = clone.run("version", NO_NETWORK="1")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "could not be installed" in failed.stderr.splitlines()[-1]
    assert clone.run("version").returncode == 0


def test_a_home_that_is_empty_or_unset_is_no_obstacle(clone: Clone) -> None:
    assert clone.run("version", HOME="").returncode == 0


def test_it_runs_from_another_folder_and_through_a_link(clone: Clone) -> None:
    link = clone.bin / "lachan"
    link.symlink_to(clone.root / "lachan")
    done = subprocess.run(
        [str(link), "version"],
        env={"PATH": str(clone.bin), "CALLS": str(clone.calls)},
        cwd="/",
        capture_output=True,
    )
    assert done.stdout.decode().startswith(f"{clone.root}|")


def test_no_address_of_a_registry_is_in_the_install_files() -> None:
    for name in ("lachan", "deploy/uv.txt", "requirements.lock", ".ci/run"):
        text = (ROOT / name).read_text()
        assert "://" not in text, name


def test_the_script_is_executable() -> None:
    assert os.access(ROOT / "lachan", os.X_OK)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
