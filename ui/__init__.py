"""Whatever knows Streamlit and is not a page."""
