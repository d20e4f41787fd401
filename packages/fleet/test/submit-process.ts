/**
 * Submits 20,000 image sets and stops before the last 1000. A test runs and kills this process.
 * @module
 */
import { createFleet } from '../src/index.ts'
import { firstImageSets, request, selecting } from './selections.ts'

const [url = ''] = process.argv.slice(2)
const fleet = createFleet({ connection: { url } })
const exporter = selecting(firstImageSets(20_000), async (count) => {
  if (count === 19_000) await new Promise(() => setInterval(() => undefined, 1000))
})
await fleet.submit({
  exporter,
  request,
  selectors: 'all',
  onProgress: ({ added }) => process.stdout.write(`${added}\n`),
})
