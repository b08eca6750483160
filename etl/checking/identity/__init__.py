"""Who is who: people, their pseudonyms, and where texts mention them."""
