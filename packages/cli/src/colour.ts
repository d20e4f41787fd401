import { styleText } from 'node:util'

/** A colour of a message. */
export type Colour = 'red' | 'yellow'

/** Returns the text with the terminal codes of a colour around it. */
export function paint(text: string, colour: Colour): string {
  return styleText(colour, text, { validateStream: false })
}

/**
 * Returns true if messages are coloured. Default: on a terminal that has colours. `NO_COLOR` (any text) turns colours off.
 * `FORCE_COLOR` and `CLICOLOR_FORCE` (any text but 0) turn them on without a terminal as well.
 */
export function hasColour(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM } = env
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  if (CLICOLOR_FORCE !== undefined && CLICOLOR_FORCE !== '') return CLICOLOR_FORCE !== '0'
  return isTerminal && TERM !== 'dumb' && CLICOLOR !== '0'
}
