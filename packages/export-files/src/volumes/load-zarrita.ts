import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ZarritaModule } from '@ahi-dicom/volumes/zarr'
import { ZarritaError } from '../errors.ts'

/**
 * Finds the optional package `zarrita` and returns a function that loads it. Looks for it from this module, then from
 * the working folder.
 *
 * @throws {ZarritaError} if it is not found, or if its version is not 0.7. The returned function throws if it does
 *   not load.
 */
export function findZarrita(): () => Promise<ZarritaModule> {
  const folder = folders().find((candidate) => existsSync(join(candidate, 'package.json')))
  if (folder === undefined) {
    throw new ZarritaError(
      'ZARRITA_MISSING',
      'Cannot encode Zarr: the package zarrita is missing; install it: npm install zarrita@0.7',
    )
  }
  const { version, main } = manifestOf(folder)
  if (!version.startsWith('0.7.')) throw unusable('its version is not 0.7')
  return async () => {
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the version is known
      return (await import(pathToFileURL(join(folder, main)).href)) as ZarritaModule
    } catch (error) {
      throw unusable('it does not load', error)
    }
  }
}

/**
 * Returns the folders where Node.js looks for the package. `require.resolve` cannot find it, because it only supports
 * `import`.
 */
function folders(): readonly string[] {
  const places = [import.meta.url, pathToFileURL(join(process.cwd(), 'index.js'))]
  return places.flatMap((place) => createRequire(place).resolve.paths('zarrita') ?? []).map((at) => join(at, 'zarrita'))
}

function manifestOf(folder: string): { readonly version: string; readonly main: string } {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const text = (name: string): string => {
    const value: unknown = typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, name) : undefined
    return typeof value === 'string' ? value : ''
  }
  return { version: text('version'), main: text('main') }
}

function unusable(why: string, cause?: unknown): ZarritaError {
  return new ZarritaError(
    'ZARRITA_UNUSABLE',
    `Cannot encode Zarr: the package zarrita is installed, but ${why}; reinstall it: npm install zarrita@0.7`,
    { cause },
  )
}
