"""What a load checks of surveys: the codebook, its labels, and one response a respondent."""
