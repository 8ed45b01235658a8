"""A stage for the image without Docker: its files and Debian's programs in mount namespaces."""
