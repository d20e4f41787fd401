import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type Sharp from 'sharp'
import { SharpError } from '../errors.ts'

/** The function that the package `sharp` exports. */
export type SharpFunction = typeof Sharp

let loaded: SharpFunction | undefined

/**
 * Loads the optional package `sharp`. Looks for it from this module, then from the working folder, where a globally
 * installed command would not find it otherwise.
 *
 * @throws {SharpError} if it is not found, does not load, or is too old
 */
export function loadSharp(): SharpFunction {
  loaded ??= prepared(findSharp())
  return loaded
}

function findSharp(): SharpFunction {
  let cause: unknown
  for (const place of [import.meta.url, pathToFileURL(join(process.cwd(), 'index.js'))]) {
    const load = createRequire(place)
    try {
      load.resolve('sharp')
    } catch (error) {
      cause = error
      continue
    }
    try {
      return load('sharp')
    } catch (error) {
      throw unusable('it does not load', error)
    }
  }
  throw new SharpError(
    'SHARP_MISSING',
    'Cannot encode or resize pictures: the package sharp is missing; install it: npm install sharp',
    { cause },
  )
}

/**
 * Checks and configures `sharp`. Each lane encodes one picture at a time in one thread. No picture repeats, so no
 * cache.
 */
function prepared(sharp: SharpFunction): SharpFunction {
  if (!isNewEnough(sharp.versions.sharp)) throw unusable('it is older than version 0.35')
  sharp.concurrency(1)
  sharp.cache(false)
  return sharp
}

function isNewEnough(version = ''): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 0 || minor >= 35
}

function unusable(why: string, cause?: unknown): SharpError {
  return new SharpError(
    'SHARP_UNUSABLE',
    `Cannot encode or resize pictures: the package sharp is installed, but ${why}; reinstall it: npm install sharp`,
    { cause },
  )
}
