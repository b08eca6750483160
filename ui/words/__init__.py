"""Every wording of numbers, readings and claims; no Streamlit."""
