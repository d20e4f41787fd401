/** Ends the thread before it can serve. */
process.exit()
