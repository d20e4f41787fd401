/** Which options of a job the user has given, on the command line, by the environment or in a configuration file. */
export interface GivenOptions {
  /** Options that select. Selectors are no options. */
  readonly selection: boolean
  /** Options that shape files. */
  readonly files: boolean
}
