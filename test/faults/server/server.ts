/** The emulator in a separate process that follows requests of its parent: node server.ts OPTIONS */
import { generateStudy, startEmulator } from '@ahi-dicom/ahi-emulator'
import { loggedRequest, type LoggedRequest } from './request-log.ts'
import type { ServerOptions, ServerRequest } from './server-process.ts'

const { quotas = false, keys }: ServerOptions = JSON.parse(process.argv[2] ?? '{}')
let aheadMs = 0
const requests: LoggedRequest[] = []
const emulator = await startEmulator({
  quotas,
  now: () => Date.now() + aheadMs,
  onRequest: (request) => requests.push(loggedRequest(request)),
  ...(keys === undefined
    ? {}
    : { authentication: { keys: keys.map((key) => ({ ...key, expiration: new Date(key.expiration) })) } }),
})
process.on('message', (request: ServerRequest) => void send(request))
process.once('disconnect', () => void emulator.close())
process.send?.({ value: { endpoint: emulator.endpoint, datastoreId: emulator.datastoreId } })

async function send(request: ServerRequest): Promise<void> {
  process.send?.({ value: await answer(request) })
}

function answer(request: ServerRequest): unknown {
  switch (request.kind) {
    case 'import':
      return importAll(request.paths)
    case 'study':
      return importStudy(request.ctSlices)
    case 'synthetic':
      return emulator.addSyntheticImageSets(request.options)
    case 'faults':
      return emulator.faults.set(request.rules)
    case 'clock':
      return (aheadMs = request.aheadMs)
    case 'counters':
      return emulator.counters()
    default:
      return requests.splice(0)
  }
}

async function importStudy(ctSlices: number): Promise<number> {
  const study = generateStudy({ ctSlices, ultrasoundFrames: 0, report: false })
  return await importAll(Array.from(study, ({ data }) => data))
}

async function importAll(input: Parameters<typeof emulator.importDicom>[0]): Promise<number> {
  return (await emulator.importDicom(input)).imported
}
