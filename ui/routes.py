"""What the server answers beside the app: readiness, commands of this machine, and the headers on every answer."""

import base64
import hashlib
import logging
import re
from pathlib import Path

import duckdb
import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from data import service
from data.store import StoreInUse, StoreUnusable
from ui.handover import DOOR
from ui.looked import LastLook
from ui.store import check_store

LOG = logging.getLogger(__name__)


def _inline_scripts() -> str:
    """The CSP sources that allow exactly the scripts written into Streamlit's own start page."""
    page = Path(streamlit.__file__).with_name("static") / "index.html"
    scripts = re.findall(r"<script>(.*?)</script>", page.read_text("utf-8"), re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


# Styles are written into the page by Streamlit and Plotly while it runs; scripts never are.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        f"script-src 'self' {_inline_scripts()}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class OwnAddress:
    """ASGI middleware: refuse what is asked under a name that is not the app's, or by a page of another address.

    The names are Streamlit's setting `server.allowedHosts`. A browser tells in `Origin` whose page opens a web socket
    or sends something; what tells nothing is a program or a page of the same address, and is let through. Streamlit
    has a check of its own behind this one, and it asks the internet for the address of this machine.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refuse = REFUSALS.get(scope["type"])
        headers = Headers(scope=scope) if refuse else Headers()
        host = headers.get("host", "")
        if refuse and not (is_host_allowed(host) and all(_is_of(host, one) for one in headers.getlist("origin"))):
            LOG.warning("Refused: asked as %r by a page of %r.", host, headers.get("origin"))
            await refuse(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _is_of(host: str, origin: str) -> bool:
    """Whether the address of a page has this host and port."""
    return origin.partition("://")[2].lower() == host.lower()


NOT_HERE = """The app does not answer under this name, or to pages of another address. Names that it shall answer to
are set by STREAMLIT_SERVER_ALLOWED_HOSTS, and a proxy before it must pass the header Host on as it came.
"""
REFUSALS: dict[str, ASGIApp] = {
    "http": PlainTextResponse(NOT_HERE, status_code=403),
    "websocket": WebSocketClose(code=1008),
}


class SecurityHeaders:
    """ASGI middleware: put `HEADERS` on every HTTP answer, Streamlit's own included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def ready(_request: Request) -> JSONResponse:
    """200 where the store opens and its tables are those of this version, else 503 and what is wrong."""
    try:
        return JSONResponse({"ready": True, "uploads": check_store()})
    except StoreInUse as problem:
        return _not_ready("Another process has the store open.", problem)
    except (StoreUnusable, duckdb.Error, OSError) as problem:
        return _not_ready("The store cannot be read; the server's log says why.", problem)


def _not_ready(reason: str, problem: Exception) -> JSONResponse:
    """Anybody may ask this route, so what names files and tables goes to the log only."""
    LOG.error("Not ready: %s", problem)
    return JSONResponse({"ready": False, "reason": reason}, status_code=503)


ROUTES = [Route("/ready", ready), Route(service.ROUTE, DOOR.command, methods=["POST"])]
MIDDLEWARE = [Middleware(SecurityHeaders), Middleware(OwnAddress), Middleware(LastLook)]
LIFESPAN = DOOR.lifespan
