import { createHash } from 'node:crypto'
import type { OpenExportOptions } from '@ahi-dicom/exporter'
import type { JsonObject } from '@ahi-dicom/fleet'
import { isObject } from '../config/config-files.ts'
import { UsageError } from '../errors.ts'
import { formatRecorded, readRecorded } from '../options/recorded-selector.ts'
import type { Selection } from '../options/selection-options.ts'

/** Selectors of a run, in the form that `export.json` has. */
type RunSelectors = NonNullable<OpenExportOptions['selection']>['selectors']

/**
 * Returns selectors in the form of the settings of a run: their texts, or for a long list their number and SHA-256.
 *
 * @throws {SelectorError} for a malformed selector
 */
export async function describeSelectors(selectors: Selection['selectors']): Promise<JsonObject[string]> {
  if (selectors === 'all') return 'all'
  if (Symbol.iterator in selectors) return Array.from(selectors, formatRecorded)
  const hash = createHash('sha256')
  let count = 0
  for await (const selector of selectors) {
    count += 1
    hash.update(`${formatRecorded(selector)}\n`)
  }
  return { count, sha256: hash.digest('hex') }
}

/**
 * Reads the selectors in the settings of a run.
 * @throws {UsageError} if they are malformed
 */
export function readRunSelectors(value: unknown, place: string): RunSelectors {
  if (value === 'all') return value
  if (Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string')) {
    return value.map(readRecorded)
  }
  if (isObject(value)) {
    const { count, sha256 } = value
    const isDigest = typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)
    if (typeof count === 'number' && Number.isSafeInteger(count) && count > 0 && isDigest) return { count, sha256 }
  }
  throw new UsageError(`Cannot use 'selectors' ${place}: it must be "all" or a list of selectors`)
}
