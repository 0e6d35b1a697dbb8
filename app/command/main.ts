/** The `postern` command. */
process.exitCode = 2
