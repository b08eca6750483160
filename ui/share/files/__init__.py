"""The funder's page as files to send: a PDF, and one HTML file; each made from the extract of a link and from nothing else."""
