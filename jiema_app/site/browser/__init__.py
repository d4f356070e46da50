"""What runs in the browser in place of libraries that our pages use a small part of."""
