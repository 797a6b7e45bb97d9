"""What is said in a sound: decoding, recognition, and how sure that is."""
