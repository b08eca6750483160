"""The pages in a real browser, beside the same pages in Dash."""
