"""The service: a web server that speaks the protocol of LibreTranslate, and lets people build and review
documents in a browser.
"""
