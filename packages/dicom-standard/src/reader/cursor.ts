import { formatTag } from '../tags.ts'
import type { ElementEncoding } from '../transfer-syntaxes.ts'
import { UnreadableFileError } from './unreadable-file-error.ts'

/** A position in encoded elements. */
export interface Cursor extends ElementEncoding {
  readonly bytes: Uint8Array
  readonly view: DataView
  /** Text after an offset in messages: empty for the file, or ` of the inflated data set`. */
  readonly of: string
  /** Offset of `bytes` in the file, for messages. */
  readonly base: number
  readonly depth: number
  /** Attributes that occur more than once in their data set. */
  readonly repeated: Set<number>
  offset: number
}

/** Start values of a cursor. */
export interface CursorStart extends ElementEncoding {
  readonly offset: number
  readonly of?: string
  readonly base?: number
}

/** An item that is being read. */
export interface OpenItem {
  /** Tag of its sequence. */
  readonly sequence: number
  /** Offset of its header. */
  readonly offset: number
  /** True if its length is undefined: a delimiter ends it. */
  readonly isOpen: boolean
}

/** Creates a cursor over bytes. */
export function createCursor(bytes: Uint8Array, { of = '', base = 0, ...start }: CursorStart): Cursor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { bytes, view, of, base, depth: 0, repeated: new Set(), ...start }
}

/** Returns the error for damage at an offset. */
export function faultAt(offset: number, { of, base }: Cursor, message: string): UnreadableFileError {
  return new UnreadableFileError(`${message} at byte ${base + offset}${of}`)
}

/** Returns the name of an item for messages. */
export function itemName({ sequence, offset }: OpenItem, { base }: Cursor): string {
  return `the item at byte ${base + offset} of sequence ${formatTag(sequence)}`
}

/**
 * Checks that `count` bytes are left before `end`.
 *
 * @throws {UnreadableFileError} if there are fewer; the message names `subject`
 */
export function requireBytes(
  cursor: Cursor,
  end: number,
  { count, subject }: { count: number; subject: string },
): void {
  const left = end - cursor.offset
  if (left >= count) return
  throw faultAt(cursor.offset, cursor, `truncated: ${subject} needs ${count} bytes, ${Math.max(left, 0)} are left`)
}
