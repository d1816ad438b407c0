"""The chat page's channel. It has no platform of its own: the page fetches what is for it."""
