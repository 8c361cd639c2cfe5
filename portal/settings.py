"""Every setting of an installation, in one place; each is an environment variable with the prefix PORTAL_."""

import re
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings read from PORTAL_* variables."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_")

    data_dir: Path = Field(default=Path("data"), description="Folder for the database, keys, packs and mail.")
    database_url: str = Field(
        default="", description="SQLAlchemy address; empty means SQLite in the data folder."
    )
    bind: str = Field(
        default="127.0.0.1:8000", description="Address and port that the web server listens on."
    )
    base_url: str = Field(
        default="", description="Address people use, for links in mail; empty means http://BIND."
    )
    trusted_hosts: str = Field(
        default="", description="Extra host names the portal answers to, comma separated."
    )
    proxies: int = Field(
        default=0, ge=0, le=3, description="Reverse proxies in front whose X-Forwarded headers are true."
    )
    allow_loopback: bool = Field(
        default=False,
        description="Let runs reach loopback, and then only the ports that the profile pack names.",
    )
    threads: int = Field(default=8, ge=1, le=64, description="Threads of the web server.")
    smtp_host: str = Field(default="", description="Mail server; empty writes mail to a folder instead.")
    smtp_port: int = Field(default=587, description="Port of the mail server.")
    smtp_user: str = Field(default="", description="User name at the mail server, if it asks for one.")
    smtp_password: str = Field(default="", description="Password at the mail server.")
    smtp_tls: bool = Field(default=True, description="Use STARTTLS towards the mail server.")
    mail_from: str = Field(default="anslut@localhost", description="Sender address of mail.")

    max_file_mb: int = Field(
        default=25,
        ge=1,
        le=1000,
        description="Largest file that may be added as evidence, in megabytes (2^20 bytes).",
    )
    max_connection_mb: int = Field(
        default=200,
        ge=1,
        description="How much the files of one connection may hold together, removed and replaced ones too, in megabytes.",
    )
    clamd: str = Field(
        default="",
        description="clamd that looks for malware in files: HOST:PORT, or the path of its socket. Empty marks files as "
        "unscanned.",
    )

    @field_validator("clamd")
    @classmethod
    def _place_of_clamd(cls, value: str) -> str:
        if value and not value.startswith("/") and not re.fullmatch(r".+:[0-9]{1,5}", value):
            raise ValueError(
                "write PORTAL_CLAMD as HOST:PORT, such as 127.0.0.1:3310, or as the path of a socket"
            )
        return value

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database, with its driver named."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir / 'anslut.sqlite3'}"
        if self.database_url.startswith(("postgresql://", "postgres://")):
            return "postgresql+psycopg://" + self.database_url.split("://", 1)[1]
        return self.database_url

    @property
    def host(self) -> str:
        return self.bind.rsplit(":", 1)[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.bind.rsplit(":", 1)[1])

    @property
    def address(self) -> str:
        """The address people use, without a slash at its end."""
        return (self.base_url or f"http://{self.bind}").rstrip("/")

    @property
    def packs_dir(self) -> Path:
        return self.data_dir / "packs"

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"

    @property
    def loopback_only(self) -> bool:
        return self.host in ("127.0.0.1", "::1", "localhost")
