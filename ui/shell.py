"""The script of the app: what surrounds every page."""

from pathlib import Path

import streamlit as st

from data.store import StoreInUse, StoreUnusable
from ui.ask import answering
from ui.guard import shell
from ui.scope import bar
from ui.show import plain

ICON = Path(__file__).with_name("icon.png")
STYLE = Path(__file__).with_name("style.css")

# The one list of pages: file in pages/, its name in the navigation, its icon. The first is the home page.
PAGES: tuple[tuple[str, str, str], ...] = (
    ("home", "Home", ":material/home:"),
    ("cros", "CROs", ":material/apartment:"),
    ("studies", "Studies", ":material/science:"),
    ("timelines", "Timelines", ":material/timeline:"),
    ("budget", "Budget", ":material/payments:"),
    ("responsiveness", "Responsiveness", ":material/forum:"),
    ("reviews", "Reviews", ":material/handshake:"),
    ("data", "Data", ":material/upload_file:"),
)


def main() -> None:
    """Set up the window, offer the pages, run the one that was asked for."""
    st.set_page_config(page_title="CRO Scorecard", page_icon=str(ICON), layout="wide")
    st.html(STYLE)
    pages = [
        st.Page(f"../pages/{file}.py", title=title, icon=icon, default=position == 0)
        for position, (file, title, icon) in enumerate(PAGES)
    ]
    page = st.navigation(pages, position="top")
    with shell(), answering():
        try:
            bar()
            page.run()
        except (StoreInUse, StoreUnusable) as problem:
            st.error(plain(str(problem)))


if __name__ == "__main__":
    main()
