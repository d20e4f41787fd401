import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/**
 * Limit of the serving process for any number of clients: the program, one decoded frame of 128 MiB and the memory of its
 * codec. It usually takes 280 MB. A second decoded frame would exceed the limit.
 */
const mostMegabytes = 380

const server = fileURLToPath(new URL('serve-synthetic.ts', import.meta.url))
const side = 8192

test.each([
  { transferSyntax: '1.2.840.10008.1.2.1', clients: 4, look: { bitsAllocated: 16 } },
  { transferSyntax: '1.2.840.10008.1.2.1', clients: 2, look: { bitsAllocated: 8, samplesPerPixel: 3 } },
  { transferSyntax: '*', clients: 4, look: { bitsAllocated: 16 } },
  { transferSyntax: '1.2.840.10008.1.2.4.90', clients: 2, look: { bitsAllocated: 16 } },
])('$clients clients get frames of 8192 x 8192, $look, in $transferSyntax within memory', async (options) => {
  const { transferSyntax, clients, look } = options
  const child = spawn(process.execPath, [server, JSON.stringify({ rows: side, columns: side, ...look })])
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const nextLine = async (): Promise<Readonly<Record<string, string>>> => JSON.parse((await lines.next()).value ?? '')
  const { url, studyInstanceUid: study, seriesInstanceUid: series } = await nextLine()
  const found = await fetch(`${url}/studies/${study}/series/${series}/instances`)
  const [{ '00080018': uid }] = JSON.parse(await found.text())
  const instance = `${url}/studies/${study}/series/${series}/instances/${uid.Value[0]}`
  const lengths = await Promise.all(Array.from({ length: clients }, () => lengthOf(instance, transferSyntax)))
  child.stdin.end()
  const { peakMegabytes } = await nextLine()
  process.stdout.write(`${transferSyntax}, ${clients} clients: ${Number(peakMegabytes).toFixed(0)} MB\n`)
  expect(new Set(lengths).size).toBe(1)
  expect(Number(peakMegabytes)).toBeLessThan(mostMegabytes)
})

async function lengthOf(instance: string, transferSyntax: string): Promise<number> {
  const headers = { accept: `application/dicom; transfer-syntax=${transferSyntax}` }
  const { status, body } = await fetch(instance, { headers })
  expect(status).toBe(200)
  let byteLength = 0
  for await (const chunk of body ?? []) byteLength += chunk.byteLength
  return byteLength
}
