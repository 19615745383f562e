"""One session with a running server, as the browser holds it: a web socket and Streamlit's own messages."""

from dataclasses import dataclass

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

SCRIPT = 60  # seconds


@dataclass(frozen=True)
class Run:
    """What one run of the script sent: the pages that can be navigated to, and what was drawn, as text."""

    pages: tuple[str, ...]
    drawn: str
    page_not_found: bool


def open_page(url: str, page: str, query: str = "", patience: float = SCRIPT) -> Run:
    """Open a new session on an address of the app, as a link does, and wait until the page has been drawn.

    Raises TimeoutError where nothing comes for `patience` seconds.
    """
    back = BackMsg()
    back.rerun_script.page_name = page
    back.rerun_script.query_string = query
    socket = f"ws{url.removeprefix('http')}/_stcore/stream"
    with connect(socket, origin=Origin(url), subprotocols=[Subprotocol("streamlit")], max_size=None) as session:
        session.send(back.SerializeToString())
        messages: list[ForwardMsg] = []
        while not (messages and messages[-1].WhichOneof("type") == "script_finished"):
            messages.append(ForwardMsg.FromString(session.recv(timeout=patience, decode=False)))
    return Run(
        pages=tuple(
            entry.page_name
            for message in messages
            if message.WhichOneof("type") == "navigation"
            for entry in message.navigation.app_pages
        ),
        drawn="\n".join(str(message.delta) for message in messages if message.WhichOneof("type") == "delta"),
        page_not_found=any(message.WhichOneof("type") == "page_not_found" for message in messages),
    )
