"""The numbers: functions from a cursor and a scope to frames. No clock, no Streamlit, no Plotly."""
