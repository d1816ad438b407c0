"""Ways of asking, and the component of Rasa that reads them."""
