"""The one door for mail: SMTP, or a folder for the demo. The web never comes here; jobs do."""

import re
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 10
ADDRESS = re.compile(r"^[^@\s]+@[^@\s]+$")


class MailRefused(Exception):
    """The server will never take this mail (5xx), or its address is not one."""


class MailDeferred(Exception):
    """The server does not take this mail now (4xx); try later."""


class MailServerAway(Exception):
    """No server answered: nothing can be sent just now."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail in plain text."""

    to_name: str
    to_address: str
    subject: str
    body: str
    message_id: str


class Mailer(Protocol):
    """What sends a letter."""

    def send(self, letter: Letter, now: datetime) -> None:
        """Hand the letter over; when it returns, the server has taken it."""
        ...

    def close(self) -> None:
        """End the conversation."""
        ...


def message_of(letter: Letter, sender: str, now: datetime) -> EmailMessage:
    """Return the letter as a message. Raises MailRefused for what no header can hold."""
    if not ADDRESS.match(letter.to_address):
        raise MailRefused("that is no mail address")
    message = EmailMessage()
    try:
        user, _at, domain = letter.to_address.rpartition("@")
        message["To"] = Address(letter.to_name, user, domain)
        message["From"] = sender
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{letter.message_id}@{sender.rpartition('@')[2].strip('<> ')}>"
        message["Auto-Submitted"] = "auto-generated"
    except (ValueError, IndexError) as error:  # a line break or an address that is none
        raise MailRefused("the address or a header can't be written") from error
    message.set_content(letter.body)
    return message


class FolderMailer:
    """Writes each mail to a file of its own (the demo, a trial without a server)."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender
        folder.mkdir(parents=True, exist_ok=True)

    def send(self, letter: Letter, now: datetime) -> None:
        """Write the letter to `<message id>.eml`."""
        path = self._folder / f"{letter.message_id}.eml"
        path.write_bytes(bytes(message_of(letter, self._sender, now)))

    def close(self) -> None:
        """Nothing is open."""


class SmtpMailer:
    """Speaks SMTP, one connection for many letters."""

    def __init__(self, url: str, sender: str) -> None:
        self._parts = urlsplit(url)
        self._sender = sender
        self._server: smtplib.SMTP | None = None

    def send(self, letter: Letter, now: datetime) -> None:
        """Send the letter; the three answers that are not "yes" are three exceptions."""
        message = message_of(letter, self._sender, now)
        server = self._connected()
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, _words = next(iter(error.recipients.values()))
            raise _answer(code) from None
        except smtplib.SMTPResponseException as error:
            self.close()
            raise _answer(error.smtp_code) from None
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise MailDeferred(type(error).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            try:
                self._server = self._connect()
            except (smtplib.SMTPException, OSError) as error:
                raise MailServerAway(type(error).__name__) from None
        return self._server

    def _connect(self) -> smtplib.SMTP:
        host, user = self._parts.hostname or "localhost", self._parts.username
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if self._parts.scheme == "smtps":
            port = self._parts.port or 465
            server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(host, self._parts.port or 25, timeout=TIMEOUT_S)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
        if user:
            server.login(unquote(user), unquote(self._parts.password or ""))
        return server

    def close(self) -> None:
        """End the conversation, whatever state it is in."""
        if self._server is not None:
            server, self._server = self._server, None
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()


def _answer(code: int) -> Exception:
    return MailRefused(str(code)) if 500 <= code < 600 else MailDeferred(str(code))


def mailer_for(url: str, sender: str) -> Mailer | None:
    """Return what the setting asks for; None: this practice sends no mail."""
    if not url:
        return None
    if url.startswith("file:"):
        return FolderMailer(Path(url.removeprefix("file:")), sender or "training@localhost")
    return SmtpMailer(url, sender)
