/**
 * Loads an emulator with GetImageFrame from many kept-alive connections, and prints one line of JSON. It runs in a
 * separate process, so that its work does not count as the server's.
 *
 * node scripts/load-frames.ts URL SECONDS CONNECTIONS FRAME_ID...
 */
import { Agent, request } from 'node:http'

const [url = '', seconds = '5', connections = '64', ...frameIds] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) })
const end = performance.now() + Number(seconds) * 1000
let frames = 0
let bytes = 0
let failures = 0

await Promise.all(Array.from({ length: Number(connections) }, (_, index) => fetchFrames(index)))
agent.destroy()
process.stdout.write(`${JSON.stringify({ frames, bytes, failures })}\n`)

async function fetchFrames(first: number): Promise<void> {
  for (let turn = first; performance.now() < end; turn += 1) {
    const frameId = frameIds[turn % frameIds.length]
    const byteLength = await fetchFrame(JSON.stringify({ imageFrameId: frameId }))
    if (byteLength === undefined) failures += 1
    else {
      frames += 1
      bytes += byteLength
    }
  }
}

function fetchFrame(body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent, headers: { 'content-length': body.length } }, (response) => {
      let byteLength = 0
      response.on('data', (chunk: Uint8Array) => (byteLength += chunk.byteLength))
      response.on('end', () => resolve(response.statusCode === 200 ? byteLength : undefined))
      response.on('error', reject)
    })
    call.on('error', reject)
    call.end(body)
  })
}
