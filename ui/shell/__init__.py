"""Who looks at what: session and URL, identity, sign-in, refresh."""
