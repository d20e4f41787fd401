/**
 * Prints what an emulator does on this machine: CT slices imported a second, and frames served a second to 64
 * connections of another process, with the CPU time and the memory that the server took.
 *
 * node --conditions=@ahi-dicom/source scripts/bench.ts [SLICES] [SECONDS]
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { generateStudy, startEmulator } from '@ahi-dicom/ahi-emulator'
import type { Emulator } from '@ahi-dicom/ahi-emulator'

const CONNECTIONS = 64
const [slices = '222', seconds = '5'] = process.argv.slice(2)

await using emulator = await startEmulator()
const files = Array.from(
  generateStudy({ ctSlices: Number(slices), ultrasoundFrames: 0, report: false }),
  (file) => file.data,
)
const imageSetId = await benchImport(emulator, files)
files.length = 0
await benchServing(emulator, imageSetId)

async function benchImport(target: Emulator, input: readonly Uint8Array[]): Promise<string> {
  const measured = startMeasuring()
  const { imported, imageSets } = await target.importDicom(input)
  const { wallSeconds, cpuSeconds } = measured()
  print('import', { 'slices/s': imported / wallSeconds, 'CPU ms/slice': (cpuSeconds / imported) * 1000 })
  return imageSets[0]?.imageSetId ?? ''
}

async function benchServing({ endpoint, datastoreId }: Emulator, imageSetId: string): Promise<void> {
  const imageSetUrl = `${endpoint}/datastore/${datastoreId}/imageSet/${imageSetId}`
  const frameIds = await listFrames(`${imageSetUrl}/getImageSetMetadata`)
  const loader = fileURLToPath(new URL('load-frames.ts', import.meta.url))
  const measured = startMeasuring()
  const { stdout } = await promisify(execFile)(process.execPath, [
    loader,
    `${imageSetUrl}/getImageFrame`,
    seconds,
    String(CONNECTIONS),
    ...frameIds,
  ])
  const { cpuSeconds } = measured()
  const { frames, bytes, failures } = JSON.parse(stdout)
  print('serve', {
    'frames/s': frames / Number(seconds),
    'KB/frame': bytes / frames / 1000,
    'frames/s of one core': frames / cpuSeconds,
    'peak MB': process.resourceUsage().maxRSS / 1000,
    'MB at the end': process.memoryUsage().rss / 1e6,
    failures,
  })
}

async function listFrames(url: string): Promise<string[]> {
  const response = await fetch(url, { method: 'POST' })
  const { Study } = parseImageSetMetadata(new Uint8Array(await response.arrayBuffer()))
  return Object.values(Study.Series).flatMap(({ Instances }) =>
    Object.values(Instances).flatMap(({ ImageFrames }) => ImageFrames.map(({ ID }) => ID)),
  )
}

function startMeasuring(): () => { readonly wallSeconds: number; readonly cpuSeconds: number } {
  const start = performance.now()
  const cpu = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(cpu)
    return { wallSeconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 }
  }
}

function print(what: string, numbers: Readonly<Record<string, number>>): void {
  const columns = Object.entries(numbers).map(([name, value]) => `${value.toFixed(1)} ${name}`)
  process.stdout.write(`${what}: ${columns.join(', ')}\n`)
}
