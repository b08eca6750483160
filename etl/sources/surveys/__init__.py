"""Response exports of survey tools."""
