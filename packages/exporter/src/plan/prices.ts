import { printable } from '@ahi-dicom/ahi-metadata'

/** Prices of AHI. A missing price is unknown, and left out of estimates. 1 GiB is 2^30 bytes, as in AHI's bills. */
export interface Prices {
  /** Where the prices come from. */
  readonly source: string
  /** The day they were read there: `YYYY-MM-DD`. */
  readonly date: string
  /** An AWS region, such as `us-east-1`. */
  readonly region?: string | undefined
  /** A currency, such as `USD`. */
  readonly currency: string
  readonly perThousandRequests?: number | undefined
  readonly perGibRetrieved?: number | undefined
  /** Transfer from AWS to the internet. Between AHI and machines of the same region it is usually 0. */
  readonly perGibTransferredOut?: number | undefined
  /** One GiB for a month in the Frequent Access tier. */
  readonly perGibMonthFrequent?: number | undefined
  /** One GiB for a month in the Archive Instant Access tier. */
  readonly perGibMonthArchive?: number | undefined
}

/**
 * Prices for US East (N. Virginia) from the examples on AWS's pricing page. Retrieval is free. The page does not list
 * the price of data transfer.
 */
export const publishedPrices: Prices = {
  source: 'https://aws.amazon.com/healthimaging/pricing/',
  date: '2026-10-07',
  region: 'us-east-1',
  currency: 'USD',
  perThousandRequests: 0.005,
  perGibRetrieved: 0,
  perGibMonthFrequent: 0.105,
  perGibMonthArchive: 0.006,
}

/** Thrown if a text is not a valid list of prices. The message tells the cause. */
export class PricesError extends Error {
  override readonly name = 'PricesError'
  readonly code = 'PRICES_INVALID'

  constructor(why: string) {
    super(`Cannot use the prices: ${why}; write them as JSON such as ${JSON.stringify(publishedPrices)}`)
  }
}

const texts = ['source', 'date', 'region', 'currency'] as const
const numbers = [
  'perThousandRequests',
  'perGibRetrieved',
  'perGibTransferredOut',
  'perGibMonthFrequent',
  'perGibMonthArchive',
] as const

/**
 * Reads prices from JSON.
 *
 * @throws {PricesError} if a member is missing, unknown or invalid
 * @example
 * import { estimateCost, parsePrices, publishedPrices } from '@ahi-dicom/exporter'
 *
 * const prices = parsePrices(JSON.stringify(publishedPrices)) // or your own, from a file
 * const plan = await exporter.plan({ datastoreId, selectors: 'all' })
 * console.log(estimateCost(plan, prices).total)
 */
export function parsePrices(json: string): Prices {
  const members = membersOf(json)
  const known = new Set<string>([...texts, ...numbers])
  for (const name of members.keys()) if (!known.has(name)) throw new PricesError(`'${printable(name)}' is unknown`)
  const text = (name: (typeof texts)[number]): string => {
    const value = members.get(name)
    if (typeof value === 'string' && value.trim() !== '') return value
    throw new PricesError(`'${name}' must be a text`)
  }
  const number = (name: (typeof numbers)[number]): number | undefined => {
    const value = members.get(name)
    if (value === undefined || (typeof value === 'number' && Number.isFinite(value) && value >= 0)) return value
    throw new PricesError(`'${name}' must be a number of at least 0`)
  }
  const date = text('date')
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(Date.parse(date))) {
    throw new PricesError("'date' must be a day such as 2026-10-07")
  }
  return {
    source: text('source'),
    date,
    region: members.has('region') ? text('region') : undefined,
    currency: text('currency'),
    ...Object.fromEntries(numbers.map((name) => [name, number(name)])),
  }
}

function membersOf(json: string): ReadonlyMap<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new PricesError('it is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PricesError('it is not a JSON object')
  }
  return new Map(Object.entries(value))
}
