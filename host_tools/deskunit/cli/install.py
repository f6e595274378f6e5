"""`deskunit install`"""
