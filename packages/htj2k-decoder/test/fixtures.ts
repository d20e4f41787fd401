import { readFileSync } from 'node:fs'

/** Returns the bytes of a file in `fixtures/`, which its README describes. */
export function fixture(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)))
}
