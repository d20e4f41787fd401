import type { TransferRate } from '@ahi-dicom/exporter'
import { UsageError } from '../errors.ts'

/** Options for the details of a plan. */
export interface PlanDetailOptions {
  readonly imageSets?: true
  readonly rate?: TransferRate
  readonly measure?: true
  /** Path of a file. */
  readonly prices?: string
}

/** The option `--cache`, for commands that read metadata documents. */
export interface CacheOption {
  readonly cache?: string
}

const factors: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 }

/** Returns the rate of a text: bytes per second such as `500M`, or frames per second such as `200f`. */
export function parseRate(value: string): TransferRate {
  const [, number = '', unit = '', frames] = /^(\d+(?:\.\d+)?)(?:([kmgt]?)b?|(f(?:rames)?))(?:\/s)?$/i.exec(value) ?? []
  const rate = Number(number) * (factors[unit.toLowerCase()] ?? 1)
  if (number === '' || rate <= 0) {
    throw new UsageError(
      `Cannot use the rate '${value}': give bytes per second, such as 500M, or frames per second, such as 200f`,
    )
  }
  return frames === undefined ? { bytesPerSecond: rate } : { framesPerSecond: rate }
}
