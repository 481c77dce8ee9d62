"""What is decided before an image is pushed, and what is made of the answers. Pure."""
