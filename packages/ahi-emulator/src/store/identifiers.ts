import { randomBytes } from 'node:crypto'

/** Pattern of data store, image set and image frame ids in the API's model. */
export const idPattern = '[0-9a-z]{32}'

const idAlphabet = '0123456789abcdefghijklmnopqrstuvwxyz'
const idLength = 32
/** Largest multiple of the alphabet's length in a byte. Larger bytes would favour the first characters. */
const fairBytes = 252

/** Returns a random id in the service's form: 32 characters of `0-9a-z`. */
export function createId(): string {
  let id = ''
  while (id.length < idLength) {
    for (const byte of randomBytes(2 * idLength)) {
      if (byte < fairBytes && id.length < idLength) id += idAlphabet[byte % idAlphabet.length] ?? ''
    }
  }
  return id
}
