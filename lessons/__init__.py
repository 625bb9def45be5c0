"""The course: one folder a lesson, its text and its settings; knows no torch and no screen."""
