"""Decision boundary: two features, a line or a small network; knows no torch and no screen."""
