"""The signer: the only code of the product that holds private keys."""
