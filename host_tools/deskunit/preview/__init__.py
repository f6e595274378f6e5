"""Shows a script library screen by screen: contact sheets, one HTML page, a scenario as a film."""
