import { publishedPrices } from '@ahi-dicom/exporter'
import { computeFleet, type PaperInput, type PaperStore, type RedisBytes } from './model.ts'

/** Data stores of ten million image sets, by what these hold. */
const imageSets = 10_000_000
const stores: readonly PaperStore[] = [
  { name: 'radiographs: 2 frames each', imageSets, frames: 2 },
  { name: 'mixed: 60 frames each', imageSets, frames: 60 },
  { name: 'CT and MR: 250 frames each', imageSets, frames: 250 },
]
const quotaFactors = [1, 5]

/** Input of the table besides the data stores. */
export interface PaperOptions extends Omit<PaperInput, 'quotaFactor'> {
  readonly redisBytes: RedisBytes
}

const header = [
  'data store',
  'quotas',
  'searches, h',
  'documents, h',
  'frames, h',
  'cores, h',
  'bottleneck',
  'time, days',
  'machines at the quota',
  'requests, $',
  'machines, $',
  'machines at the quota, $',
]

/** Returns a text of Markdown about fleets on paper. */
export function paperText(options: PaperOptions): string {
  const { times, machines, redisBytes } = options
  const rows = quotaFactors.flatMap((quotaFactor) =>
    stores.map((store) => {
      const result = computeFleet(store, { times, machines, quotaFactor })
      const { searches, documents, frames, cores } = result.hours
      return [
        store.name,
        quotaFactor === 1 ? 'documented' : `${quotaFactor} times`,
        ...[searches, documents, frames, cores].map(rounded),
        result.bottleneck,
        rounded(result.totalHours / 24),
        String(result.machinesAtQuota),
        ...[result.requestCost, result.machineCost, result.leastMachineCost].map(rounded),
      ]
    }),
  )
  const table = [header, header.map((_, column) => (column === 0 || column === 6 ? '---' : '---:')), ...rows]
  return `${assumptions(options)}

${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}

- **Bottlenecks.** The slowest part decides, because the parts run at the same time. More machines than in the column
  "machines at the quota" wait, unless the cores are the bottleneck. AWS raises quotas on request.
- **Workers.** A machine of ${machines.cores} cores exports ${rounded((machines.cores * 1000) / times.frame)} frames a second, so that ${rounded(times.frame / machines.cores)} machines reach 1,000. A data store of
  N frames takes N / 86,400,000 days at that quota, whatever the number of workers beyond.
- **Redis** takes ${rounded(redisBytes.waiting)} bytes for a job, and ${rounded(redisBytes.done)} once it is done: ${rounded(redisBytes.done)} MB for a million image sets,
  ${rounded((redisBytes.done * imageSets) / 1e9)} GB for ${rounded(imageSets)}.
- **Costs.** What the destination takes and keeps is not counted, nor are the machines of Redis.`
}

function assumptions({ times, machines }: PaperOptions): string {
  const { source, date, perThousandRequests = 0 } = publishedPrices
  return `${rounded(imageSets)} image sets on ${machines.count} machines of ${machines.cores} cores. Assumed: a machine costs $${machines.pricePerHour} an hour. Measured: CPU time of
${rounded(times.submitted)} ms to submit an image set, ${rounded(times.imageSet)} ms for an image set with the headers of one instance, ${rounded(times.frame)} ms for a frame of
512 x 512 x 16 bits that is decoded. AHI grants 25 searches of 50 image sets, 50 documents and 1,000 frames a second, and
takes $${perThousandRequests} for 1,000 requests (${source}, ${date}).`
}

function rounded(value: number): string {
  const digits = Math.abs(value) >= 10 || Number.isInteger(value) ? 0 : Math.abs(value) >= 1 ? 1 : 2
  return value.toFixed(digits).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}
