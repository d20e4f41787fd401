/** Whether the user gave options of a kind, on the command line, in the environment or in a configuration file. */
export interface GivenOptions {
  /** True if options that select are given. Selectors do not count. */
  readonly selection: boolean
  /** True if options that shape files are given. */
  readonly files: boolean
}
