"""What Rasa's rules do: a few lines each, all of them calling bot. They run inside the dialogue process."""
