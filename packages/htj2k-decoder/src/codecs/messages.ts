/** Receives the lines that a codec would print to the console. */
export interface Messages {
  readonly print: (text: string) => void
  readonly printErr: (text: string) => void
}
