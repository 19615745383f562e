"""What users wrote is shown as they wrote it: nothing in it becomes a link, a picture, an icon or a format."""

import re

import pytest

from ui.show import CUT, plain

# What the browser looks for in the text that is left when escapes are gone: mdast-util-gfm-autolink-literal 2.0 and
# remark-emoji 5.0, and Streamlit's icons.
FOUND_IN_TEXT = (
    re.compile(r"(https?://|www(?=\.))([-.\w]+)([^ \t\r\n]*)", re.IGNORECASE),
    re.compile(r"([-.\w+]+)@([-\w]+(?:\.[-\w]+)+)"),
    re.compile(r":\+1:|:-1:|:[\w-]+:"),
    re.compile(r":(?:material/|streamlit:)[\w+-]+:"),
)
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@pytest.mark.parametrize(
    "text",
    [
        "![x](http://evil.test/a.png)",
        "HTTPS://evil.test",
        "see http://evil.test, or http://http://evil.test",
        "www.evil.test",
        "WwW.evil.test and wwwww.evil.test",
        "ana.ruiz@evil.test",
        "a@b@evil.test",
        "mailto:a@evil.test",
        "<https://evil.test>",
        ":smile:",
        ":+1:",
        ":-1:",
        ":a::smile:",
        ":material/home:",
        ":streamlit:",
    ],
)
def test_nothing_in_a_text_becomes_a_link_or_an_icon(text: str) -> None:
    shown = ESCAPED.sub(r"\1", plain(text))
    assert shown.replace(CUT, "") == text
    assert any(pattern.search(text) for pattern in FOUND_IN_TEXT)
    assert not any(pattern.search(shown) for pattern in FOUND_IN_TEXT)


@pytest.mark.parametrize("text", ["E-014: on time", "09:10:00", "a/b", "3 @ 4", "Phase I/II", "wwwhat", "E-1:fpi"])
def test_any_other_text_is_exactly_the_same(text: str) -> None:
    assert ESCAPED.sub(r"\1", plain(text)) == text
