package audit

// syncDir does nothing: the system keeps names by itself.
func syncDir(string) error { return nil }
