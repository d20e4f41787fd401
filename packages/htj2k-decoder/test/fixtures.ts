import { readFileSync } from 'node:fs'

/** The bytes of a file of `fixtures/`, which its README describes. */
export function fixture(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)))
}
