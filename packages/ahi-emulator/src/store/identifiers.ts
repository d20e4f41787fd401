import { randomBytes } from 'node:crypto'

/** The pattern of data store, image set and image frame ids in the API's model. */
export const idPattern = '[0-9a-z]{32}'

const idAlphabet = '0123456789abcdefghijklmnopqrstuvwxyz'
const idLength = 32
/** The largest multiple of the alphabet's length in a byte: bytes from there on would favour the first letters. */
const fairBytes = 252

/** A random id as the service makes them: 32 of `0-9a-z`. */
export function createId(): string {
  let id = ''
  while (id.length < idLength) {
    for (const byte of randomBytes(2 * idLength)) {
      if (byte < fairBytes && id.length < idLength) id += idAlphabet[byte % idAlphabet.length] ?? ''
    }
  }
  return id
}
