"""Typed settings, read once. The only reader of the environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from bot.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "LACHAN_"


class Settings(BaseModel):
    """Every setting of a running helpline; each is an environment variable ``LACHAN_<NAME>``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = ROOT / "var"
    cache: Path | None = None
    stage: Literal["pilot", "live"] = "pilot"
    bot_host: str = "127.0.0.1"
    bot_port: int = Field(5005, ge=1, le=65535)
    console_host: str = "127.0.0.1"
    console_port: int = Field(8080, ge=1, le=65535)
    database_url: str = ""
    public_url: str = ""
    telegram_token: SecretStr = SecretStr("")
    telegram_api: str = "https://api.telegram.org"
    zalo_bot_token: SecretStr = SecretStr("")
    zalo_bot_api: str = "https://bot-api.zaloplatforms.com"
    # The Zalo Bot Platform's basic plan (docs/channels.md); 0 means that there is no such limit.
    zalo_bot_quota: int = Field(3000, ge=0)
    zalo_bot_users: int = Field(50, ge=0)
    burst_seconds: float = Field(1.5, ge=0, le=10)
    burst_window_seconds: int = Field(60, ge=10, le=600)
    dialogue_seconds: float = Field(6.0, gt=0, le=60)
    late_minutes: int = Field(15, ge=1)
    acknowledge_seconds: int = Field(60, ge=10)
    lease_seconds: int = Field(300, ge=30)
    lease_emergency_seconds: int = Field(90, ge=30)
    lease_warning_seconds: int = Field(60, ge=10)
    contact_days: int = Field(90, ge=1)
    address_days: int = Field(30, ge=1)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql")):
            raise ValueError("must start with sqlite:/// or postgresql://")
        return value.replace("postgresql://", "postgresql+psycopg2://", 1)

    @field_validator("telegram_token", "zalo_bot_token")
    @classmethod
    def _one_word(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() != "".join(value.get_secret_value().split()):
            raise ValueError("contains a blank or a line break; copy the token again")
        return value

    @field_validator("public_url", "telegram_api", "zalo_bot_api")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("must start with https:// (or http:// for a test)")
        return value.rstrip("/")

    @property
    def database(self) -> str:
        """The SQLAlchemy address; SQLite in ``home`` unless another was set."""
        return self.database_url or f"sqlite:///{self.home / 'lachan.db'}"

    @property
    def secrets_dir(self) -> Path:
        return self.home / "secrets"

    @property
    def spool_dir(self) -> Path:
        return self.home / "spool"

    @property
    def cache_dir(self) -> Path:
        """What is fitted from the repository's own data and can be made again at any time."""
        return self.cache or self.home / "cache"

    @property
    def models_dir(self) -> Path:
        return self.home / "models"

    @property
    def dialogue_socket(self) -> Path:
        return self.home / "run" / "dialogue.sock"


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Read ``LACHAN_*``; an unknown or malformed one raises ``ConfigError`` naming it."""
    source = os.environ if env is None else env
    given = {key: value for key, value in source.items() if key.startswith(PREFIX) and value != ""}
    try:
        return Settings.model_validate(
            {key.removeprefix(PREFIX).lower(): value for key, value in given.items()}
        )
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        reason = "is not a setting" if first["type"] == "extra_forbidden" else first["msg"]
        raise ConfigError(f"{name}: {reason}") from None
