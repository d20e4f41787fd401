/** The next input of a walk. */
export type Wanted =
  /** This many bytes in one piece. With `mayEnd`, the file may end here. */
  | { readonly kind: 'together'; readonly length: number; readonly mayEnd?: boolean }
  /** This many bytes in pieces of any size. */
  | { readonly kind: 'pieces'; readonly length: number; readonly each?: (piece: Uint8Array) => void }
  /** No bytes. The bytes that follow have to be inflated first. */
  | { readonly kind: 'inflated'; readonly length: 0 }

/** A step of the way through a file. It yields the input that it needs next. */
export type Walk<T> = Generator<Wanted, T, Uint8Array>

/** Receives the parts of a file. Bytes are views that are valid only during the call. */
export interface Part10Events {
  /**
   * Returns whether the value of an element is wanted. Called for group 2 and for the top level of the data set. Values
   * longer than {@link longestValue} are never passed on.
   */
  wants(tag: number): boolean
  value(tag: number, value: Uint8Array): void
  /** Top-level Pixel Data begins. `byteLength` is `undefined` for fragments (PS3.5 A.4). */
  pixelData(byteLength: number | undefined): void
  /**
   * A fragment begins. The first is the Basic Offset Table, with `offset` `undefined`. The offsets of others count from
   * the end of that table.
   */
  fragment(byteLength: number, offset: number | undefined): void
  /** Bytes of the value or the fragment. */
  pixels(bytes: Uint8Array): void
  pixelDataEnd(): void
}

/** Throws an error with the reason. */
export type Fail = (why: string) => never

/** Values that are wanted are short: UIDs, numbers and codes. */
export const longestValue = 1024

/** Walks a value of defined length. Passes it to `events` if it is wanted, else skips it. */
export function* walkValue(tag: number, length: number, events: Part10Events): Walk<void> {
  if (length <= longestValue && events.wants(tag)) events.value(tag, yield { kind: 'together', length })
  else yield { kind: 'pieces', length }
}
