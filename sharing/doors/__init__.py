"""The doors of both servers: who is let in, what they may ask for, and what is sent with every answer."""
