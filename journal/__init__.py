"""Annotations, decisions and sign-offs: what people said about the figures and what they decided."""
