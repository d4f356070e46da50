"""What the pages of the shop ask for by address, in the name of who is signed in."""
