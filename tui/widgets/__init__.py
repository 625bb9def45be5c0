"""One file a widget: each receives data and posts what the learner wants."""
