"""B_n: what the same machine can do at best. A bare Flask app with a session cookie, n indexed
statements by Core, and a plain template of a given size, its text put in line by line; perhaps
one commit.
"""

import os

from flask import Flask, render_template, request, session
from jinja2 import DictLoader
from sqlalchemy import text

from training.db import Database

FIND = text('SELECT id, legal_name, email FROM "user" WHERE id = :id')
WRITE = text("UPDATE bench_row SET n = n + 1 WHERE id = :id")
LINE = "x" * 73
PAGE = (
    "<!doctype html><title>{{ title }}</title>{{ rows[0].legal_name }}"
    "{% for line in lines %}<p>{{ line }}</p>{% endfor %}"
)


def create_app() -> Flask:
    app = Flask("bare")
    app.secret_key = "x" * 32
    app.jinja_loader = DictLoader({"page.html": PAGE})
    database = Database(os.environ["DATABASE_URL"])
    lines = {
        size: [LINE] * (size // (len(LINE) + len("<p></p>")))
        for size in map(int, os.environ["BENCH_SIZES"].split(","))
    }

    @app.route("/<int:n>/<int:size>", methods=["GET", "POST"])
    def page(n: int, size: int) -> str:
        session["seen"] = 1
        writes = request.method == "POST"
        engine = database.writer if writes else database.reader
        with engine.begin() as connection:
            rows = [connection.execute(FIND, {"id": i % 8 + 1}).one() for i in range(max(n, 1))]
            if writes:
                connection.execute(WRITE, {"id": 1})
        return render_template("page.html", title="bare", rows=rows, lines=lines[size])

    return app
