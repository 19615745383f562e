"""CRO Scorecard, the entry point: `streamlit run app.py`.

The script of the app is `ui/shell.py`. Were it this file, the folder `pages/` beside it would be served
by Streamlit's old page discovery until some session had run the shell, past whatever the shell refuses.
"""

from streamlit.starlette import App

from ui.routes import LIFESPAN, MIDDLEWARE, ROUTES

app = App("ui/shell.py", routes=ROUTES, middleware=MIDDLEWARE, lifespan=LIFESPAN)
