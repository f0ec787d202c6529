"""What an operator can set, by environment, `.env` file or a file named by `*_FILE`."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

HOUR = 3600
KNOWN_SECRETS = frozenset({"changeme", "secret", "dev", "development", "password", "secret-key"})


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and the mend, a line each."""


def _named(name: str) -> AliasChoices:
    return AliasChoices(f"BYP_{name}", name)


class Settings(BaseSettings):
    """The settings; README's table is made from this class, and a test holds the two together."""

    model_config = SettingsConfigDict(
        env_prefix="BYP_", env_file=".env", extra="ignore", hide_input_in_errors=True
    )

    env: Literal["production", "demo", "test"] = Field(
        "production", description="`production`, or `demo` for the sample clinic"
    )
    data_dir: Path = Field(Path("instance"), description="where the SQLite file and keys live")
    database_url: str = Field(
        "",
        validation_alias=_named("DATABASE_URL"),
        description="`postgresql://...` for PostgreSQL; empty: a SQLite file in the data folder",
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        validation_alias=_named("SECRET_KEY"),
        description="signs forms; empty: made once and kept in the data folder (0600)",
    )
    base_url: str = Field(
        "",
        description="the public address, the one source of every link in mails, QR codes and "
        "certificates, such as `https://training.example.org`",
    )
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(
        8000, ge=1, le=65535, validation_alias=_named("PORT"), description="port to listen on"
    )
    lan: bool = Field(
        default=False, description="plain http on the office's own network (`byp serve --lan`)"
    )
    workers: int = Field(2, ge=1, le=64, description="web worker processes")
    trusted_proxies: int = Field(
        0, ge=0, le=5, description="how many reverse proxies stand in front (hops)"
    )
    smtp_url: str = Field(
        "",
        description="`smtp://user:password@host:587` (STARTTLS when offered), `smtps://...`; "
        "`file:FOLDER` writes mails to a folder; empty: no mail",
    )
    mail_from: str = Field("", description="the sender's address")
    mail_pace: int = Field(
        100,
        ge=1,
        le=2_000,
        description="most mails to one mail domain in five minutes; what waits has the next turns. "
        "Sign-in links are counted and never wait. Your own mail server may take more",
    )
    font_dir: Path | None = Field(
        None, description="a folder of further TrueType fonts for names on certificates"
    )
    content_dir: Path | None = Field(
        None, description="another content folder than the one shipped"
    )
    led_by: Literal["byp", "lms"] = Field(
        "byp",
        description="`lms`: another system assigns, reminds and renews; assignments come by "
        "`byp assignments import`, no reminder is sent, no refresher opens, managers have no page",
    )
    learner_idle_minutes: int = Field(
        30, ge=5, le=60, description="a learner's session ends after so long without a click"
    )
    privileged_idle_minutes: int = Field(
        15, ge=5, le=60, description="the same for officer, auditor, admin and manager"
    )

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, values: dict[str, object]) -> dict[str, object]:
        for key, path in _secret_files(os.environ).items():
            values.setdefault(key, path.read_text(encoding="utf-8").strip())
        return values

    @field_validator("base_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        if not value:
            return ""
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
            raise ValueError("write an address such as https://training.example.org")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _safe(self) -> Self:
        self._check_secret()
        self._check_exposure()
        if self.smtp_url and not self.mail_from and not self.smtp_url.startswith("file:"):
            raise ValueError("BYP_MAIL_FROM is missing: the address that mails come from")
        return self

    def _check_secret(self) -> None:
        key = self.secret_key.get_secret_value()
        if key and (len(key) < 32 or key.lower() in KNOWN_SECRETS or len(set(key)) < 8):
            raise ValueError(
                "SECRET_KEY is too short or too plain: use 32 random characters, or leave it "
                "out and one is made"
            )

    def _check_exposure(self) -> None:
        local = self.host in {"127.0.0.1", "localhost", "::1"}
        if not local and not self.lan and not self.base_url.startswith("https://"):
            raise ValueError(
                f"BYP_HOST={self.host} would serve plain http to the network: set BYP_BASE_URL "
                "to an https address (behind a proxy), or start with --lan in your own office"
            )

    @property
    def url(self) -> str:
        """Return the database's URL."""
        return self.database_url or f"sqlite:///{self.data_dir / 'byp.sqlite3'}"

    @property
    def secure_cookies(self) -> bool:
        """Tell whether browsers reach us by https."""
        return self.base_url.startswith("https://")

    @property
    def public_url(self) -> str:
        """Return the address that links begin with; unset, this computer's own."""
        return self.base_url or f"http://{self.host}:{self.port}"


def _secret_files(environ: Mapping[str, str]) -> dict[str, Path]:
    names = {"SECRET_KEY", "DATABASE_URL", "BYP_SECRET_KEY", "BYP_DATABASE_URL", "BYP_SMTP_URL"}
    return {
        name.removeprefix("BYP_").lower(): Path(environ[f"{name}_FILE"])
        for name in names
        if environ.get(f"{name}_FILE")
    }


def load_settings(**given: object) -> Settings:
    """Return the settings, or raise SettingsError with every fault, a line each."""
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks the values itself
    except ValidationError as error:
        raise SettingsError("\n".join(_lines(error))) from None


def _lines(error: ValidationError) -> list[str]:
    found = []
    for fault in error.errors():
        where = "BYP_" + "_".join(str(part) for part in fault["loc"]).upper()
        message = fault["msg"].removeprefix("Value error, ")
        found.append(
            message if not fault["loc"] else f"{where.replace('BYP_BYP_', 'BYP_')}: {message}"
        )
    return found


def kept_secret(data_dir: Path, name: str, size: int = 32) -> bytes:
    """Return the secret kept under this name in the data folder, made at first use (0600)."""
    path = data_dir / name
    try:
        return path.read_bytes()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = data_dir / f".{name}.{secrets.token_hex(4)}"
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(size))
    with contextlib.suppress(FileExistsError):  # another worker was first: hers counts
        os.link(draft, path)
    draft.unlink()
    return path.read_bytes()
