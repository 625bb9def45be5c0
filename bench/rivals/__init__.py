"""What people use today for the same training, in a separate environment."""
