import { randomBytes } from 'node:crypto'

/** The pattern of data store, image set and image frame ids in the API's model. */
export const ID_PATTERN = '[0-9a-z]{32}'

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'
const ID_LENGTH = 32
/** The largest multiple of the alphabet's length in a byte: bytes from there on would favour the first letters. */
const FAIR_BYTES = 252

/** A random id as the service makes them: 32 of `0-9a-z`. */
export function createId(): string {
  let id = ''
  while (id.length < ID_LENGTH) {
    for (const byte of randomBytes(2 * ID_LENGTH)) {
      if (byte < FAIR_BYTES && id.length < ID_LENGTH) id += ALPHABET[byte % ALPHABET.length] ?? ''
    }
  }
  return id
}
