"""Letters leave at least once, under one Message-ID, and later and later while the mail server says no."""

import email
import email.policy
import smtplib
import threading
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal import mail
from portal.mail import Envelope, NotSent
from portal.services import outbox
from portal.services.installation import Installation
from portal.settings import Settings
from portal.store.models import Letter
from tests.conftest import Clock


def write(home: Installation, *subjects: str) -> None:
    with home.write() as work:
        for subject in subjects:
            work.mail("anna@exempel.se", subject, "Öppna ärendet: http://127.0.0.1:8000/\n\nHej")


def letters(home: Installation) -> list[Letter]:
    with home.read() as session:
        return list(session.scalars(select(Letter).order_by(Letter.created_at, Letter.id)))


class Recorder:
    """Takes letters; refuses while `down`."""

    def __init__(self) -> None:
        self.down = False
        self.taken: list[Envelope] = []

    def __call__(self, _settings: Settings, envelope: Envelope) -> None:
        if self.down:
            raise NotSent("OSError: the server is down")
        self.taken.append(envelope)


def test_letters_are_sent_once_and_marked(either_home: Installation) -> None:
    write(either_home, "Ett", "Två")
    send = Recorder()
    assert outbox.deliver(either_home, send) == 2
    assert outbox.deliver(either_home, send) == 0
    assert [envelope.subject for envelope in send.taken] == ["Ett", "Två"]
    assert all(
        letter.sent_at and letter.attempts == 1 and letter.error is None for letter in letters(either_home)
    )


def test_a_letter_that_fails_is_tried_again_later_and_later(home: Installation, clock: Clock) -> None:
    write(home, "Ett")
    send = Recorder()
    send.down = True
    assert outbox.deliver(home, send) == 0
    (letter,) = letters(home)
    assert (letter.attempts, letter.error, letter.sent_at) == (1, "OSError: the server is down", None)
    clock.forward(seconds=59)
    outbox.deliver(home, send)
    assert letters(home)[0].attempts == 1
    clock.forward(seconds=1)
    outbox.deliver(home, send)
    assert letters(home)[0].attempts == 2
    clock.forward(seconds=119)
    send.down = False
    assert outbox.deliver(home, send) == 0
    clock.forward(seconds=1)
    assert outbox.deliver(home, send) == 1
    assert letters(home)[0].error is None


def test_the_wait_is_doubled_up_to_six_hours() -> None:
    waits = [outbox.wait_after(attempts) for attempts in range(1, 100)]
    assert waits[:4] == [timedelta(minutes=n) for n in (1, 2, 4, 8)]
    assert max(waits) == waits[-1] == timedelta(hours=6)
    assert waits == sorted(waits)


def test_one_letter_that_fails_does_not_hold_the_others(home: Installation) -> None:
    write(home, "Ett", "Två", "Tre")
    taken: list[str] = []

    def send(_settings: Settings, envelope: Envelope) -> None:
        if envelope.subject == "Två":
            raise NotSent("refused")
        taken.append(envelope.subject)

    assert outbox.deliver(home, send) == 2
    assert taken == ["Ett", "Tre"]


def test_a_worker_killed_after_delivery_sends_again_under_the_same_message_id(
    home: Installation, clock: Clock
) -> None:
    write(home, "Ett")
    ids: list[str] = []

    class Killed(BaseException):
        pass

    def send_and_die(settings: Settings, envelope: Envelope) -> None:
        ids.append(str(mail.compose(settings, envelope)["Message-ID"]))
        raise Killed

    with pytest.raises(Killed):
        outbox.deliver(home, send_and_die)
    assert letters(home)[0].sent_at is None
    clock.forward(minutes=1)

    def send(settings: Settings, envelope: Envelope) -> None:
        ids.append(str(mail.compose(settings, envelope)["Message-ID"]))

    assert outbox.deliver(home, send) == 1
    assert len(ids) == 2
    assert ids[0] == ids[1] == f"<{letters(home)[0].id}@localhost>"


def test_two_workers_never_send_the_same_letter_at_the_same_time(either_home: Installation) -> None:
    write(either_home, *(f"Brev {number}" for number in range(10)))
    send, counted = Recorder(), []
    gate = threading.Barrier(3)

    def work() -> None:
        gate.wait()
        counted.append(outbox.deliver(either_home, send))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counted) == 10
    assert len({envelope.id for envelope in send.taken}) == len(send.taken) == 10


def test_without_a_mail_server_letters_become_files(home: Installation) -> None:
    write(home, "Ärendet väntar på er")
    assert outbox.deliver(home) == 1
    (letter,) = letters(home)
    (file,) = mail.folder(home.settings).iterdir()
    assert file.name == f"{letter.id}.eml"
    assert file.stat().st_mode & 0o077 == 0
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert message["Subject"] == "Ärendet väntar på er"
    assert message["Message-ID"] == f"<{letter.id}@localhost>"
    assert message.get_content().startswith("Öppna ärendet")


class Server:
    """Stands where smtplib stands, to see what it is asked."""

    asked: list[Any]

    def __init__(self, host: str, port: int, timeout: float) -> None:
        type(self).asked = [(host, port)]

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def starttls(self, context: Any) -> None:
        self.asked.append(("starttls", context.check_hostname))

    def login(self, user: str, password: str) -> None:
        self.asked.append(("login", user, password))

    def send_message(self, message: EmailMessage) -> None:
        self.asked.append(message["To"])


def test_the_mail_server_of_the_settings_is_used(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtplib, "SMTP", Server)
    settings = Settings(
        data_dir=tmp_path, smtp_host="mail.exempel.se", smtp_user="anslut", smtp_password="hemligt"
    )
    mail.send(settings, Envelope("1", "anna@exempel.se", "Ämne", "Text", clock.at))
    assert Server.asked == [
        ("mail.exempel.se", 587),
        ("starttls", True),
        ("login", "anslut", "hemligt"),
        "anna@exempel.se",
    ]


def test_a_subject_cannot_add_headers(tmp_path: Path, clock: Clock) -> None:
    envelope = Envelope("1", "anna@exempel.se", "Hej\r\nBcc: alla@exempel.se", "Text", clock.at)
    message = mail.compose(Settings(data_dir=tmp_path), envelope)
    assert "Bcc" not in message
    assert message["Subject"] == "Hej Bcc: alla@exempel.se"


def test_an_unreachable_server_says_why(tmp_path: Path, clock: Clock) -> None:
    settings = Settings(data_dir=tmp_path, smtp_host="127.0.0.1", smtp_port=9)
    with pytest.raises(NotSent, match="refused"):
        mail.send(settings, Envelope("1", "anna@exempel.se", "Ämne", "Text", clock.at))
