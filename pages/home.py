"""Home."""

import streamlit as st

from ui.guard import require_shell

require_shell()
st.title("Home")
