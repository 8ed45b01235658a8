"""The components of awsx: made as the real plugin makes them, of real AWS children."""
