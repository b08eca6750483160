"""Streamlit pieces: session, header, cards, charts, wording, export. Nothing below `ui` knows Streamlit."""
