/**
 * Runs an emulator in a separate process, with the folder given as argument. The parent process sends it requests and
 * receives the time and memory that each took. That way nothing else is measured.
 */
import { once } from 'node:events'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import type { Usage } from './fork-server.ts'

const [data] = process.argv.slice(2)
const start = performance.now()
const emulator = await startEmulator({ data })
const { endpoint, datastoreId } = emulator
process.send?.({ endpoint, datastoreId, startSeconds: (performance.now() - start) / 1000 })
for (;;) {
  const [request] = await once(process, 'message')
  if (request === 'close') break
  process.send?.(await answer(request))
}
await emulator.close()
process.disconnect()

async function answer({ importFrom, synthetic }: { importFrom?: string; synthetic?: number }): Promise<Usage> {
  const [begun, cpu] = [performance.now(), process.cpuUsage()]
  if (importFrom !== undefined) await emulator.importDicom(importFrom)
  if (synthetic !== undefined) await emulator.addSyntheticImageSets({ imageSets: synthetic })
  const { user, system } = process.cpuUsage(importFrom === undefined && synthetic === undefined ? undefined : cpu)
  return {
    wallSeconds: (performance.now() - begun) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: (process.resourceUsage().maxRSS * 1024) / 1e6,
  }
}
