import type { MaxRates } from '@ahi-dicom/ahi-client'
import { operations, type Operation } from '@ahi-dicom/ahi-client/quotas'
import { UsageError } from '../errors.ts'

/** Returns the rates with that of one more text, such as `GetImageFrame=500`, or throws a {@link UsageError}. */
export function addMaxRate(text: string, rates: MaxRates = {}): MaxRates {
  const [name = '', number = ''] = text.split('=', 2)
  const operation = operationOf(name)
  const rate = /^\d+(\.\d+)?$/.test(number) ? Number(number) : NaN
  if (rate > 0 && rate <= mostRate) return { ...rates, [operation]: rate }
  throw new UsageError(
    `Cannot use '${text}' as --max-rate: give requests a second, above 0 and at most ${mostRate}, such as ${operation}=50`,
  )
}

const mostRate = 1_000_000

function operationOf(name: string): Operation {
  const operation = operations.find((known) => known.toLowerCase() === name.toLowerCase())
  if (operation !== undefined) return operation
  throw new UsageError(`Cannot limit the rate of '${name}': the operations are ${operations.join(', ')}`)
}
