"""The trainers of the lessons, one per file."""
