"""One file a training, each readable on one screen; none knows a thread, a lesson or a screen."""
