import { printable } from '@ahi-dicom/ahi-metadata/printable'
import type { Destination } from '@ahi-dicom/export-files'
import type {
  CostEstimate,
  CostItem,
  DurationEstimate,
  ExportPlan,
  PlannedBytes,
  PlannedImageSet,
  TransferRate,
} from '@ahi-dicom/exporter'
import { formatBytes, formatCount, formatSeconds } from './quantities.ts'
import type { StreamedRow } from './stream-table.ts'
import { formatTable, type TableColumn } from './table.ts'
import { wrapItem } from './wrap-text.ts'

/** A plan with its estimates of time and cost. */
export interface PlanReport {
  readonly plan: ExportPlan
  readonly atQuotas: DurationEstimate
  /** Absent if the rate is not known. */
  readonly atRate?: (TransferRate & DurationEstimate & { readonly isMeasured: boolean }) | undefined
  readonly cost: CostEstimate
  /** The destination and its limits. Absent if none is named. */
  readonly destination?: Required<Pick<Destination, 'name' | 'cannot'>> | undefined
}

/** Returns a plan as text. Lines are wrapped to `columns`, the width of the terminal, or not wrapped if it is undefined. */
export function formatPlan(
  { plan, atQuotas, atRate, cost, destination }: PlanReport,
  columns: number | undefined,
): string {
  const facts = [
    ...filters(plan),
    ...amounts(plan),
    ...room(plan, destination),
    ...times(atQuotas, atRate),
    ...costs(cost),
    ...limits(destination),
  ]
  const column = Math.max(...facts.map(([name]) => name.length)) + 2
  const lines = facts.map(([term, text]) => {
    const item = { indent: 0, term, column, description: printable(text) }
    return `${wrapItem(item, columns ?? Infinity)}\n`
  })
  const requests = operations.flatMap((operation) => {
    const count = plan.requests[operation]
    if (count === undefined) return []
    return [[operation, formatNumber(count), formatSeconds(atQuotas.secondsByOperation[operation] ?? 0)]]
  })
  const table = requests.length === 0 ? '' : `\n${formatTable(requestColumns, requests)}`
  return `${lines.join('')}${table}\nnothing was written\n`
}

/** Operations, ordered as an export calls them. */
const operations = [
  'SearchImageSets',
  'GetDatastore',
  'GetImageSet',
  'GetImageSetMetadata',
  'GetImageFrame',
  'GetDICOMInstance',
] as const

type Fact = readonly [name: string, text: string]

const requestColumns: readonly TableColumn[] = [
  { title: 'Operation' },
  { title: 'Requests', align: 'right' },
  { title: 'At quota', align: 'right' },
]

function filters({ selection }: ExportPlan): Fact[] {
  const deciders = {
    search: "AHI's search",
    summary: "AHI's search results",
    document: 'the metadata documents',
  } as const
  return selection.filters.map(({ name, decidedBy }, index) => [
    index === 0 ? 'filters' : '',
    `${name}, decided by ${deciders[decidedBy]}`,
  ])
}

function amounts(plan: ExportPlan): Fact[] {
  const { imageSets, studies, series, instances, duplicates, failedInstances, frames, files } = plan
  const failed = imageSets.failed === 0 ? '' : `; ${formatNumber(imageSets.failed)} could not be read`
  const left = [
    ...(duplicates === 0 ? [] : [`${formatCount(duplicates, 'instance')} left out: in another image set too`]),
    ...(failedInstances === 0 ? [] : [`${formatNumber(failedInstances)} will fail`]),
    ...(plan.unforeseenInstances === 0 ? [] : [`${formatNumber(plan.unforeseenInstances)} have files of unknown size`]),
  ]
  const formats = Object.entries(files).map(([format, planned]): Fact => [
    `  ${format}`,
    `${formatCount(planned.files, 'file')}, ${formatPlanned(planned)}`,
  ])
  return [
    ['image sets', `${formatNumber(imageSets.selected)}${failed}${tiers(plan)}`],
    ['studies', formatNumber(studies)],
    ['series', formatNumber(series)],
    ['instances', [formatNumber(instances), ...left].join('; ')],
    ['frames', formatNumber(frames)],
    ['to fetch', formatPlanned(plan.bytesToFetch)],
    ['to write', formatPlanned(plan.bytesToWrite)],
    ...formats,
  ]
}

/** Returns the disk space that is needed. Empty for destinations without a local disk, such as buckets. */
function room({ disk }: ExportPlan, destination: PlanReport['destination']): Fact[] {
  if (destination !== undefined && disk.free === undefined) return []
  return [['disk', `${formatBytes(disk.neededBytes)} needed${free(disk)}`]]
}

function limits(destination: PlanReport['destination']): Fact[] {
  return Object.entries(destination?.cannot ?? {}).map(([use, why]) => [`no ${use}`, why])
}

function tiers({ storageTiers }: ExportPlan): string {
  const names: Readonly<Record<string, string>> = {
    FREQUENT_ACCESS: 'frequent access',
    ARCHIVE_INSTANT_ACCESS: 'archive instant access',
    unknown: 'unknown',
  }
  const counts = Object.entries(storageTiers).map(([tier, count]) => `${names[tier] ?? tier} ${formatNumber(count)}`)
  return counts.length === 0 ? '' : ` (tier: ${counts.join(', ')})`
}

function free({ free: room, fits }: ExportPlan['disk']): string {
  if (room === undefined) return ''
  const files = room.files === undefined ? '' : ` and ${formatCount(room.files, 'file')}`
  return `, ${formatBytes(room.byteLength)}${files} free: ${fits === true ? 'it fits' : 'it does not fit'}`
}

function times(atQuotas: DurationEstimate, atRate: PlanReport['atRate']): Fact[] {
  const quotas: Fact = ["time at AHI's quotas", `${formatSeconds(atQuotas.seconds)} or more${by(atQuotas)}`]
  if (atRate === undefined) return [quotas]
  const rate =
    'bytesPerSecond' in atRate ? `${formatBytes(atRate.bytesPerSecond)}/s` : `${atRate.framesPerSecond} frames/s`
  return [
    quotas,
    [`time at ${rate}`, `${formatSeconds(atRate.seconds)}${by(atRate)}${atRate.isMeasured ? ' (measured)' : ''}`],
  ]
}

function by({ limit }: DurationEstimate): string {
  if (limit === undefined) return ''
  return `, by ${limit === 'rate' ? 'the rate' : `the quota of ${limit}`}`
}

const costNames: Readonly<Record<CostItem['name'], string>> = {
  requests: 'requests',
  retrieval: 'retrieval',
  transferOut: 'data transfer out of AWS',
  storageMoved: 'one month of frequent access storage, which reading moves image sets to',
}

function costs(cost: CostEstimate): Fact[] {
  const { currency, region, date, source, withoutPrice } = cost
  const without = withoutPrice.length === 0 ? '' : `, without ${withoutPrice.map((name) => costNames[name]).join(', ')}`
  const where = region === undefined ? '' : `${region}, `
  return [
    ['cost', `${formatMoney(cost.total, currency)}${without} (${where}prices of ${date}: ${source})`],
    ...cost.items.flatMap(({ name, amount = 0 }): Fact[] =>
      amount === 0 ? [] : [['', `${formatMoney(amount, currency)} ${costNames[name]}`]],
    ),
  ]
}

function formatPlanned({ bytes, accuracy }: PlannedBytes): string {
  const words = { exact: '', 'at-most': 'at most ', estimated: 'about ' } as const
  return `${words[accuracy]}${formatBytes(bytes)}`
}

function formatNumber(value: number): string {
  return value.toLocaleString('en-US')
}

/** Returns an amount with two decimals, or with two significant digits if it is below 1. */
function formatMoney(amount: number, currency: string): string {
  return `${currency} ${amount >= 1 || amount === 0 ? amount.toFixed(2) : Number(amount.toPrecision(2))}`
}

/** Columns of the table of image sets. */
export const imageSetColumns: readonly TableColumn[] = [
  { title: 'ImageSetId' },
  { title: 'Version', align: 'right' },
  { title: 'Instances', align: 'right' },
  { title: 'Frames', align: 'right' },
  { title: 'Fetch', align: 'right' },
  { title: 'Write', align: 'right' },
  { title: 'SeriesInstanceUID' },
]

/** Returns an image set as a row of {@link imageSetColumns}. */
export function imageSetRow(imageSet: PlannedImageSet): StreamedRow {
  const { imageSetId, versionId, instances, frames, bytesToFetch, bytesToWrite, seriesInstanceUids } = imageSet
  const sizes = [formatBytes(bytesToFetch.bytes), formatBytes(bytesToWrite.bytes)]
  return {
    cells: [imageSetId, versionId, String(instances), String(frames), ...sizes, seriesInstanceUids.join(' ')],
  }
}
