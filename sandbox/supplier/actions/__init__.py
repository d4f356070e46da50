"""What each `action=` of handler_api.php does, one module per subject."""
