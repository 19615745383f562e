"""Commands that are given on the command line while the app, which owns the store, is running."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from analytics import cli as analytics_cli
from analytics.catalogue import DIRECTIONS
from data import cli as data_cli
from data import service
from data.store import location
from reports import cli as reports_cli
from ui.store import open_store

LOG = logging.getLogger(__name__)
PROGRAMS = {
    "data": data_cli.program(lambda: DIRECTIONS),
    "analytics": analytics_cli.program(),
    "reports": reports_cli.program(),
}
LARGEST = 1_000_000
"""Bytes of a request: a command line, never a file, which is read where it lies."""


class Door:
    """The token that opens the route, while the app runs."""

    def __init__(self) -> None:
        self.token = ""

    @asynccontextmanager
    async def lifespan(self, _app: object) -> AsyncIterator[None]:
        """Announce the app to command lines from its start to its end."""
        with service.announce(location.path(), int(st.get_option("server.port"))) as self.token:
            try:
                yield
            finally:
                self.token = ""

    async def command(self, request: Request) -> JSONResponse:
        """Carry out a command of whoever can read the token beside the store; 403 for anybody else."""
        client = request.client.host if request.client else None
        if not self.token or not service.allowed(self.token, request.headers.get(service.HEADER), client):
            return JSONResponse({"problem": "This route is for the command line on this machine."}, status_code=403)
        try:
            payload = _read(await _body(request))
        except ValueError as problem:
            LOG.exception("A command could not be read.")
            return JSONResponse({"problem": f"Not a command: {problem}"}, status_code=400)
        # What goes wrong from here on is the app's doing, and the server answers 500.
        return JSONResponse(await run_in_threadpool(_carry_out, payload))


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise ValueError("too long")
    return body


def _read(body: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(body)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(payload, dict) or not {"program", "argv", "cwd", "who"} <= set(payload):
        raise ValueError("it lacks a part")
    argv, texts = payload["argv"], [payload[name] for name in ("program", "cwd", "who")]
    if not isinstance(argv, list) or not all(isinstance(text, str) for text in (*argv, *texts)):
        raise ValueError("a part of it is no text")
    if payload["program"] not in PROGRAMS:
        raise ValueError("there is no such program")
    return payload


def _carry_out(payload: dict[str, Any]) -> dict[str, Any]:
    return service.handle(payload, open_store(), PROGRAMS, datetime.now(UTC))


DOOR = Door()
