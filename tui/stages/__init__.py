"""Where each lab stands, and what its keys do to that; knows no widget and no screen."""
