"""The helpline itself: plain Python that knows neither Rasa nor any channel's SDK."""
