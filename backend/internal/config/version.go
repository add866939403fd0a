package config

// Version is the release; the top entry of CHANGELOG.md names the same.
const Version = "0.3.0"
