"""Sends the weekly mails from several processes at once, as if at the instant given.

    python -m tests.reports.digest_runner 2027-01-25T14:00:00+00:00 8

The last look at the weekly mail was a day before. Prints how many each process sent.
"""

import multiprocessing
import os
import sys
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier

from training import audit
from training.db import Database
from training.mail import mailer_for
from training.reports.digests import send_digests


def send(now: datetime, together: Barrier, results: "multiprocessing.Queue[int]") -> None:
    """Stand ready, begin with the others, and tell how many mails this process sent."""
    database = Database(os.environ["DATABASE_URL"], before_commit=(audit.append_pending,))
    mailer = mailer_for(os.environ["BYP_SMTP_URL"], "training@clinic.example")
    assert mailer is not None
    with database.read() as session:
        session.connection()
    together.wait(60)
    told = send_digests(
        database,
        mailer,
        now=now,
        last_ran=now - timedelta(days=1),
        base_url="http://byp.test",
    )
    mailer.close()
    results.put(told.tally.sent)


def main() -> int:
    now, count = datetime.fromisoformat(sys.argv[1]), int(sys.argv[2])
    fork = multiprocessing.get_context("fork")  # what was read above is read once
    together, results = fork.Barrier(count), fork.Queue()
    runners = [fork.Process(target=send, args=(now, together, results)) for _ in range(count)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join(120)
    if any(runner.exitcode != 0 for runner in runners):
        return 1
    sys.stdout.write(" ".join(str(results.get(timeout=5)) for _ in runners))
    return 0


if __name__ == "__main__":
    sys.exit(main())
