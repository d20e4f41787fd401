/**
 * Uploads COUNT times BYTES in multipart requests of 16 parts, four at a time, with nothing but node:http:
 * node bare-store.ts URL COUNT BYTES
 */
import { Agent, request } from 'node:http'
import { meterWork } from '../measure/work-meter.ts'

const [url = '', count = '0', byteLength = '0'] = process.argv.slice(2)
const part = new Uint8Array(Number(byteLength)).fill(7)
const head = Buffer.from('\r\n--b\r\nContent-Type: application/dicom\r\n\r\n')
const end = Buffer.from('\r\n--b--\r\n')
const agent = new Agent({ keepAlive: true, maxSockets: 4 })
const partsAtOnce = 16

const sizes = Array.from({ length: Math.ceil(Number(count) / partsAtOnce) }, (_, index) =>
  Math.min(partsAtOnce, Number(count) - index * partsAtOnce),
)
await meterWork(async () => void (await Promise.all(sizes.map(upload))))
agent.destroy()

function upload(parts: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'multipart/related; type="application/dicom"; boundary=b',
      'content-length': parts * (head.byteLength + part.byteLength) + end.byteLength,
    }
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume()
      response.on('end', resolve)
    })
    sent.on('error', reject)
    for (let index = 0; index < parts; index += 1) {
      sent.write(head)
      sent.write(part)
    }
    sent.end(end)
  })
}
