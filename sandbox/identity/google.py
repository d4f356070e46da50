"""Google: the nonce comes back, the client may prove itself in the form, PKCE is optional."""

from typing import Final

from sandbox.identity.oidc import Manner

CLIENT_ID: Final = "sandbox-google-client"
CLIENT_SECRET: Final = "sandbox-google-secret"  # noqa: S105 - protects nothing

GOOGLE: Final = Manner(
    name="google",
    title="Sign in with Google",
    client_id=CLIENT_ID,
    client_secret=CLIENT_SECRET,
    authorize_path="/o/oauth2/v2/auth",
    token_path="/token",  # noqa: S106 - an address
    jwks_path="/oauth2/v3/certs",
    scopes=("openid", "email", "profile"),
    is_post_allowed=True,
    is_pkce_required=False,
    is_nonce_echoed=True,
)
