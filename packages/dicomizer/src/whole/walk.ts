/** What a walk waits for. */
export type Wanted =
  /** So many bytes in one piece; none at all where the file may end. */
  | { readonly kind: 'together'; readonly length: number; readonly mayEnd?: boolean }
  /** So many bytes in any pieces. */
  | { readonly kind: 'pieces'; readonly length: number; readonly each?: (piece: Uint8Array) => void }
  /** Nothing; but what follows has to be inflated before it is given. */
  | { readonly kind: 'inflated'; readonly length: 0 }

/** A part of the way through a file: says what it waits for and is then given it. */
export type Walk<T> = Generator<Wanted, T, Uint8Array>

/** What a walk meets. Bytes are views that hold only during the call. */
export interface Part10Events {
  /** Whether the value of an element of group 2 or of the data set itself is wanted. Longer ones than {@link longestValue} are not given. */
  wants(tag: number): boolean
  value(tag: number, value: Uint8Array): void
  /** Pixel Data of the data set itself begins: so many bytes, or `undefined` for fragments (PS3.5 A.4). */
  pixelData(byteLength: number | undefined): void
  /** A fragment begins; the first is the Basic Offset Table, the others have their offset from the end of that. */
  fragment(byteLength: number, offset: number | undefined): void
  /** Bytes of the value or of the fragment. */
  pixels(bytes: Uint8Array): void
  pixelDataEnd(): void
}

/** What tells of a file that is none: throws an error that says `why`. */
export type Fail = (why: string) => never

/** Values that are wanted are UIDs, numbers and codes. */
export const longestValue = 1024

/** The value of an element that has a length: given to `events` where that wants it, else passed over. */
export function* walkValue(tag: number, length: number, events: Part10Events): Walk<void> {
  if (length <= longestValue && events.wants(tag)) events.value(tag, yield { kind: 'together', length })
  else yield { kind: 'pieces', length }
}
