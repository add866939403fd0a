package seal

import "os"

// A directory cannot be synced on Windows.
func syncHandle(*os.File) error { return nil }
