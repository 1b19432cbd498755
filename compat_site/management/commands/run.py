"""`manage.py run`: the whole application with one command, also on an empty data directory."""

import logging
import os
import signal
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from compat_site.celery import app
from compat_site.embedded import server
from compat_site.embedded.supervisor import JobProcess
from compat_site.embedded.worker import release_claims
from compat_site.logs import write_log_to
from compat_site.wsgi import application
from projects.services.accounts import first_account, has_signed_in, make_sign_in_link
from projects.services.projects import create_sample_project

logger = logging.getLogger(__name__)

STANDARD_ERROR = "-"
# Seconds after which a second signal ends the process at once.
IMPATIENT_AFTER = 1.5


class Command(BaseCommand):
    """A command that starts the web server and the process of the jobs, prints a sign-in link, and stops on Ctrl-C."""

    help = "Run the web server, and the jobs in a process beside it."
    # They load all pages: only once nothing else keeps it from starting.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --host and --port."""
        parser.add_argument("--host", default=settings.HOST, help="address to listen on (HOST, default %(default)s)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="port (PORT, default %(default)s)")
        parser.add_argument(
            "--log",
            metavar="PATH",
            default=settings.RUN_LOG,
            help="file to write logs to, - for standard error (WHEELWAY_LOG, default %(default)s)",
        )

    def handle(self, *args: Any, host: str, port: int, log: str, **options: Any) -> None:
        """Start everything and run until a signal arrives."""
        # Messages, the schedule's file and whatever else is written are for this account alone.
        os.umask(0o077)
        stop = _stop_once()
        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        try:
            # First what may fail, so that a second start on the same data changes nothing.
            with server.listen(host, port) as listener, server.lock(settings.DATA_DIR):
                self._say("Wheelway is starting…")
                log_file = Path(log) if log != STANDARD_ERROR else None
                if log_file is not None:
                    write_log_to(log_file, rotates=False)
                self.check()
                self._prepare_database()
                port = listener.getsockname()[1]
                link = self._first_steps(settings.SITE_ROOT or f"http://{_name_in_link(host)}:{port}")
                web = server.web_server(application, listener)
                jobs = JobProcess(log_file)
                jobs.start()
                if not settings.REDIS_URL:
                    app.relay = jobs.send
                try:
                    logger.info("listening on %s:%d", host, port)
                    where = "" if log == STANDARD_ERROR else f" Logs are written to {log}."
                    self._say(f"Ready on {host}:{port}. Ctrl-C stops it.{where}", *link)
                    web.run()
                finally:
                    self._stop_jobs(jobs)
        except server.CannotStart as error:
            raise CommandError(str(error)) from error

    def _prepare_database(self) -> None:
        """Migrate the database. Raises CannotStart for a damaged or newer one, without changing it."""
        where = connection.settings_dict["NAME"]
        try:
            executor = MigrationExecutor(connection)
            known = set(executor.loader.disk_migrations)
            newer = sorted(
                f"{app_label}.{name}"
                for app_label, name in executor.loader.applied_migrations
                if app_label in ("scanner", "projects") and (app_label, name) not in known
            )
            if newer:
                raise server.CannotStart(
                    f"The database {where} belongs to a newer Wheelway (it has {', '.join(newer)}). "
                    "Start that version, or set WHEELWAY_DATA to another directory."
                )
            call_command("migrate", interactive=False, verbosity=0)
        except DatabaseError as error:
            raise server.CannotStart(
                f"The database {where} cannot be used: {error}. If the file is damaged, move it away or set "
                "WHEELWAY_DATA to another directory."
            ) from error

    def _first_steps(self, base_url: str) -> list[str]:
        """Create the first account and the sample project if there are none. Return the lines about signing in."""
        try:
            # Both or neither, so that an interrupted first start is repeated.
            with transaction.atomic():
                user, is_new = first_account()
                if user is not None and is_new:
                    create_sample_project(user)
            if user is None:
                return [
                    "There is no administrator who can sign in. Create one: .venv/bin/python manage.py createsuperuser"
                ]
            if is_new:
                password = f".venv/bin/python manage.py changepassword {user.get_username()}"
                self._say(
                    f"Created the account {user.get_username()} without a password. To set one: {password}",
                    "Created the sample project; its packages are being polled now.",
                )
            if not settings.WHEELWAY_MAIL_URL:
                self._say(f"Mail is written to {settings.MAIL_DIR}, because WHEELWAY_MAIL_URL is not set.")
            if has_signed_in():
                # What a start prints may be kept in a log for long, where others read it.
                where = "" if base_url == settings.PUBLIC_URL else f"SITE_ROOT={base_url} "
                link = f"{where}.venv/bin/python manage.py sign-in-link {user.get_username()}"
                return [f"Sign in: {base_url}/sign-in/ (a link for {user.get_username()}: {link})"]
            return [f"Sign in as {user.get_username()} (once): {make_sign_in_link(user, base_url=base_url)}"]
        finally:
            connections.close_all()

    def _stop_jobs(self, jobs: JobProcess) -> None:
        self._say("Stopping…")
        ended = jobs.stop()
        if not settings.REDIS_URL:
            # What was still in hand ended with the process of the jobs.
            release_claims()
        self._say("Stopped." if ended else "A job is still running; the next start resumes it.")

    def _say(self, *lines: str) -> None:
        for line in lines:
            self.stdout.write(line)
        # Otherwise a pipe would buffer the link.
        self.stdout.flush()


def _stop_once() -> Callable[[int, FrameType | None], None]:
    """Return a signal handler: the first signal stops the web server, a second one later ends the process at once.

    make and a service manager may both forward the same signal, so a second one right after the first is ignored.
    """
    first: list[float] = []

    def stop(number: int, frame: FrameType | None) -> None:
        if not first:
            first.append(time.monotonic())
            raise SystemExit(0)
        if time.monotonic() - first[0] > IMPATIENT_AFTER:
            os._exit(128 + number)

    return stop


def _name_in_link(host: str) -> str:
    """Return the name by which a browser on this machine reaches a server that listens on `host`."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104  compared with, not bound to
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
