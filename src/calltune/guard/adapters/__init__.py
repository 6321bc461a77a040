"""The guard inside other programs' loops: one module a library, each imported only by who uses it."""
