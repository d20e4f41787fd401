/** What takes the lines that a codec would print on the console. */
export interface Messages {
  readonly print: (text: string) => void
  readonly printErr: (text: string) => void
}
