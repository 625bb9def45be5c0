"""What people use today for the same training, in an environment of its own."""
