"""The widgets: each shows data and posts messages about the learner's actions."""
