"""The course: one folder per lesson, with its page and its settings."""
