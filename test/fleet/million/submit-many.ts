/**
 * Adds image sets that there are not to the one run of a fleet, as fast as it goes: node submit-many.ts REDIS_URL COUNT. A
 * double tells of them, as AHI's search is slower: 25 pages of 50 image sets a second. Prints time and memory as JSON.
 */
import { createFleet } from '@ahi-dicom/fleet'
import type { SelectedVersion } from '@ahi-dicom/exporter'

const [url = '', count = '0'] = process.argv.slice(2)
await using fleet = createFleet({ connection: { url } })
const [run] = await fleet.runs()
if (run === undefined) throw new Error('There is no run')
const { datastoreId, destination, settings } = run
const startedAt = performance.now()
const { added } = await fleet.submit({
  exporter: { selectImageSets: madeUp },
  request: { datastoreId, destination, settings },
  selectors: 'all',
})
const seconds = (performance.now() - startedAt) / 1000
console.log(JSON.stringify({ added, seconds, peakMegabytes: (process.resourceUsage().maxRSS * 1024) / 1e6 }))

async function* madeUp(): AsyncGenerator<SelectedVersion> {
  for (let index = 0; index < Number(count); index += 1)
    yield { imageSetId: index.toString(36).padStart(32, '0'), versionId: '1', selectors: [] }
}
