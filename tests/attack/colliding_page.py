"""A page with two downloads of the same 1.4 MB, told apart only in the middle: Streamlit's own, and the dashboard's."""

from __future__ import annotations

import streamlit as st

from ui.blocks.cards import show_download

content = bytearray(b"x" * 1_400_000)
content[400_000:400_010] = st.query_params.get("who", "").rjust(10)[:10].encode()
st.download_button("Bare", bytes(content), file_name="export.csv", mime="text/csv", key="bare")
show_download(bytes(content), "export", "r1", key="ours")
