import { readFile } from 'node:fs/promises'
import { parsePrices, PricesError, type Prices } from '@ahi-dicom/exporter'
import { UsageError } from '../errors.ts'

/** Returns the prices of a file, or undefined to use the built-in prices. */
export async function readPrices(path: string | undefined): Promise<Prices | undefined> {
  if (path === undefined) return undefined
  const json = await readText(path)
  try {
    return parsePrices(json)
  } catch (error) {
    throw error instanceof PricesError ? new UsageError(`${path}: ${error.message}`) : error
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read'
    throw new UsageError(`Cannot read the prices of --prices '${path}': ${why}`)
  }
}
