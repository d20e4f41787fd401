import type { MaxRates } from '@ahi-dicom/ahi-client'
import { operations, type Operation } from '@ahi-dicom/ahi-client/quotas'
import { UsageError } from '../errors.ts'

/** Returns rates by operation from texts such as `GetImageFrame=500`, or throws a {@link UsageError}. The last text of an operation counts. */
export function parseMaxRates(texts: readonly string[]): MaxRates {
  return Object.fromEntries(texts.map(parseMaxRate))
}

function parseMaxRate(text: string): [Operation, number] {
  const [name = '', number = ''] = text.split('=', 2)
  const operation = operationOf(name)
  const rate = /^\d+(\.\d+)?$/.test(number) ? Number(number) : NaN
  if (rate > 0 && rate <= mostRate) return [operation, rate]
  throw new UsageError(
    `Cannot use '${text}' as --max-rate: give requests per second, above 0 and at most ${mostRate}, such as ${operation}=50`,
  )
}

const mostRate = 1_000_000

function operationOf(name: string): Operation {
  const operation = operations.find((known) => known.toLowerCase() === name.toLowerCase())
  if (operation !== undefined) return operation
  throw new UsageError(
    `Cannot limit the rate of '${name}': it is not an operation of AHI; give one of ${operations.join(', ')}`,
  )
}
