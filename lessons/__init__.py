"""The course: one folder a lesson, with its text and its settings."""
