"""Studies: how does each one stand, and what is known of it?"""

import streamlit as st

from analytics import studies
from ui.ask import ask
from ui.behind import opened
from ui.choose import choose
from ui.guard import require_shell
from ui.scope import scope
from ui.show import nothing
from ui.start import heading
from ui.study import study, study_list

require_shell()
seen = scope()
heading("How does each study stand?", seen)
opened()
if seen is None:
    nothing("No engagements yet.", "engagements")
    st.stop()
found = ask(studies.portfolio)
if found.studies.empty:
    st.info("No study matches the filters above. Widen them.", icon=":material/filter_alt_off:")
    st.stop()

engagement = choose("Study", studies.names(found.studies), "engagement", placeholder="All studies")
if engagement is None:
    study_list(found.studies)
else:
    study(found, engagement)
