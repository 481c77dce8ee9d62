"""From which index each package may come: what is written so that it is so, and what lets others in."""
