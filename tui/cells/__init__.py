"""How the cells of a tensor are drawn: numbers in a grid, pixels in half blocks; no widget."""
