"""What follows from the answers: pure rules over plain values, with no web, database or network."""
