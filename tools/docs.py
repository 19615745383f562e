"""Write the generated pages of docs/: `python -m tools.docs`."""

from pathlib import Path

from tools.data_dictionary import data_dictionary
from tools.kpi_page import kpi_page
from tools.practices_page import practices_page

DOCS = Path(__file__).parents[1] / "docs"
PAGES = {
    DOCS / "data-dictionary.md": data_dictionary,
    DOCS / "kpis.md": kpi_page,
    DOCS / "practices.md": practices_page,
}
"""Each generated page and what writes it."""


def main() -> None:
    """Write every generated page."""
    for path, text in PAGES.items():
        path.write_text(text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
