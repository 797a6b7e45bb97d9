"""The recipe of the built-in model: a small Florence-2 trained from nothing on scenes drawn here."""
