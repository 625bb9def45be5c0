"""How changed cells get to the terminal, and in how few bytes."""
