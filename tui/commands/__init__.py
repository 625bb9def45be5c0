"""The commands of `dltui`, one file each, with their options and their output."""
