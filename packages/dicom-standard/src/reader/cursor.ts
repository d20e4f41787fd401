import { formatTag } from '../tags.ts'
import type { ElementEncoding } from '../transfer-syntaxes.ts'
import { UnreadableFileError } from './unreadable-file-error.ts'

/** A place in encoded elements, and what they are in. */
export interface Cursor extends ElementEncoding {
  readonly bytes: Uint8Array
  readonly view: DataView
  /** What `offset` counts in, for messages: nothing for the file, or ` of the inflated data set`. */
  readonly of: string
  /** Bytes before those of the cursor, for messages. */
  readonly base: number
  readonly depth: number
  /** Attributes that came before in their data set. */
  readonly repeated: Set<number>
  offset: number
}

/** Where a cursor starts. */
export interface CursorStart extends ElementEncoding {
  readonly offset: number
  readonly of?: string
  readonly base?: number
}

/** An item that is being read. */
export interface OpenItem {
  /** Tag of its sequence. */
  readonly sequence: number
  /** Of its header. */
  readonly offset: number
  /** True if its length is undefined: a delimiter ends it. */
  readonly isOpen: boolean
}

/** Makes a cursor over bytes. */
export function createCursor(bytes: Uint8Array, { of = '', base = 0, ...start }: CursorStart): Cursor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { bytes, view, of, base, depth: 0, repeated: new Set(), ...start }
}

/** Returns the error of something that is wrong at a place. */
export function faultAt(offset: number, { of, base }: Cursor, message: string): UnreadableFileError {
  return new UnreadableFileError(`${message} at byte ${base + offset}${of}`)
}

/** Names an item in messages. */
export function itemName({ sequence, offset }: OpenItem, { base }: Cursor): string {
  return `the item at byte ${base + offset} of sequence ${formatTag(sequence)}`
}

/** @throws {UnreadableFileError} if fewer bytes are left up to `end`, with what they are for */
export function requireBytes(cursor: Cursor, end: number, { count, what }: { count: number; what: string }): void {
  const left = end - cursor.offset
  if (left >= count) return
  throw faultAt(cursor.offset, cursor, `truncated: ${what} needs ${count} bytes, ${Math.max(left, 0)} are left`)
}
