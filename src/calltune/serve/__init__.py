"""For other programs. In: a contract with the guard inside. Out: a server that speaks a protocol that others know."""
