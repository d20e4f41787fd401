import type { ExportPlan } from './export-plan.ts'
import { publishedPrices, type Prices } from './prices.ts'

/** One part of the cost of an export. */
export interface CostItem {
  readonly name: CostName
  readonly quantity: number
  readonly unit: '1,000 requests' | 'GiB' | 'GiB-month'
  /** The price of one unit. Undefined if it is not known. */
  readonly price: number | undefined
  readonly amount: number | undefined
}

/** Names of the parts. `storageMoved` is a month of Frequent Access for image sets that reading moves there. */
export type CostName = 'requests' | 'retrieval' | 'transferOut' | 'storageMoved'

/** The cost of an export, as far as prices are known. Free tiers and discounts are not included. */
export interface CostEstimate {
  readonly currency: string
  /** The sum of the known amounts. */
  readonly total: number
  readonly items: readonly CostItem[]
  /** Parts without a known price. They are not in `total`. */
  readonly withoutPrice: readonly CostName[]
  readonly source: string
  readonly date: string
  readonly region: string | undefined
}

const gib = 2 ** 30

/**
 * Returns what AHI charges for an export.
 *
 * @example
 * import { estimateCost } from '@ahi-dicom/exporter'
 *
 * const plan = await exporter.plan({ datastoreId, selectors: 'all' })
 * console.log(estimateCost(plan).total)
 */
export function estimateCost(
  plan: Pick<ExportPlan, 'requests' | 'bytesToFetch' | 'archivedBytes'>,
  prices: Prices = publishedPrices,
): CostEstimate {
  const { perThousandRequests, perGibRetrieved, perGibTransferredOut } = prices
  const requests = Object.values(plan.requests).reduce((sum, count) => sum + count, 0)
  const fetched = plan.bytesToFetch.bytes / gib
  const items = [
    item('requests', [requests / 1000, '1,000 requests'], perThousandRequests),
    item('retrieval', [fetched, 'GiB'], perGibRetrieved),
    item('transferOut', [fetched, 'GiB'], perGibTransferredOut),
    item('storageMoved', [plan.archivedBytes / gib, 'GiB-month'], priceOfMove(prices)),
  ]
  const { currency, source, date, region } = prices
  return {
    currency,
    total: items.reduce((sum, { amount = 0 }) => sum + amount, 0),
    items,
    withoutPrice: items.flatMap(({ name, quantity, price }) => (price === undefined && quantity > 0 ? [name] : [])),
    source,
    date,
    region,
  }
}

function item(
  name: CostName,
  [quantity, unit]: readonly [number, CostItem['unit']],
  price: number | undefined,
): CostItem {
  return { name, quantity, unit, price, amount: price === undefined ? undefined : quantity * price }
}

function priceOfMove({ perGibMonthFrequent, perGibMonthArchive }: Prices): number | undefined {
  if (perGibMonthFrequent === undefined || perGibMonthArchive === undefined) return undefined
  return perGibMonthFrequent - perGibMonthArchive
}
