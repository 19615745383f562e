"""Reviews: what was agreed, what became of it, and did it help?"""

import streamlit as st

from ui.behind import opened
from ui.guard import require_shell
from ui.review.page import chosen, presenting, review
from ui.review.tabs import reviews
from ui.scope import scope
from ui.show import nothing
from ui.start import heading

require_shell()
seen = scope()
if not presenting():
    heading("What was agreed, and did it help?", seen)
    opened()
if seen is None:
    nothing("Nothing was agreed yet.", "actions")
    st.stop()
if chosen():
    review()
else:
    reviews()
