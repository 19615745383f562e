"""A server that nobody has asked anything yet, asked over HTTP as a stranger would."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from data import service
from tests.server import ROOT, Server, serve
from tests.session import open_page
from ui.guard import NOT_ALONE
from ui.routes import HEADERS
from ui.shell import PAGES

FILES = tuple(file for file, _, _ in PAGES)
TITLES = tuple(title for _, title, _ in PAGES)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("server")) as running:
        yield running


def test_health_and_readiness(server: Server) -> None:
    assert server.get("/_stcore/health").body == "ok"
    ready = server.get("/ready")
    assert ready.status == 200
    assert json.loads(ready.body) == {"ready": True, "uploads": 0}


@pytest.mark.parametrize("path", ["/", "/ready", "/_stcore/health", "/_stcore/host-config", "/nowhere"])
def test_every_answer_carries_the_security_headers(server: Server, path: str) -> None:
    headers = server.get(path).headers
    assert {name: headers[name] for name in HEADERS} == HEADERS


def test_the_policy_names_no_other_host_and_no_evaluated_script() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe-eval" not in policy
    assert not re.search(r"https?:|//|\*", re.sub(r"'sha256-[^']*'", "", policy))
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe-inline" not in scripts
    assert "sha256-" in scripts


def _host(server: Server) -> str:
    return server.url.removeprefix("http://")


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:9999", "http://localhost", "null"])
def test_a_page_of_another_address_gets_no_session_and_no_answer(server: Server, origin: str) -> None:
    """A port of the same machine is another address, too. Streamlit's own check would ask the internet who it is."""
    for path in ("/_stcore/health", service.ROUTE):
        assert server.get(path, {"Origin": origin}).status == 403
    with pytest.raises(InvalidStatus) as refusal:
        connect(f"ws://{_host(server)}/_stcore/stream", origin=Origin(origin), subprotocols=[Subprotocol("streamlit")])
    assert refusal.value.response.status_code == 403


@pytest.mark.parametrize("name", ["evil.example", "localhost.evil.example", "", "10.0.0.1"])
def test_a_name_that_is_not_the_apps_gets_no_answer(server: Server, name: str) -> None:
    answer = server.get("/", {"Host": name and _host(server).replace("localhost", name)})
    assert answer.status in (400, 403)
    assert "STREAMLIT_SERVER_ALLOWED_HOSTS" in answer.body or answer.status == 400


@pytest.mark.parametrize("name", ["localhost", "LocalHost", "127.0.0.1", "[::1]"])
def test_the_apps_own_names_are_answered_whether_a_page_asks_or_a_program(server: Server, name: str) -> None:
    host = _host(server).replace("localhost", name)
    assert server.get("/_stcore/health", {"Host": host}).body == "ok"
    assert server.get("/_stcore/health", {"Host": host, "Origin": f"http://{host}"}).body == "ok"


def test_behind_a_proxy_its_names_are_a_setting(tmp_path: Path) -> None:
    with serve(tmp_path, more={"STREAMLIT_SERVER_ALLOWED_HOSTS": "localhost cro.example"}) as server:
        asked = {"Host": "cro.example", "Origin": "https://cro.example"}
        assert server.get("/_stcore/health", asked).body == "ok"
        assert server.get("/_stcore/health").body == "ok"
        assert server.get("/_stcore/health", {"Host": "127.0.0.1"}).status == 403


@pytest.mark.parametrize("path", ["/pages/data.py", "/ui/shell.py", "/.streamlit/config.toml", "/static/../app.py"])
def test_no_file_of_the_product_is_served(server: Server, path: str) -> None:
    answer = server.get(path)
    assert answer.status >= 400 or answer.body == server.get("/").body


@pytest.mark.parametrize("page", FILES)
def test_the_very_first_request_opens_a_page_inside_the_shell(page: str, tmp_path: Path) -> None:
    """Each page has a server of its own: only the first session could meet the old page discovery."""
    with serve(tmp_path) as cold:
        run = open_page(cold.url, "" if page == FILES[0] else page)
    assert run.pages == TITLES
    assert not run.page_not_found
    assert run.drawn
    assert "exception {" not in run.drawn
    assert NOT_ALONE not in run.drawn


def test_a_file_in_pages_that_is_not_listed_never_runs(tmp_path: Path) -> None:
    """Beside the script of the app, Streamlit would find it by itself and run it for anybody."""
    for part in ("pages", "ui", ".streamlit"):
        shutil.copytree(ROOT / part, tmp_path / part)
    for part in ("analytics", "charts", "data", "reports", "wording"):
        (tmp_path / part).symlink_to(ROOT / part)
    shutil.copy(ROOT / "app.py", tmp_path)
    has_run = tmp_path / "has_run"
    (tmp_path / "pages" / "unlisted.py").write_text(f"open({str(has_run)!r}, 'w').close()\n")
    with serve(tmp_path, root=tmp_path) as cold:
        run = open_page(cold.url, "unlisted")
    assert run.page_not_found
    assert run.pages == TITLES
    assert not has_run.exists()


def test_not_ready_where_the_store_is_no_store(tmp_path: Path) -> None:
    """The reason is for anybody, so it names no path."""
    broken = tmp_path / "cro.duckdb"
    broken.write_text("engagement_id,title\n" * 1000)
    with serve(tmp_path, broken) as server:
        answer = server.get("/ready")
        assert server.get("/_stcore/health").body == "ok"
    assert answer.status == 503
    assert json.loads(answer.body) == {
        "ready": False,
        "reason": "The store cannot be read; the server's log says why.",
    }
    assert str(broken) in server.log.read_text()
