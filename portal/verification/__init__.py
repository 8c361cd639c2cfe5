"""The robot: looks a participant up, follows the trail to its components and says what it found; stores nothing."""
