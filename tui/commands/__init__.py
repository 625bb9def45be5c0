"""The commands of `dltui`."""
