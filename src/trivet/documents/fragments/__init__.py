"""What sections are filled into, and what several of them say."""
