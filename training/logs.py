"""The log: one JSON object a line on stderr, ids and never names."""

import json
import logging
import sys
from typing import Any

FRAMES = 6


class JsonLines(logging.Formatter):
    """Formats a record from a list of keys that never hold a name or an answer."""

    KEYS = ("error", "status", "path", "user_id", "job", "count", "request_id")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line: what happened, where, and for which request."""
        line: dict[str, object] = {
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({k: getattr(record, k) for k in self.KEYS if hasattr(record, k)})
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["where"] = _where(record.exc_info[2])
        return json.dumps(line, ensure_ascii=True)


def _where(trace: Any) -> list[str]:
    """Return file and line of each frame: enough to mend, without the values."""
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return found[-FRAMES:]


def log_as_json() -> None:
    """Send everything that the app logs to stderr, a JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("training", "byp"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False
