"""Account keys of nobody's money, for tests that must not use the sandbox's."""

WORDS = "legal winner thank year wave sausage worth useful legal winner thank yellow"
"""Published words of a test of BIP-39."""

XPUB = "xpub6CCd6xRaRNYQJ9yrjm8WrCbkawvA1W621T26y9JjXGMyq7n4ocuMRoSCMhuwN6hHGkBQxMoQJkSkz7AwoXVzCs4bziNpALtHQBSNQTcVv8w"
"""m/44'/195'/0' of those words."""

XPRV = "xprv9yDGhStgazz75fuPdjbWV4f22v5fc3NAeE6WAku7xvpzxKSvG5b6t17iWTGcQmanuzt7fkDJpyuSAo4Z45is2CdByY7rHMyfbM88o8yJtmY"
"""Its private half."""

XPUB_OF_ADDRESSES = "xpub6EJjgvb913h3bPi99qEiEBfgoDSEzgDkkLkBxRKoFAP9N7YJJpzWr63TpV7tVqkaWS5L1LMBtowbMYYyoeFWZoViYZfhzA7Kvhr6StVanRU"
"""m/44'/195'/0'/0: a public key, and not an account's."""

FIRST_ADDRESS = "TUJ2YbSDGtCqzRz7quPQidRCMC98jDAPXc"
"""m/44'/195'/0'/0/0."""
