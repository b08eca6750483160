"""What exports hold, whichever tool wrote them: survey responses, meetings."""
