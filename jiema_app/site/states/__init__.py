"""What pages show of their visitor: small states over the domain's services."""
