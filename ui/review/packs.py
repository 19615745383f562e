"""The packs of a review to be downloaded: format by edition, made when they are asked for."""

from typing import get_args

import streamlit as st

from analytics.reviews import Review
from reports import desk, formats, paper, questions
from reports.content import Edition, Pack
from reports.desk import NoReview, Opened
from ui.ask import ask
from ui.review.steps import today
from ui.show import plain

EDITIONS: dict[Edition, str] = {
    "sponsor": "Ours, with everything",
    "cro": "For the CRO",
    "leadership": "For leadership",
}
ABOUT: dict[Edition, str] = {
    "sponsor": "All that we see of this CRO.",
    "cro": "Only the CRO's own data; the others are a range without names. The reply sheet is under Replies.",
    "leadership": "All reviews of this quarter on two pages, then each CRO on one.",
}


def packs(found: Review, seen: Opened) -> None:
    """A button a format for the edition that is chosen."""
    edition: Edition = st.segmented_control(
        "Edition", list(get_args(Edition)), default="sponsor", format_func=lambda code: EDITIONS[code], required=True,
        key="pack-edition",
    )  # fmt: skip
    st.caption(ABOUT[edition])
    pack = _of(edition, found, seen)
    if pack is None:
        return
    template = _template()
    with st.container(horizontal=True):
        for name, form in formats.FORMATS.items():
            if name != "pdf" or paper.find_chromium():
                _button(name, form.label, pack, template if name == "pptx" else None)
    if not paper.find_chromium():
        st.caption("PDF needs Chromium, Chrome or Edge, and none was found here. The HTML prints as well.")
    st.caption(
        f"Content {pack.hash[:16]} · version {pack.version} · cut-off {pack.cut_off} · known at upload {pack.known_at} "
        f"· {pack.state}"
    )


def _of(edition: Edition, found: Review, seen: Opened) -> Pack | None:
    if edition != "leadership":
        return desk.for_edition(seen, edition)
    try:
        with st.spinner("All reviews of the quarter are put together ..."):
            return ask(questions.leadership, found.quarter, today())
    except (NoReview, ValueError) as problem:
        st.error(plain(problem))
        return None


def _template() -> bytes | None:
    """The sponsor's own presentation, if one is given."""
    with st.expander("Use our own PowerPoint template", icon=":material/palette:"):
        file = st.file_uploader("Template (.potx or .pptx)", type=["potx", "pptx"], key="pack-template")
        st.caption("Its slide master, fonts and colours are taken; its slides are not.")
    return file.getvalue() if file else None


def _button(name: str, label: str, pack: Pack, template: bytes | None) -> None:
    """A button for one format: the file is made on the click, except with a template, which is tried first."""
    if template:
        try:
            with st.spinner("The presentation is made ..."):
                made(name, pack, template)
        except ValueError as problem:
            st.error(f"The template cannot be used. {plain(problem)}")
            return
    st.download_button(
        label,
        data=lambda: made(name, pack, template),
        file_name=formats.file_name(pack, name),
        mime=formats.FORMATS[name].media,
        key=f"pack-{name}",
        icon=":material/download:",
        on_click="ignore",
    )


def made(name: str, pack: Pack, template: bytes | None = None) -> bytes:
    """The file of a pack, kept for the next who asks. Raises ValueError where the template is none."""
    cover = (pack.frozen_on, pack.frozen_by, pack.prepared_by)
    return _made(name, pack.hash, pack.edition, cover, template, _pack=pack)


@st.cache_data(max_entries=40, show_spinner=False)
def _made(
    name: str, content: str, edition: Edition, cover: tuple[str, ...], template: bytes | None, _pack: Pack
) -> bytes:
    return formats.write(_pack, name, template)
