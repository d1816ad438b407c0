"""What must be true before rasa is imported. rasa 3.6.21 is from 2023; the libraries around it are current."""

import functools
import os
import warnings

ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    # A cache beside the sources would outlive them; a training takes seconds.
    "RASA_MAX_CACHE_SIZE": "0",
}


def prepare() -> None:
    """Set rasa's environment and give back the two names it misses; calling twice changes nothing more."""
    os.environ.update(ENVIRONMENT)
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
    _restore_legacy_version()


def prepare_command_line() -> None:
    """Also let ``rasa run`` work: current Sanic would start worker processes that rasa does not know."""
    prepare()
    from sanic import Sanic

    if "run" not in vars(Sanic):  # inherited until we put ours in front
        single = functools.partialmethod(Sanic.run, single_process=True, motd=False)
        setattr(Sanic, "run", single)  # noqa: B010


def _restore_legacy_version() -> None:
    """Version 22 of packaging removed ``LegacyVersion``; rasa only names it in an isinstance check."""
    import packaging.version

    if not hasattr(packaging.version, "LegacyVersion"):
        legacy = type("LegacyVersion", (packaging.version.Version,), {})
        setattr(packaging.version, "LegacyVersion", legacy)  # noqa: B010
