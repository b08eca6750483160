"""What is kept of links and people: links with their tokens' hashes, roles, and the programme's own words."""
