"""The terminal user interface, built with Textual, and the commands of `dltui`."""
