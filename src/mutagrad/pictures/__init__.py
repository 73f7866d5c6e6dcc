"""Pictures of recorded graphs."""
