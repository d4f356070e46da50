"""What the signer refuses. No message of these quotes a secret."""


class SignerError(Exception):
    """Something that the signer will not do, or cannot; the message may be shown and logged."""


class JournalTrouble(SignerError):
    """Something about the journal, and not about one payment: nothing at all may be signed."""
