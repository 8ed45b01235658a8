"""A stage for the image without Docker: its own files and Debian's programs, in mount namespaces."""
