"""The service: a web server that speaks the protocol of LibreTranslate, and keeps documents for review."""
