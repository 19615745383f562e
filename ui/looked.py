"""When this browser last looked: a cookie with two times, since without sign-in the viewer is the browser."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAME = "cro_looked"
VISIT = 4 * 3600
"""Seconds without a page after which the next one begins another visit."""
KEPT = 366 * 24 * 3600
TIMES = re.compile(r"(\d{1,10})\.(\d{1,10})")

Times = tuple[int, int]
"""Seconds since 1970: the last page of the visit before this one, 0 where there was none, and the newest page."""


def rolled(times: Times | None, now: int) -> Times:
    """The times after one more page: a new visit begins where the newest page is longer ago than `VISIT`."""
    if times is None:
        return 0, now
    before, newest = times
    return (newest if now - newest > VISIT else before), now


def times_of(cookie: object, now: int) -> Times | None:
    """What a cookie says; None where it is missing, mistyped or from the future: anybody can write one."""
    found = TIMES.fullmatch(cookie) if isinstance(cookie, str) else None
    if not found:
        return None
    before, newest = int(found[1]), int(found[2])
    return (before, newest) if before <= newest <= now else None


class LastLook:
    """ASGI middleware: note on every page that is served when it was asked for; other answers stay as they are."""

    def __init__(self, app: ASGIApp, now: Callable[[], int] | None = None) -> None:
        self.app = app
        self.now = now or _now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("set-cookie", self._cookie(scope))
            await send(message)

        page = scope["type"] == "http" and scope["method"] == "GET"
        await self.app(scope, receive, send_with_cookie if page else send)

    def _cookie(self, scope: Scope) -> str:
        now = self.now()
        before, newest = rolled(times_of(HTTPConnection(scope).cookies.get(NAME), now), now)
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        return f"{NAME}={before}.{newest}; Path=/; Max-Age={KEPT}; HttpOnly; SameSite=Lax{secure}"


def _now() -> int:
    return int(datetime.now(UTC).timestamp())


def last_look() -> datetime | None:
    """When this browser's visit before this one ended (UTC, without a zone, as the ledger keeps its times); None where
    there was none."""
    times = times_of(st.context.cookies.get(NAME), _now())
    return datetime.fromtimestamp(times[0], UTC).replace(tzinfo=None) if times and times[0] else None
