"""Sites that come from elsewhere: what was found, and its way into an archive."""
