"""The cookie of the last look: two times, rolled on when a visit begins."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import streamlit as st
from starlette.types import Message, Receive, Scope, Send

from ui import looked
from ui.looked import NAME, VISIT, LastLook, Times, last_look, rolled, times_of

NOW = 1_800_000_000


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (None, (0, NOW)),  # the first visit ever
        ((0, NOW - VISIT), (0, NOW)),  # four hours later it is the same visit
        ((0, NOW - VISIT - 1), (NOW - VISIT - 1, NOW)),
        ((5, NOW - 60), (5, NOW)),  # the visit before stays what it was
    ],
)
def test_a_visit_ends_after_four_hours(times: Times | None, expected: Times) -> None:
    assert rolled(times, NOW) == expected


@pytest.mark.parametrize(
    "cookie", [None, "", "1", "1.2.3", "a.b", "-1.2", f"1.{NOW + 1}", "3.2", "1.2; Path=/", "1.12345678901"]
)
def test_what_cannot_be_is_no_look(cookie: str | None) -> None:
    assert times_of(cookie, NOW) is None


def test_what_can_be_is_read() -> None:
    assert times_of(f"7.{NOW}", NOW) == (7, NOW)


def cookies_set(kind: str = "text/html", cookie: str = "", **scope: str) -> list[str]:
    """The cookies on the answer to one request that the middleware lets through."""
    sent: list[Message] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind.encode())]})
        await send({"type": "http.response.body", "body": b"told"})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    asked = {"type": "http", "method": "GET", "headers": [(b"cookie", cookie.encode())], "scheme": "http"} | scope
    asyncio.run(LastLook(app, now=lambda: NOW)(asked, receive, send))
    assert sent[-1]["body"] == b"told"
    return [value.decode() for name, value in sent[0]["headers"] if name == b"set-cookie"]


def test_a_page_sets_it_and_nothing_else_does() -> None:
    expected = f"{NAME}=0.{NOW}; Path=/; Max-Age={looked.KEPT}; HttpOnly; SameSite=Lax"
    assert cookies_set() == cookies_set("text/html; charset=utf-8") == [expected]
    assert cookies_set(scheme="https") == [f"{expected}; Secure"]
    assert cookies_set("application/json") == cookies_set(method="POST") == []


def test_other_cookies_do_not_hide_it() -> None:
    [said] = cookies_set(cookie=f'theme={{"dark":true}}; {NAME}=9.{NOW - VISIT - 1}; x')
    assert said.startswith(f"{NAME}={NOW - VISIT - 1}.{NOW};")


@pytest.mark.parametrize(("cookie", "expected"), [("1000.2000", 1000), ("0.2000", None), ("x", None), (None, None)])
def test_the_page_reads_the_visit_before(
    monkeypatch: pytest.MonkeyPatch, cookie: str | None, expected: int | None
) -> None:
    monkeypatch.setattr(st, "context", SimpleNamespace(cookies={} if cookie is None else {NAME: cookie}))
    # Without a zone, as the ledger's own times.
    wanted = None if expected is None else datetime.fromtimestamp(expected, UTC).replace(tzinfo=None)
    assert last_look() == wanted
