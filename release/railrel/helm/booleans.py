"""What Gitea reads as true and as false: parseBool in key.go of go-ini/ini 1.67, which reads app.ini."""

TRUE = ("1", "t", "T", "true", "TRUE", "True", "YES", "yes", "Yes", "y", "ON", "on", "On")
FALSE = ("0", "f", "F", "false", "FALSE", "False", "NO", "no", "No", "n", "OFF", "off", "Off")
