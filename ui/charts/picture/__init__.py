"""The Python picture of a figure: what Plotly would draw of the subset that the builders use, as SVG."""
