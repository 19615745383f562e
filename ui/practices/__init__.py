"""What the pages show of the seven practices, and the tables in which they are written."""
