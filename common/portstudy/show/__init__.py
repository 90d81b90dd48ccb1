"""What was found, shown: tables, files, pictures."""
